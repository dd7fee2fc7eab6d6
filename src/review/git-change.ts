import { diskHost } from '../engine/tree.ts';
import { ChangeError, type Change, type FileChange, type Step } from './change.ts';
import { gitHost, type Blobs } from './git-host.ts';
import type { Git } from './git.ts';

/** More commits than this that touch sources are looked at as one change: only its end counts then. */
const mostSteps = 40;

/** Files that can decide over a finding. */
const sources = /\.[ch]$|(^|\/)(Makefile|Kbuild|Kconfig[^/]*)$/;

/** What the index holds and HEAD does not: what `git commit` would commit. */
export function stagedChange(git: Git): Change {
  const head = git.commit('HEAD');
  const blobs: Blobs = new Map();
  const files = filesOf(git, ['diff-index', '--cached', head]);
  return {
    before: gitHost(git, head, blobs),
    steps: [{ head: { title: 'staged changes' }, files, after: gitHost(git, null, blobs) }],
  };
}

/** What the work tree (its tracked files) holds and HEAD does not. */
export function uncommittedChange(git: Git, root: string): Change {
  const head = git.commit('HEAD');
  const files = filesOf(git, ['diff-index', '--ignore-submodules=all', head]);
  return {
    before: gitHost(git, head, new Map()),
    steps: [{ head: { title: 'uncommitted changes' }, files, after: diskHost(root) }],
  };
}

/**
 * The commits of a range, each a step: `A..B` and `A...B` are what B has since it left A, `A..` ends at HEAD, and a single
 * revision is that one commit.
 * @throws ChangeError where a revision is not there.
 */
export function rangeChange(git: Git, spec: string): Change {
  const { base, tip } = endsOf(git, spec);
  const blobs: Blobs = new Map();
  const steps = stepsOf(git, base, tip).map(({ from, to }): Step => {
    const title = git.line(['log', '-1', '--no-show-signature', '--format=%s', to]) ?? '';
    return {
      head: { title, commit: to },
      files: filesOf(git, ['diff-tree', from, to]),
      after: gitHost(git, to, blobs),
    };
  });
  return { before: gitHost(git, base, blobs), steps: steps.filter(({ files }) => files.length > 0) };
}

function endsOf(git: Git, spec: string): { base: string; tip: string } {
  const match = /^(.*?)\.{2,3}(.*)$/.exec(spec);
  if (!match) {
    const tip = git.commit(spec);
    return { base: git.line(['rev-parse', '--verify', '--quiet', `${tip}^1`]) ?? emptyTree(git), tip };
  }
  const [from, tip] = [match[1]!, match[2]!].map((name) => git.commit(name === '' ? 'HEAD' : name)) as [string, string];
  const base = git.line(['merge-base', from, tip]);
  if (base === null) {
    const shallow = git.line(['rev-parse', '--is-shallow-repository']) === 'true';
    throw new ChangeError(
      `${spec}: its ends have no common history${shallow ? ' in this shallow clone; fetch more of it (actions/checkout: fetch-depth: 0)' : ''}`,
    );
  }
  return { base: base.split('\n')[0]!, tip };
}

/** Each commit of a range without merges; of one with merges, or a long one, the ends alone. */
function stepsOf(git: Git, base: string, tip: string): { from: string; to: string }[] {
  const whole = [{ from: base, to: tip }];
  const listed = git.line(['rev-list', '--reverse', '--parents', `--max-count=${mostSteps + 1}`, tip, `^${base}`]);
  const commits = listed?.split('\n').map((line) => line.split(' ')) ?? [];
  if (commits.length < 2 || commits.length > mostSteps || commits.some(({ length }) => length !== 2)) return whole;
  return commits.map(([commit, parent]) => ({ from: parent!, to: commit! }));
}

/** The tree of no files, in the repository's own hash. */
function emptyTree(git: Git): string {
  return git.read(['hash-object', '-t', 'tree', '--stdin']).toString('utf8').trim();
}

function filesOf(git: Git, command: readonly string[]): FileChange[] {
  const [name, ...rest] = command;
  const out = git.read([
    name!,
    '--raw',
    '-z',
    '-r',
    '-M',
    '--relative',
    '--no-ext-diff',
    '--no-textconv',
    ...rest,
    '--',
  ]);
  const fields = out.toString('utf8').split('\0');
  const files: FileChange[] = [];
  for (let at = 0; at + 1 < fields.length;) {
    const status = /^:\d+ \d+ \w+\.* \w+\.* ([A-Z])/.exec(fields[at]!)?.[1];
    const first = fields[at + 1]!;
    if (status === undefined) throw new ChangeError(`git ${name!}: not understood: ${fields[at]!}`);
    if (status === 'R' || status === 'C') {
      files.push({ from: status === 'R' ? first : null, to: fields[at + 2]! });
      at += 3;
    } else {
      files.push({ from: status === 'A' ? null : first, to: status === 'D' ? null : first });
      at += 2;
    }
  }
  return files.filter(({ from, to }) => sources.test(from ?? '') || sources.test(to ?? ''));
}
