import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ChangeError } from './change.ts';

/** More than any listing or batch of blobs of a kernel comes to (bytes). */
const largestAnswer = 1 << 30;

/**
 * What a repository could make git run is turned off: hooks, file system monitors, content filters, remotes of a partial
 * clone. Only commands that read are used, none that writes the index, none that shows a diff through a program.
 */
const safely = [
  '--no-pager',
  '--literal-pathspecs',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.untrackedCache=false',
  '-c',
  'protocol.allow=never',
  '-c',
  'submodule.recurse=false',
];

/** Git in one work tree, for reading only. */
export class Git {
  private readonly config: readonly string[];

  private constructor(
    /** The folder in which git runs, absolute. */
    private readonly folder: string,
    /** What paths of the folder are called in the repository: '' at its top, else `sub/folder/`. */
    readonly prefix: string,
  ) {
    this.config = [...safely, ...this.withoutFilters()];
  }

  /** The top folder of the repository's work tree. @throws ChangeError as `at` does. */
  static topOf(folder: string): string {
    return Git.at(folder).read(['rev-parse', '--show-toplevel']).toString('utf8').replace(/\n$/, '');
  }

  /** @throws ChangeError where the folder is in no repository, or git is not there. */
  static at(folder: string): Git {
    const prefix = run(folder, safely, ['rev-parse', '--show-prefix']);
    if (!prefix.ok) {
      const why = /dubious ownership/.test(prefix.error) ? prefix.error.split('\n')[0]! : 'it is in no git repository';
      throw new ChangeError(prefix.missing ? 'git is not installed' : `${folder}: ${why}`);
    }
    return new Git(folder, prefix.stdout.toString('utf8').replace(/\n$/, ''));
  }

  /** The output of a command. @throws ChangeError with what git says. */
  read(args: readonly string[], input?: string): Buffer {
    const result = run(this.folder, this.config, args, input);
    if (!result.ok) throw new ChangeError(`git ${args[0] ?? ''}: ${result.error}`);
    return result.stdout;
  }

  /** The output of a command as one line, or null where it fails. */
  line(args: readonly string[]): string | null {
    const result = run(this.folder, this.config, args);
    return result.ok ? result.stdout.toString('utf8').trim() : null;
  }

  /** The full id of a commit. @throws ChangeError where there is none of that name. */
  commit(revision: string): string {
    // A revision comes from outside; one that looks like an option would be taken as one.
    if (revision === '' || revision.startsWith('-')) throw new ChangeError(`${revision}: not a revision`);
    const id = this.line(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
    if (id === null) throw new ChangeError(`${revision}: there is no such commit here`);
    return id;
  }

  /** Content filters that the configuration names are programs: each is set to none. */
  private withoutFilters(): string[] {
    const listed = run(this.folder, safely, ['config', '--null', '--name-only', '--get-regexp', '^filter\\.']);
    if (!listed.ok) return [];
    return listed.stdout
      .toString('utf8')
      .split('\0')
      .filter((key) => key !== '')
      .flatMap((key) => ['-c', key.endsWith('.required') ? `${key}=false` : `${key}=`]);
  }
}

type Result =
  | { readonly ok: true; readonly stdout: Buffer }
  | { readonly ok: false; readonly error: string; readonly missing: boolean };

/** What git tells its hooks about places is said from the folder where the hook runs; ours may be another. */
function hookPlaces(): Record<string, string> {
  const { GIT_DIR: repository, GIT_INDEX_FILE: index, GIT_WORK_TREE: tree } = process.env;
  return {
    ...(repository === undefined
      ? {}
      : { GIT_DIR: path.resolve(repository), GIT_WORK_TREE: path.resolve(tree ?? '.') }),
    ...(index === undefined ? {} : { GIT_INDEX_FILE: path.resolve(index) }),
  };
}

function run(folder: string, config: readonly string[], args: readonly string[], input?: string): Result {
  const { status, stdout, stderr, error } = spawnSync('git', [...config, ...args], {
    cwd: folder,
    input: input ?? '',
    maxBuffer: largestAnswer,
    env: {
      ...process.env,
      ...hookPlaces(),
      LC_ALL: 'C',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_NO_LAZY_FETCH: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_EXTERNAL_DIFF: '',
    },
  });
  if (error) return { ok: false, error: error.message, missing: 'code' in error && error.code === 'ENOENT' };
  if (status === 0) return { ok: true, stdout };
  const said = stderr
    .toString('utf8')
    .trim()
    .replace(/^(?:fatal|error): /, '');
  return { ok: false, error: said === '' ? `exit status ${status}` : said, missing: false };
}
