import fs from 'node:fs';
import type { EngineOptions, Host } from '../engine/index.ts';
import { loadParser } from '../engine/parser.ts';
import { diskHost, reasonOf, treeAround } from '../engine/tree.ts';
import { ChangeError, type Change } from '../review/change.ts';
import { rangeChange, stagedChange, uncommittedChange } from '../review/git-change.ts';
import { gitHost } from '../review/git-host.ts';
import { Git } from '../review/git.ts';
import { readMails, type PatchMail } from '../review/mail.ts';
import { patchChange } from '../review/patch-change.ts';
import { renderReview } from '../review/render.ts';
import { review, type Review } from '../review/review.ts';
import { openStore, programFolder } from './analyse.ts';
import { renderOptions, type LintIo } from './lint.ts';
import { prepareOptions, rank, severitiesOf, type Prepared } from './options.ts';
import type { Store } from './store.ts';
import { parseReviewArgs, reviewUsage, type ReviewArgs, type Subject } from './review-args.ts';

export interface ReviewIo extends LintIo {
  readonly stdin: AsyncIterable<unknown>;
}

/**
 * `pernet-lint review`. Resolves to the exit status: 0 nothing new at or above --fail-on, 1 something new, 2 wrong usage,
 * a revision that is not there, a patch that does not apply.
 */
export async function runReview(argv: readonly string[], io: ReviewIo): Promise<number> {
  const start = performance.now();
  const parsed = parseReviewArgs(argv);
  const fail = (error: string): 2 => {
    io.stderr.write(`pernet-lint: ${error}\n`);
    return 2;
  };
  if ('error' in parsed) return fail(parsed.error);
  const { args } = parsed;
  if (args.help) {
    io.stdout.write(reviewUsage);
    return 0;
  }
  try {
    const root = rootOf(args.root, args.subject);
    const prepared = prepareOptions(args.common, { root });
    if ('error' in prepared) return fail(prepared.error);
    const change = await changeOf(args.subject, root, io);
    const store = args.common.cache ? storeFor(args, root, prepared) : null;
    const whole = review(change, { ...(await engineOptions(args, prepared)), ...(store ? { stock: store } : {}) });
    store?.close();
    const result = onlyLoud(whole, args);
    io.stdout.write(
      renderReview(args.format, result, { ...renderOptions(io, root), ms: Math.round(performance.now() - start) }),
    );
    if (args.format === 'text') io.stderr.write(`${summaryOf(result)}\n`);
    return result.introduced.some((finding) => rank(finding.severity) <= rank(args.common.failOn)) ? 1 : 0;
  } catch (error) {
    if (error instanceof ChangeError) return fail(error.message);
    throw error;
  }
}

/** Facts of files are shared with `lint`; what its last run came to is not to be pushed out by a review. */
function storeFor({ common }: ReviewArgs, root: string, prepared: Prepared): Store {
  return openStore(common, { root: `review of ${root}`, prepared, here: programFolder() });
}

async function engineOptions(
  { common }: ReviewArgs,
  { config, rules, pairs }: Prepared,
): Promise<Omit<EngineOptions, 'host'>> {
  return {
    parser: await loadParser(),
    ...(common.dialect === null ? {} : { dialect: common.dialect }),
    ...(config === null ? {} : { config }),
    severities: severitiesOf(common, rules),
    pairs,
  };
}

async function changeOf(subject: Subject, root: string, io: ReviewIo): Promise<Change> {
  if (subject.kind === 'patches') {
    const patches = await readPatches(subject.files, io);
    return patchChange(baseOf(root, subject.base), patches);
  }
  const git = Git.at(root);
  switch (subject.kind) {
    case 'staged':
      return stagedChange(git);
    case 'uncommitted':
      return uncommittedChange(git, root);
    case 'range':
      return rangeOf(git, subject.range);
  }
}

function baseOf(root: string, base: string | null): Host {
  if (base === null) return diskHost(root);
  const git = Git.at(root);
  return gitHost(git, git.commit(base), new Map());
}

function rangeOf(git: Git, range: string): Change {
  try {
    return rangeChange(git, range);
  } catch (error) {
    const isFile = error instanceof ChangeError && fs.existsSync(range);
    throw isFile ? new ChangeError(`${range}: a file, and no revision; a patch is given with --patch`) : error;
  }
}

/** The kernel tree around the current folder, else the top of the repository, else the folder itself. */
function rootOf(given: string | null, subject: Subject): string {
  try {
    const start = fs.realpathSync(given ?? '.');
    if (given !== null) return start;
    const tree = treeAround(start);
    if (tree !== null) return tree;
    if (subject.kind === 'patches' && subject.base === null && !isInRepository(start)) return start;
    return Git.topOf(start);
  } catch (error) {
    if (error instanceof ChangeError) throw error;
    throw new ChangeError(`${given ?? '.'}: ${reasonOf(error)}`);
  }
}

function isInRepository(folder: string): boolean {
  try {
    Git.topOf(folder);
    return true;
  } catch {
    return false;
  }
}

async function readPatches(files: readonly string[], io: ReviewIo): Promise<PatchMail[]> {
  const patches: PatchMail[] = [];
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file;
    const mails = await readMails(await bytesOf(file, io), name);
    for (const note of mails.notes) io.stderr.write(`pernet-lint: ${note}\n`);
    patches.push(...mails.patches);
  }
  return patches;
}

async function bytesOf(file: string, { stdin }: ReviewIo): Promise<Uint8Array> {
  if (file !== '-') {
    try {
      return fs.readFileSync(file);
    } catch (error) {
      throw new ChangeError(`${file}: ${reasonOf(error)}`);
    }
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** A review without what is quieter than asked for. */
function onlyLoud(whole: Review, { common }: ReviewArgs): Review {
  const loud = <T extends Pick<Review, 'introduced' | 'mended'>>(of: T): T => ({
    ...of,
    introduced: of.introduced.filter(({ severity }) => rank(severity) <= rank(common.minSeverity)),
    mended: of.mended.filter(({ severity }) => rank(severity) <= rank(common.minSeverity)),
  });
  return { ...loud(whole), steps: whole.steps.map(loud) };
}

function summaryOf({ introduced, mended, stats, steps }: Review): string {
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  const left = new Set(introduced.map(({ fingerprint }) => fingerprint));
  const passing = steps.flatMap((step) => step.introduced).filter(({ fingerprint }) => !left.has(fingerprint)).length;
  const which = introduced.length === 0 ? 'No new problem' : count(introduced.length, 'new problem');
  const what = steps.length > 1 && passing > 0 ? `${which} in the end (${passing} mended again on the way)` : which;
  const gone = mended.length === 0 ? '' : `, ${mended.length} mended`;
  const patches = steps.length > 1 ? ` in ${steps.length} steps` : '';
  return `${what}${gone}: ${count(stats.files, 'changed file')}${patches}, the lifecycles of ${count(stats.looked, 'file')} looked at.`;
}
