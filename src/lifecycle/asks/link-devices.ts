import { folderOf } from '../../facts/folder.ts';
import { keepsDevice, staysInNamespace } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach, Way } from '../../program/reach.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';
import { firstWord } from './left-running.ts';
import { structOfData } from '../bodies/structs.ts';

/** Devices that link ops keep in an ops' data of a namespace, and no exit callback looks for there. */
export interface LeftDevices {
  /** The member of the data: the head of a list, or a pointer. */
  readonly member: string;
  /** The function that keeps a device there. */
  readonly by: string;
}

/** The calls by which link ops and notifiers come to the core (net/core/rtnetlink.c, net/core/dev.c). */
const registers = { links: /^_*rtnl_link_register\(\)$/, notifiers: /^register_netdevice_notifier(?:_net|_rh)?\(\)$/ };
/** What takes something off a list. */
const takingOff = /^h?list_(?:del|move|replace)\w*$|^RCU_INIT_POINTER$/;

/**
 * What an ops leaves of the devices that link ops of its file make: `rtnl_newlink()` lets these keep a device in the data
 * of a namespace which is not that in which the device lies, or from which it is moved later on; with the namespace only
 * those go that lie in it (net/core/dev.c, default_device_exit_batch()). Null where the devices cannot be moved or hold the
 * namespace, where an exit callback comes to the member, or calls something that was not read.
 */
export function devicesLeft(program: Program, reach: Reach, ops: OpsEntry): LeftDevices | null {
  const struct = structOfData(ops.fact);
  const exits = struct === undefined ? [] : exitsOf(program, ops);
  if (struct === undefined || exits.length === 0) return null;
  const called = functionsRegistered(program, ops.file, registers.links).map((name) => ({
    name,
    words: reach.from(ops.file, name, 'calls'),
  }));
  // What holds a reference of the namespace keeps that alive.
  const isSafe = (word: string): boolean => staysInNamespace.test(word) || /^(?:maybe_)?get_net(?:_track)?$/.test(word);
  if (called.some(({ words }) => [...words.keys()].some(isSafe))) return null;
  // A device that leaves its namespace is unregistered there for those who listen (dev_change_net_namespace()).
  const heard = functionsRegistered(program, ops.file, registers.notifiers).map((name) =>
    reach.from(ops.file, name, 'calls'),
  );
  if (heard.some((words) => [...words.keys()].some((word) => takingOff.test(word)))) return null;
  if (exits.some((fn) => callsUnread(program, reach, fn))) return null;
  const seen = exits.map((fn) => reach.from(fn.file, fn.fact.name, 'calls'));
  for (const { name, words } of called) {
    for (const [fn, { file }] of [[name, { file: ops.file }] as const, ...words]) {
      if (folderOf(file) !== folderOf(ops.file)) continue;
      const entry = program.resolveFunction(file, fn);
      const member = entry && keptBy(program, entry, struct);
      if (!entry || member === undefined) continue;
      const isSeen = (of: ReadonlyMap<string, Way>): boolean =>
        [...of.keys()].some((word) => /^(?:>|net->)/.test(word) && word.endsWith(`->${member}`));
      if (seen.some(isSeen)) continue;
      return { member, by: entry.fact.name };
    }
  }
  return null;
}

/** Whether an exit, or what it calls, calls something of the module's own, by its name, that was not read. */
function callsUnread(program: Program, reach: Reach, { file, fact }: FunctionEntry): boolean {
  return reach.through(file, fact.name, 'calls').some(({ file: from, words }) =>
    words.some((word) => {
      const name = word.endsWith('()') ? word.slice(0, -2) : '';
      return firstWord(name) === firstWord(fact.name) && !program.resolveFunction(from, name);
    }),
  );
}

/** The functions of a file that are named by what a function there registers. */
function functionsRegistered(program: Program, file: string, registers: RegExp): string[] {
  const mentions = program.facts(file)?.mentions ?? {};
  const registering = Object.values(mentions).filter((words) => words.some((word) => registers.test(word)));
  const variables = new Set(registering.flat());
  const isFunction = (name: string): boolean => program.functionById(`${file}#${name}`) !== undefined;
  return [...variables].flatMap((name) => (isFunction(name) ? [] : (mentions[name] ?? []).filter(isFunction)));
}

/** The member of a structure where a function keeps a device. */
function keptBy(program: Program, { file, fact }: FunctionEntry, struct: string): string | undefined {
  for (const word of program.facts(file)?.mentions[fact.name] ?? []) {
    const [, owner, member] = /^%(:?\w+)->(.+)$/.exec(word) ?? [];
    if (owner === undefined || member === undefined || word !== keepsDevice(owner, member)) continue;
    if (owner === `:${struct}` || fact.structs?.[owner] === `${struct}*`) return member;
  }
  return undefined;
}
