import { spawnSync } from 'node:child_process';

/**
 * A question to git about a work tree that nobody vouches for: it only reads, and runs nothing that the tree's own
 * configuration or attributes name (hooks, pagers, external diffs, text conversions, file system monitors, transports).
 */
export function askGit(root: string, args: readonly string[]): string | null {
  const [command = '', ...rest] = args;
  const safe = [
    '--no-pager',
    '--no-optional-locks',
    '--literal-pathspecs',
    ...['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.pager=cat', 'core.sshCommand=false'],
    ...['protocol.allow=never', 'diff.external=', 'log.showSignature=false', 'blame.ignoreRevsFile='],
  ];
  const settings = safe.flatMap((each) => (each.startsWith('-') ? [each] : ['-c', each]));
  const { status, stdout } = spawnSync('git', ['-C', root, ...settings, command, ...rest], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    timeout: longest,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      GIT_NO_LAZY_FETCH: '1',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: 'false',
      GIT_EXTERNAL_DIFF: '',
      GIT_PAGER: 'cat',
      LC_ALL: 'C',
    },
  });
  return status === 0 ? stdout : null;
}

/** The blame of a line of a long history takes seconds, and no more than this (milliseconds). */
const longest = 120_000;
