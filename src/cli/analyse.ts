import fs from 'node:fs';
import path from 'node:path';
import type { FindResult, ScanRequest } from '../engine/find.ts';
import { Engine, type AnalysisResult } from '../engine/index.ts';
import { isAsSeen, lookAgain } from '../engine/look-again.ts';
import { loadParser } from '../engine/parser.ts';
import type { Scanner } from '../engine/scan.ts';
import type { Resumable } from '../engine/resume.ts';
import type { Snapshot } from '../engine/snapshot.ts';
import { sourceOf } from '../engine/stock.ts';
import { diskHost } from '../engine/tree.ts';
import { cacheFolder, recordingHost, ResultCache, type Near } from './cache.ts';
import type { LintArgs } from './lint-args.ts';
import { severitiesOf, type Prepared } from './options.ts';
import { SeenCache } from './seen-cache.ts';
import { Store } from './store.ts';

/** More changed files than this are not looked at one by one. */
const mostMoved = 16;

/** Looks for the files that mention pernet, by what the last run saw of the tree where it may. */
export async function find(
  args: LintArgs,
  of: {
    readonly root: string;
    readonly requests: readonly ScanRequest[];
    readonly scanner: Scanner;
    readonly here: string;
  },
): Promise<FindResult> {
  const { root, requests, scanner, here } = of;
  // Single files, and what lies beside them, are read anyway.
  if (!args.cache || requests.some(({ kind }) => kind === 'file')) return scanner.find(requests);
  const start = Date.now();
  const cache = new SeenCache(root, JSON.stringify([versionOf(here), requests]));
  const seen = cache.load();
  const again = seen && lookAgain(root, requests, seen);
  const found = again ?? (await scanner.find(requests));
  if (found.unreadable.length === 0 && !(again && isAsSeen(again.seen, seen))) cache.save(found.seen, start);
  return found;
}

/** What the engine says of what was found, by way of what earlier runs came to where it may. */
export async function analyse(
  args: LintArgs,
  given: {
    readonly root: string;
    readonly prepared: Prepared;
    readonly found: FindResult;
    readonly scanner: Scanner;
    readonly here: string;
  },
): Promise<AnalysisResult> {
  const start = Date.now();
  const { root, prepared, scanner, here } = given;
  const { hits } = given.found;
  const key = cacheKey(args, prepared, here);
  const results = args.cache ? new ResultCache<AnalysisResult>(root, key, path.join(cacheFolder(), 'results')) : null;
  const kept = results?.load(hits);
  if (kept) return kept;
  const store = args.cache ? openStore(args, { root, prepared, here }) : null;
  const { host, asked } = recordingHost(diskHost(root));
  const engine = new Engine({
    parser: await loadParser(),
    host,
    isLarge: true,
    ...(store ? { stock: store } : {}),
    ...(args.dialect === null ? {} : { dialect: args.dialect }),
    ...(prepared.config === null ? {} : { config: prepared.config }),
    severities: severitiesOf(args, prepared.rules),
    pairs: prepared.pairs,
  });
  engine.setIndex(hits.map((hit) => hit.path));
  const snapshots = store && new ResultCache<Snapshot>(root, key, path.join(cacheFolder(), 'snapshots'));
  const near = snapshots?.loadNear(hits);
  if (near && near.elsewhere.size === 0 && near.changed.length <= mostMoved) {
    const moved = engine.moved(near.result, near.changed);
    // All that the snapshot was made from beside the files themselves is as it was.
    if (moved && near.changed.every(({ path: file }) => isAsFound(file))) {
      results?.saveLike(hits, near, moved);
      store?.close();
      return moved;
    }
  }
  const resumables = store && new ResultCache<Resumable>(root, key, path.join(cacheFolder(), 'contexts'));
  const last = resumables?.loadNear(hits);
  if (last) {
    const hashes = last.elsewhere.size === 0 ? last.changed : null;
    engine.resume({ kept: last.result, changed: changedSince(last), hashes });
  }
  const hashes = new Map(hits.map((hit) => [hit.path, hit.hash]));
  const isKept = ([file, hash]: [string, string]): boolean => store?.facts.has(sourceOf(file, hash)) === true;
  const [known, others] = [[...hashes].filter(isKept), [...hashes].filter((hit) => !isKept(hit))];
  let unchanged = true;
  for (const read of await scanner.read(others.map(([file]) => file))) {
    engine.adopt(read.path, read);
    if (hashes.get(read.path) !== read.hash) unchanged = false;
  }
  // Their memory is not needed any more.
  await scanner.close();
  if (!known.every(([file]) => isAsFound(file))) unchanged = false;
  const analysis = engine.analyse();
  if (unchanged) {
    const from = { start, near: last ?? null };
    results?.save(hits, asked, analysis, from);
    snapshots?.save(hits, asked, engine.snapshot(near && { last: near.result, changed: changedSince(near) }), from);
    const resumable = engine.resumable();
    if (resumable) resumables?.save(hits, asked, resumable, from);
  }
  store?.close();
  return analysis;

  function isAsFound(file: string): boolean {
    const text = engine.textOf(file);
    return text !== null && store?.digest(text) === hits.find((hit) => hit.path === file)?.hash;
  }
}

/** All files and folders that have changed, come or gone since something was kept. */
function changedSince({ changed, elsewhere }: Near<unknown>): ReadonlySet<string> {
  return new Set([...elsewhere, ...changed.map((hit) => hit.path)]);
}

/** All that decides over a result besides the files: the options, and the program itself as it was built. */
function cacheKey(args: LintArgs, { config, pairs, rules: set }: Prepared, here: string): string {
  return JSON.stringify([versionOf(here), args.dialect, severitiesOf(args, set), config, pairs]);
}

/** Where this program and its workers lie. */
export function programFolder(): string {
  return path.dirname(process.argv[1] ? fs.realpathSync(process.argv[1]) : '.');
}

/** Facts of files do not depend on which rules are on, nor on the tree that a file lies in. */
export function openStore(
  args: LintArgs,
  { root, prepared, here }: { readonly root: string; readonly prepared: Prepared; readonly here: string },
): Store {
  const factsVersion = JSON.stringify([versionOf(here), prepared.config]);
  return new Store(cacheFolder(), { root, version: cacheKey(args, prepared, here), factsVersion });
}

function versionOf(here: string): string[] {
  return ['cli.cjs', 'worker.cjs'].map((name) => {
    const stat = fs.statSync(path.join(here, name), { throwIfNoEntry: false });
    return stat ? `${name} ${stat.size} ${stat.mtimeMs}` : name;
  });
}
