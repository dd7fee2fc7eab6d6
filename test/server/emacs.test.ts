import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { expectSample, Place, readmeLines, type Seen } from './editors.ts';

/** Emacs has eglot since version 29; before, it is a package. */
const loadEglot = `(progn (require 'package) (package-activate-all) (require 'eglot))`;
const hasEglot = spawnSync('emacs', ['--batch', '--eval', loadEglot]).status === 0;
if (!hasEglot) console.warn('SKIPPED: there is no emacs with eglot here, so the server was not tried with Emacs');

/**
 * As a person does: opens the file, M-x eglot, waits for what Flymake shows, asks about the first ops and what to do about
 * the wrong unregister, has the run shown that proves it, and has it mended. What Emacs tells the server when it is idle,
 * which it never is here, it is made to tell.
 */
const probe = (out: string): string => `
(require 'package)
(package-activate-all)
(require 'eglot)
(require 'flymake)
(require 'json)
(defun until (is-so)
  (let ((end (+ (float-time) 30)))
    (while (and (not (funcall is-so)) (< (float-time) end)) (accept-process-output nil 0.05))))
(defun problems () (length (flymake-diagnostics)))
(defvar said "")
(advice-add 'message :before
            (lambda (&rest all) (when (car all) (setq said (concat said (apply #'format-message all) "\n")))))
(defun is-shown () (or (get-buffer "lifecycle.txt") (string-match-p "Written to .*/lifecycle.txt\n" said)))
(find-file (getenv "PERNET_FILE"))
(call-interactively #'eglot)
(until (lambda () (>= (problems) 4)))
(goto-char (point-min))
(search-forward "pernet_operations sample_net_op")
(let* ((sample (current-buffer))
       (server (eglot-current-server))
       (texts (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))
       (is-wrong (lambda (each) (string-match-p "kind-mismatch" (flymake-diagnostic-text each))))
       (wrong (seq-find is-wrong (flymake-diagnostics)))
       (hover (jsonrpc-request server :textDocument/hover (eglot--TextDocumentPositionParams)))
       (actions (append (eglot-code-actions (flymake-diagnostic-beg wrong) (flymake-diagnostic-end wrong)) nil))
       (titles (mapcar (lambda (each) (plist-get each :title)) actions))
       (run (plist-get (nth 1 actions) :command)))
  (jsonrpc-request server :workspace/executeCommand
                   (list :command (plist-get run :command) :arguments (plist-get run :arguments)))
  (until #'is-shown)
  (set-buffer sample)
  (eglot--apply-workspace-edit (plist-get (car actions) :edit) nil)
  (eglot--signal-textDocument/didChange)
  (until (lambda () (= (problems) 3)))
  (let ((seen (list
               :codes (mapcar (lambda (text) (and (string-match "pernet/[a-z-]+" text) (match-string 0 text))) texts)
               :hover (plist-get (plist-get hover :contents) :value)
               :actions titles
               :isShown (and (is-shown) t)
               :left (problems))))
    (with-temp-file "${out}" (insert (json-encode seen)))))
`;

describe.skipIf(!hasEglot)('Emacs, with the lines of the README', () => {
  const place = new Place();

  test('shows the same diagnostics, hovers and actions; a run is shown, a fix made', () => {
    const command = `(${place.command.map((word) => `"${word}"`).join(' ')})`;
    const init = place.write('init.el', readmeLines('elisp', `("pernet-lint" "lsp" "--stdio")`, command));
    const script = place.write('probe.el', probe(place.out));
    const seen = place.run('emacs', ['--batch', '-l', init, '-l', script]) as Seen & { left: number; isShown: boolean };
    expectSample(seen);
    expect(seen.actions[0]).toBe('Unregister it by unregister_pernet_device()');
    expect(seen).toMatchObject({ left: 3, isShown: true });
  });
});
