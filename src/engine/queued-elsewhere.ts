import { folderOf } from '../facts/folder.ts';
import { later, ofWholeFile, type FileFacts } from '../facts/index.ts';
import { waitedCounters } from '../lifecycle/index.ts';
import type { Searches } from './searches.ts';

/**
 * The work items and timers of a structure (`tn->work`) that a file with ops sets up and does not queue: another file of its
 * folder does (net/tipc/core.c, discover.c). With them the protocols that its entries of the protocol switch name, and that
 * another file has (net/sctp/protocol.c, socket.c), and the counters that its exits wait for (net/tipc/core.c, udp_media.c).
 */
export function queuedElsewhere(facts: FileFacts): string[] {
  const words = facts.ops.length > 0 ? (facts.mentions[ofWholeFile] ?? []) : [];
  const items = [...new Set(words.flatMap((word) => /^(\w+->[\w.]+)=\w+$/.exec(word)?.[1] ?? []))];
  const queued = items.filter((text) => !words.includes(later.queues(text))).map((text) => `&${text}`);
  return [...queued, ...queuesOf(facts), ...protocolsOf(facts), ...countersOf(facts)];
}

/** What the entries that a file with ops puts into the protocol switch name, and the file does not have. */
function protocolsOf({ ops, mentions }: FileFacts): string[] {
  if (ops.length === 0) return [];
  const isHere = (name: string): boolean => Object.hasOwn(mentions, name);
  const entries = Object.values(mentions).flatMap((words) =>
    words.some((word) => /^inet6?_register_protosw\(\)$/.test(word)) ? words.filter(isHere) : [],
  );
  const named = [...new Set(entries)].flatMap((entry) => mentions[entry] ?? []);
  return [...new Set(named.filter((word) => /^[a-z]\w*prot/.test(word) && !isHere(word)))];
}

/** The counters of a structure that the exits of a file's ops wait for: what runs later counts itself out in other files as well. */
function countersOf({ ops, functions, mentions }: FileFacts): string[] {
  const exits = ops.flatMap(({ fields }) =>
    fields.flatMap(({ name, text }) => (/exit/.test(name) ? text.replace(/^&/, '') : [])),
  );
  const own = (name: string): readonly string[] => (Object.hasOwn(mentions, name) ? (mentions[name] ?? []) : []);
  const near = new Set(
    exits.flatMap((name) => [name, ...own(name).flatMap((word) => (word.endsWith('()') ? word.slice(0, -2) : []))]),
  );
  // Bodies are looked into only where a counter is read.
  const asking = functions.filter(({ name }) => near.has(name) && own(name).some((word) => /_read\w*\(\)$/.test(word)));
  return [...new Set(asking.flatMap((fact) => waitedCounters(fact)).map(({ member }) => member))];
}

/** The workqueues that a file with ops destroys, and that it exports: others queue their works on these (infiniband's ib_wq). */
function queuesOf({ ops, exports, mentions }: FileFacts): string[] {
  if (ops.length === 0 || exports.length === 0) return [];
  const ending = Object.values(mentions).filter((words) => words.includes('destroy_workqueue()'));
  return exports.filter((name) => ending.some((words) => words.includes(name)));
}

/** The files that name such an item where they may queue it, with how they name it. */
export function missingQueues(
  files: readonly FileFacts[],
  searches: Searches,
): { path: string; names: readonly string[] }[] {
  const have = new Set(files.map(({ file }) => file));
  const found = new Map<string, Set<string>>();
  for (const facts of files) {
    const names = queuedElsewhere(facts);
    if (names.length === 0) continue;
    for (const [name, paths] of searches.mentioning(folderOf(facts.file), names))
      for (const path of paths) if (!have.has(path)) found.set(path, (found.get(path) ?? new Set()).add(name));
  }
  return [...found]
    .map(([path, names]) => ({ path, names: [...names].sort() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
