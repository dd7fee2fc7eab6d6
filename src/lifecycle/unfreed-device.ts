import { folderOf } from '../facts/folder.ts';
import { walkExpression, type Expr } from '../facts/ir.ts';
import type { FunctionEntry, Id, OpsEntry, Program } from '../program/program.ts';
import { callbackOf, exitsOf } from './callbacks-of.ts';
import { reachedFrom } from './known.ts';
import { callsIn, type Call } from './may-stop.ts';
import { printExpression } from './print.ts';

const allocates = /^alloc_(?:netdev(?:_mqs?)?|etherdev(?:_mqs?)?)$/;
const unregisters = /^unregister_netdev(?:ice(?:_queue)?)?$/;
/** What has a device's memory freed when the device is unregistered, or may have (include/linux/netdevice.h). */
const freesLater = /(?:^|->|\.)(?:needs_free_netdev|destructor|priv_destructor)$/;

/**
 * The device that an ops' init allocates and registers, and that its exit unregisters and does not free: that is left to who
 * has it unregistered, unless the device itself says that it is to be freed with that (net/core/dev.c, netdev_run_todo()).
 */
export function unfreedDevice(program: Program, ops: OpsEntry): string | null {
  const init = callbackOf(program, ops, 'init');
  const exits = exitsOf(program, ops);
  if (!init || exits.length === 0) return null;
  const [ofInit, ofExits] = [[init], exits].map((roots) => functionsOf(program, roots)) as [
    FunctionEntry[],
    FunctionEntry[],
  ];
  const made = callsOf(ofInit, allocates);
  const folder = folderOf(init.file);
  const isOwn = made.length > 0 && made.every(({ fn }) => folderOf(fn.file) === folder);
  const gone = callsOf(ofExits, unregisters);
  const [only] = gone;
  if (!isOwn || !only || gone.some(({ fn }) => folderOf(fn.file) !== folder)) return null;
  if (callsOf(ofInit, /^register_netdev(?:ice)?$/).length === 0) return null;
  if (!made.every(({ fn, call }) => isSetUpHere(program, fn, call))) return null;
  // Who frees it may be called by a pointer, or later; an init alone frees what it could not register.
  const inside = new Set<Id>(ofInit.map(({ id }) => id));
  for (const { id } of ofExits) inside.delete(id);
  const isFreed = program.allFunctions().some((fn) => {
    if (folderOf(fn.file) !== folder) return false;
    // Of what stands in one line there are no words.
    if (!fn.fact.blocks && !program.facts(fn.file)?.mentions[fn.fact.name] && fn.file === init.file) return true;
    const words = [...(program.facts(fn.file)?.mentions[fn.fact.name] ?? []), ...program.calls(fn.id)];
    if (words.some((word) => freesLater.test(word)) || setsMember(fn)) return true;
    return !inside.has(fn.id) && words.some((word) => /^free_netdev(?:\(\))?$/.test(word));
  });
  const unread = ofExits.some((fn) => mayFree(program, fn, only.call));
  const [device] = only.call.args;
  return isFreed || unread || !device ? null : printExpression(device);
}

function functionsOf(program: Program, roots: readonly FunctionEntry[]): FunctionEntry[] {
  const ids = roots.map(({ id }) => id);
  return [...reachedFrom(program, ids)].flatMap((id) => program.functionById(id) ?? []);
}

function callsOf(all: readonly FunctionEntry[], names: RegExp): { readonly fn: FunctionEntry; readonly call: Call }[] {
  return all.flatMap((fn) =>
    (fn.fact.blocks ?? [])
      .flatMap(callsIn)
      .flatMap((call) => (call.fn.k === 'id' && names.test(call.fn.name) ? [{ fn, call }] : [])),
  );
}

/** Whether what sets a device up is at hand, and so what it says of its end. */
function isSetUpHere(program: Program, fn: FunctionEntry, { args }: Call): boolean {
  return args.every((arg) => {
    if (arg.k !== 'id' || !/setup/.test(arg.name) || arg.name === 'ether_setup') return true;
    return program.lookUp(fn.file, arg.name)?.fact.blocks !== undefined;
  });
}

/** Whether a function says that a device's memory goes with it. */
function setsMember({ fact }: FunctionEntry): boolean {
  const isIt = (e: Expr): boolean => e.k === 'assign' && e.to.k === 'field' && freesLater.test(e.to.name);
  return (fact.blocks ?? []).some(({ steps }) =>
    steps.some((step) => step.s === 'eval' && [...walkExpression(step.of)].some(isIt)),
  );
}

/** Whether an exit passes what holds the device to what was not read. */
function mayFree(program: Program, fn: FunctionEntry, gone: Call): boolean {
  const device = gone.args[0] && printExpression(gone.args[0]);
  return (fn.fact.blocks ?? [])
    .flatMap(callsIn)
    .some(
      (call) =>
        call.fn.k === 'id' &&
        !unregisters.test(call.fn.name) &&
        !program.lookUp(fn.file, call.fn.name) &&
        call.args.some((arg) => printExpression(arg) === device),
    );
}
