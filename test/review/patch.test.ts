import { createTwoFilesPatch } from 'diff';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { textIn } from '../../src/review/change.ts';
import { readMails } from '../../src/review/mail.ts';
import { applyDiff } from '../../src/review/patch.ts';
import { memoryHost } from '../fixture.ts';

const before = Array.from({ length: 30 }, (_, index) => `line ${index + 1} — ünïcode \t\n`).join('');
const after = before.replace('line 4 ', 'line four ').replace(/line 20 .*\n/, '');
const path = 'net/foo/a.c';
const host = memoryHost(new Map([[path, before]]));
const diff = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, '', '', { context: 3 });

/** The text of a file once a patch has been applied to the tree. */
function applied(text: string, file = path, tree = host): string | null {
  return textIn(applyDiff(tree, text, 'x.patch').after, file);
}

const log = 'foo: do it\n\nBecause.\n\nSigned-off-by: A B <a@example.org>\n---\n net/foo/a.c | 3 +--\n\n';
const body = `${log}diff --git a/${path} b/${path}\nindex 123..456 100644\n${diff.replace(/^=+\n/, '')}-- \n2.39.5\n\n`;

function mail(headers: readonly string[], text: string | Buffer): Buffer {
  const head = ['From: "A. B" <a@example.org>', 'Date: Mon, 3 Mar 2025 10:00:00 +0100', ...headers].join('\n');
  return Buffer.concat([Buffer.from(`${head}\n\n`), Buffer.from(text)]);
}

function mailbox(...mails: readonly Buffer[]): Buffer {
  return Buffer.concat(
    mails.map((each) =>
      Buffer.concat([Buffer.from('From mboxrd@z Thu Jan  1 00:00:00 1970\n'), each, Buffer.from('\n')]),
    ),
  );
}

function quotedPrintable(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      byte === 10 ? '\n' : byte === 61 || byte > 126 || byte < 32 ? `=${hex(byte)}` : String.fromCharCode(byte),
    )
    .join('')
    .replace(/ \n/g, '=20\n')
    .split('\n')
    .map((line) => line.replace(/(.{60}(?:=[0-9A-F]{2})?)(?![0-9A-F]?$)(?<!=.?)/g, '$1=\n'))
    .join('\n');
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

const utf8 = ['Subject: [PATCH net-next] foo: do it', 'Content-Type: text/plain; charset=UTF-8'];

describe('the ways in which a patch comes', () => {
  const ways: Record<string, Buffer> = {
    'a bare diff': Buffer.from(diff),
    'git show': Buffer.from(`commit 0123\nAuthor: A <a@b>\n\n    foo: do it\n\n${body}`),
    'a mail': mail([...utf8, 'Content-Transfer-Encoding: 8bit'], body),
    'git format-patch': Buffer.concat([
      Buffer.from('From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n'),
      mail([...utf8, 'Content-Transfer-Encoding: 8bit'], body),
    ]),
    'with CRLF': Buffer.from(
      mail([...utf8, 'Content-Transfer-Encoding: 8bit'], body)
        .toString()
        .replaceAll('\n', '\r\n'),
    ),
    base64: mail(
      [...utf8, 'Content-Transfer-Encoding: base64'],
      Buffer.from(body).toString('base64').replace(/.{76}/g, '$&\n'),
    ),
    'quoted-printable': mail([...utf8, 'Content-Transfer-Encoding: quoted-printable'], quotedPrintable(body)),
    'format=flowed, with stuffed spaces': mail(
      [utf8[0]!, 'Content-Type: text/plain; charset=UTF-8; format=flowed', 'Content-Transfer-Encoding: 8bit'],
      body.replace(/^ /gm, '  '),
    ),
    'an attachment': mail(
      [utf8[0]!, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="xx"'],
      '--xx\nContent-Type: text/plain\n\nAs asked.\n--xx\nContent-Type: text/x-patch; name="a.patch"\n' +
        `Content-Disposition: attachment; filename="a.patch"\nContent-Transfer-Encoding: base64\n\n${Buffer.from(body).toString('base64')}\n--xx--\n`,
    ),
    'a mailbox, packed': gzipSync(mailbox(mail([...utf8, 'Content-Transfer-Encoding: 8bit'], body))),
  };
  for (const [name, bytes] of Object.entries(ways)) {
    it(name, async () => {
      const { patches, notes } = await readMails(bytes, 'x.mbox');
      expect(notes).toEqual([]);
      expect(patches).toHaveLength(1);
      expect(applied(patches[0]!.text)).toBe(after);
      if (/mail|format-patch|base64/.test(name))
        expect(patches[0]!.head).toEqual({
          title: '[PATCH net-next] foo: do it',
          from: 'A. B',
          date: 'Mon, 3 Mar 2025 10:00:00 +0100',
        });
    });
  }

  it('a thread: replies and the cover are passed over, patches are put in order, the last version counts', async () => {
    const part = (subject: string, text: string): Buffer =>
      mail([`Subject: ${subject}`, 'Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: 8bit'], text);
    const second = createTwoFilesPatch(`a/${path}`, `b/${path}`, after, 'end\n', '', '', { context: 3 });
    const { patches, notes } = await readMails(
      mailbox(
        part('[PATCH v2 0/2] foo: both', 'Hello.\n\n net/foo/a.c | 3 +--\n'),
        part('[PATCH 1/1] foo: old', `${log}${second}`),
        part('[PATCH v2 2/2] foo: then', `${log}${second}`),
        part('Re: [PATCH v2 2/2] foo: then', `> ${diff.replaceAll('\n', '\n> ')}\nRather:\n\n${diff}`),
        part('[PATCH v2 1/2] foo: first', body),
      ),
      'thread',
    );
    expect(patches.map(({ head }) => head.title)).toEqual(['[PATCH v2 1/2] foo: first', '[PATCH v2 2/2] foo: then']);
    expect(notes).toEqual(['thread: of the versions in it v2 is looked at, not v1']);
  });

  it('a mailbox without a patch is said to be one', async () => {
    await expect(readMails(mailbox(mail(['Subject: Re: hello'], 'Hi.\n')), 'x.mbox')).rejects.toThrow(
      'x.mbox: none of its 1 message has a patch',
    );
  });
});

describe('applied in memory', () => {
  it('where the lines have moved', () => {
    const moved = memoryHost(new Map([[path, `one more\nand one\n${before}`]]));
    expect(applied(diff, path, moved)).toBe(`one more\nand one\n${after}`);
  });

  it('new, deleted, renamed and copied files, with odd names', () => {
    const text = [
      'diff --git a/net/foo/a.c b/net/foo/b.c\nsimilarity index 100%\nrename from net/foo/a.c\nrename to net/foo/b.c\n',
      'diff --git a/net/foo/n.c b/net/foo/n.c\nnew file mode 100644\nindex 000..111\n--- /dev/null\n+++ b/net/foo/n.c\n@@ -0,0 +1 @@\n+new\n\\ No newline at end of file\n',
      'diff --git a/net/foo/d.c b/net/foo/d.c\ndeleted file mode 100644\n--- a/net/foo/d.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n',
      'diff --git "a/net/foo/\\303\\274.c" "b/net/foo/\\303\\274.c"\nold mode 100644\nnew mode 100755\n',
      'diff --git a/logo.png b/logo.png\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKcmZ\n\n',
    ].join('');
    const tree = memoryHost(
      new Map([
        [path, before],
        ['net/foo/d.c', 'gone\n'],
        ['net/foo/ü.c', 'same\n'],
        ['logo.png', 'x'],
      ]),
    );
    const { after: now, files } = applyDiff(tree, text, 'x.patch');
    expect(now.listFolder('net/foo')).toEqual(['net/foo/b.c', 'net/foo/n.c', 'net/foo/ü.c']);
    expect(textIn(now, 'net/foo/b.c')).toBe(before);
    expect(textIn(now, 'net/foo/n.c')).toBe('new');
    expect(textIn(now, 'net/foo/ü.c')).toBe('same\n');
    expect(files.slice(0, 3)).toEqual([
      { from: path, to: 'net/foo/b.c' },
      { from: null, to: 'net/foo/n.c' },
      { from: 'net/foo/d.c', to: null },
    ]);
    expect(textIn(tree, path)).toBe(before);
  });

  const wrong: readonly (readonly [string, string, string])[] = [
    [
      'context that is not there',
      diff.replace(' line 22 ', ' line twenty-two '),
      'x.patch: net/foo/a.c: hunk 2 of 2 does not apply (@@ -17,7 +17,6 @@, which begins with "line 17 — ünïcode")',
    ],
    [
      'a change that is there',
      createTwoFilesPatch(`a/${path}`, `b/${path}`, after, before, '', '', { context: 3 }),
      'x.patch: net/foo/a.c: it is applied already; --base REV names the tree before it',
    ],
    ['a file that is not there', diff.replaceAll('a.c', 'zz.c'), 'x.patch: net/foo/zz.c: it is not in the tree'],
    [
      'a new file that is there',
      `--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+x\n`,
      'x.patch: net/foo/a.c: it is in the tree already',
    ],
    [
      'a hunk that is cut short',
      diff.slice(0, diff.indexOf(' line 22')),
      'x.patch: not a well-formed patch: Hunk at line 13 is cut short',
    ],
    [
      'a path that leads outside',
      '--- a/x\n+++ b/../../etc/passwd\n@@ -1 +1 @@\n-a\n+b\n',
      'it names a file outside the tree',
    ],
    [
      "git's own folder",
      '--- a/.git/config\n+++ b/.git/config\n@@ -1 +1 @@\n-a\n+b\n',
      'it names a file outside the tree',
    ],
    ['no diff', 'Hello.\n', 'x.patch: there is no diff in it'],
  ];
  for (const [name, text, error] of wrong) {
    it(`${name} is a clear error`, () => {
      expect(() => applied(text)).toThrow(error);
    });
  }
});
