import { hookRows } from './hooks.ts';
import { kernelRows } from './kernel.ts';
import { memoryRows } from './memory.ts';
import { networkingRows } from './networking.ts';
import { olderRows } from './older.ts';
import { protocolRows } from './protocols.ts';

/** Which values of the acquiring call's result say that it failed. */
export type Failure = 'negative' | 'null' | 'error-pointer' | 'error-pointer-or-null' | 'nonzero' | 'never';

export interface Pair {
  /**
   * What it is, as a noun for messages: 'netdevice notifier', 'slab cache', 'proc entry'. Unique per family of pairs:
   * a release of one kind never undoes an acquire of another kind.
   */
  readonly kind: string;
  readonly acquire: readonly string[];
  /** The releasing calls. One that acquires as well sets something to its first argument, and releases where that is NULL. */
  readonly release: readonly string[];
  /** What names the resource at the acquiring call: its result, arguments (from 0), or 'fixed' (there is but one). */
  readonly of: 'result' | 'fixed' | readonly number[];
  /** The same at the releasing call: argument numbers, in the same order as `of`. [] with `of` 'fixed'. */
  readonly releaseOf: readonly number[];
  readonly fails: Failure;
  /**
   * True where leaving it behind when the module's text is gone is wrong in itself (it holds pointers to the module's
   * code or data, or a global name); false where something else may own or free it (plain memory, references).
   */
  readonly lasting: boolean;
  /**
   * True where the call makes callbacks (functions in the passed struct, or passed as pointers) callable by the outside
   * at once. Not so proto_register() and inet_register_protosw(): an ops' init opens control sockets through them.
   */
  readonly exposes?: boolean;
  /** True where the call makes socket() find a protocol: from then on the init of its sockets is called for every namespace. */
  readonly opensSockets?: boolean;
  /**
   * True where whoever uses it holds the module (by `.owner = THIS_MODULE`), and where nobody finds it any more once the
   * module is going (try_module_get()): when the module's exit runs, none of its callbacks does.
   */
  readonly holdsModule?: boolean;
  /**
   * True where whoever uses it holds the namespace, and where nobody gets in any more once it is dying: a seq_file of a
   * namespace (fs/proc/proc_net.c, seq_open_net()), a socket that talks to a kernel socket.
   */
  readonly holdsNet?: boolean;
  /** True where nobody is to ask for the result: what undoes it copes with what is not there (fs/debugfs/inode.c). */
  readonly optional?: boolean;
  /** True where what releases it does not cope with NULL, nor with an error pointer: it looks into what it is passed. */
  readonly needsThing?: boolean;
  /** True for plain memory and other things only the owner uses (kmalloc family, percpu, bitmaps, strings). */
  readonly memory?: boolean;
  /** True for things that callbacks use while they run: slab caches, workqueues, percpu memory, tables. */
  readonly used?: boolean;
  /** The kind of thing through which alone its callbacks are reached: a protocol gets its packets from a packet handler. */
  readonly fedBy?: string;
  /** True where the call keeps the memory that it is passed, which is found again by way of its result (`ctl_table_arg`). */
  readonly keepsTable?: boolean;
  /** Kinds whose things lie inside this one and go with it when it is released. */
  readonly takesAlong?: readonly string[];
  /** The releasing calls that do so, where not all do: remove_proc_entry() of a directory leaves what is in it. */
  readonly takesAlongBy?: readonly string[];
  /** Further releasing calls, which take the acquiring call's result as argument 0. */
  readonly alsoReleasedBy?: readonly { readonly call: string; readonly of: 'result' }[];
  /** True where the program's own naming is all that makes it a pair. */
  readonly byName?: true;
  /** Where the naming is all: true where the acquiring call is at hand, and nothing that it acquires was seen in it. */
  readonly isEmpty?: true;
  /**
   * Calls that release every thing of the kind whose acquiring arguments `of` are the call's arguments `releaseOf`:
   * rtnl_unregister_all(protocol) releases the handlers of all message types.
   */
  readonly allReleasedBy?: readonly {
    readonly call: string;
    readonly of: readonly number[];
    readonly releaseOf: readonly number[];
  }[];
  /** True where the one argument in `of` is the address of the variable in which the call stores the resource. */
  readonly stores?: true;
  /** True where it returns 0 in all kernels, so that who asks never sees it fail, unless a body at hand says otherwise. */
  readonly isZero?: true;
  /** True where it returns a positive number of its own choice when it is asked for that: `CPUHP_AP_ONLINE_DYN`. */
  readonly dynamic?: true;
  /** True where the user states it: what never fails then does not fail for a caller who asks either. */
  readonly isStated?: boolean;
  /** True where it is not known how the call fails: it counts only where nothing asks for its result. */
  readonly unasked?: boolean;
  /** The file and function the facts come from: 'net/core/dev.c register_netdevice_notifier()'. */
  readonly source: string;
}

const failures: readonly string[] = ['negative', 'null', 'error-pointer', 'error-pointer-or-null', 'nonzero', 'never'];
const traits: readonly string[] = [
  'lasting',
  'exposes',
  'opens-sockets',
  'holds-module',
  'holds-net',
  'optional',
  'keeps-table',
  'not-null',
  'memory',
  'used',
  'zero',
  'dynamic',
];

/** The table: Linux 6.1, 6.12 and older ones together (a name that only one of them has does no harm in the others). */
export const allPairs: readonly Pair[] = [
  networkingRows,
  protocolRows,
  hookRows,
  kernelRows,
  memoryRows,
  olderRows,
].flatMap(pairsFromRows);

export interface PairsByCall {
  readonly acquires: ReadonlyMap<string, Pair>;
  /** A release may serve several pairs, of one kind or of several (proc entry, proc directory). */
  readonly releases: ReadonlyMap<string, readonly Pair[]>;
}

/** The names of all calls that release what a pair acquires. */
export function releasesOf(pair: Pair): readonly string[] {
  const others = [...(pair.alsoReleasedBy ?? []), ...(pair.allReleasedBy ?? [])];
  return [...pair.release, ...others.map((other) => other.call)];
}

/**
 * Looks pairs up by the name that is called. Among the releases are those by result (`alsoReleasedBy`) and of all
 * (`allReleasedBy`).
 */
export function pairsByCall(pairs: readonly Pair[]): PairsByCall {
  const acquires = new Map<string, Pair>();
  const releases = new Map<string, Pair[]>();
  for (const pair of pairs) {
    for (const name of pair.acquire) acquires.set(name, pair);
    for (const name of releasesOf(pair)) releases.set(name, [...(releases.get(name) ?? []), pair]);
  }
  return { acquires, releases };
}

/** The kernel's table, looked up by the name that is called. */
export const kernelTable: PairsByCall = pairsByCall(allPairs);

/** The kernel's table with rows of a tree's or a user's own, which go before it where both know an acquiring call. */
export function tableWith(own: readonly Pair[]): PairsByCall {
  if (own.length === 0) return kernelTable;
  const named = new Set(own.flatMap(({ acquire }) => acquire));
  const others = allPairs.flatMap((pair) => {
    const acquire = pair.acquire.filter((name) => !named.has(name));
    return acquire.length === 0 ? [] : [acquire.length === pair.acquire.length ? pair : { ...pair, acquire }];
  });
  return pairsByCall([...own, ...others]);
}

/**
 * Reads rows of the data files, one pair a line, in columns divided by `|`:
 *
 * 1. the kind;
 * 2. the acquiring calls, divided by spaces;
 * 3. the releasing calls; ` & ` before those that take the acquiring call's result (`alsoReleasedBy`); one that
 *    releases all that agree in some arguments stands as `call:1>0`, of all as `call:` (`allReleasedBy`);
 * 4. what names the resource: `0`, `0 2 > 0 1` (where the release counts differently), `result` (released as argument
 *    0, or `result > 1`), `&0` (stored at the address that argument 0 is; the release takes the value), `fixed`;
 * 5. how it fails (a `Failure`), then traits: `lasting`, `exposes`, `opens-sockets`, `holds-module`, `holds-net`,
 *    `optional`, `keeps-table`, `not-null`, `memory`, `used`, `zero`, `dynamic`;
 * 6. the kernel file, and the function in it where that is not the first acquiring call;
 * 7. optional: the kinds it takes along, divided by commas; `by` and the releasing calls that do so, where not all do;
 * 8. optional: the kind of thing through which alone its callbacks are reached.
 *
 * Lines that start with `#` are notes.
 * @throws Error for a row that is none: the table is part of the program, and its test reads all of it.
 */
export function pairsFromRows(rows: string): readonly Pair[] {
  const lines = rows.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(pairFromRow);
}

function pairFromRow(row: string): Pair {
  const [kind = '', acquires = '', releases = '', names = '', how = '', place = '', along = '', fedBy = ''] = row
    .split('|')
    .map((cell) => cell.trim());
  const [kinds = '', by = ''] = along.split(' by ');
  const acquire = words(acquires);
  const [calls = [], byResult] = releases.split('&').map(words);
  const release = calls.filter((call) => !call.includes(':'));
  const ofAll = calls.filter((call) => call.includes(':'));
  const [fails = '', ...has] = words(how);
  const [file, from = acquire[0]] = words(place);
  if (!kind || !acquire.length || !release.length || !file || !failures.includes(fails)) throw badRow(row);
  if (has.some((trait) => !traits.includes(trait))) throw badRow(row);
  return {
    kind,
    acquire,
    release,
    ...identity(names, row),
    fails: fails as Failure,
    lasting: has.includes('lasting'),
    ...(has.includes('exposes') && { exposes: true }),
    ...(has.includes('opens-sockets') && { opensSockets: true }),
    ...(has.includes('holds-module') && { holdsModule: true }),
    ...(has.includes('holds-net') && { holdsNet: true }),
    ...(has.includes('keeps-table') && { keepsTable: true }),
    ...(has.includes('optional') && { optional: true }),
    ...(has.includes('not-null') && { needsThing: true }),
    ...(has.includes('memory') && { memory: true }),
    ...(has.includes('used') && { used: true }),
    ...(has.includes('zero') && { isZero: true }),
    ...(has.includes('dynamic') && { dynamic: true }),
    ...(fedBy && { fedBy }),
    ...(kinds && { takesAlong: kinds.split(',').map((name) => name.trim()) }),
    ...(by && { takesAlongBy: words(by) }),
    ...(byResult?.length && { alsoReleasedBy: byResult.map((call) => ({ call, of: 'result' as const })) }),
    ...(ofAll.length && { allReleasedBy: ofAll.map((call) => releaseOfAll(call, row)) }),
    source: `${file} ${from}()`,
  };
}

function releaseOfAll(call: string, row: string): { call: string; of: number[]; releaseOf: number[] } {
  const [name = '', at = ''] = call.split(':');
  if (at === '') return { call: name, of: [], releaseOf: [] };
  const [of = '', releaseOf = ''] = at.split('>');
  return { call: name, of: numbers(of, row), releaseOf: numbers(releaseOf, row) };
}

function identity(names: string, row: string): Pick<Pair, 'of' | 'releaseOf' | 'stores'> {
  if (names === 'fixed') return { of: 'fixed', releaseOf: [] };
  const stores = names.startsWith('&');
  const [at = '', later] = names.slice(stores ? 1 : 0).split('>');
  if (at.trim() === 'result') return { of: 'result', releaseOf: numbers(later ?? '0', row) };
  const of = numbers(at, row);
  const releaseOf = later === undefined ? (stores ? [0] : of) : numbers(later, row);
  if (of.length !== releaseOf.length) throw badRow(row);
  return { of, releaseOf, ...(stores && { stores }) };
}

function numbers(text: string, row: string): number[] {
  const found = words(text);
  if (!found.length || found.some((word) => !/^\d$/.test(word))) throw badRow(row);
  return found.map(Number);
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function badRow(row: string): Error {
  return new Error(`not a row of the table of pairs: ${row}`);
}
