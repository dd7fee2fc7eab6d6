import type { OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { allIn, callsOf, nameOf } from '../bodies/body.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';
import { StopSearch, type Call } from '../bodies/may-stop.ts';
import { namespaceLocals } from '../bodies/namespace-locals.ts';
import type { PairsByCall } from '../resources/index.ts';

/** What only tells the core of a logger, or binds it: it stays bound until something else is done. */
const leavesBound = /^nf_log_(?:register|unregister|bind_pf)$/;

/** What takes a logger from a namespace, or from all, or says by itself which one is bound. */
const rebinds = /^nf_log_(?:set|unset|unbind_pf)$/;

/**
 * A logger that a module registers (`nf_log_register(pf, &foo_logger)`) and unregisters when it goes: users then bind it to
 * namespaces by net.netfilter.nf_log (net/netfilter/nf_log.c, nf_log_proc_dostring()), and only nf_log_unset() in an exit
 * takes it from there. Nothing where anything of the file names that, where the logger is the file's not alone or is passed
 * on, where the module never goes, or where an exit may come to who is not read and gets the namespace.
 */
export function loggerLeft(
  program: Program,
  { reach, table }: { readonly reach: Reach; readonly table: PairsByCall },
  ops: OpsEntry,
): string | null {
  const { functions = [], mentions = {}, statics = [], initcalls = [] } = program.facts(ops.file) ?? {};
  const known = Object.values(mentions).flat();
  if (!known.includes('nf_log_register()') || known.some((word) => /^nf_log_(?:un)?set\(\)$/.test(word))) return null;
  if (known.includes('__module_get()')) return null;
  const goes = initcalls.some(
    ({ macro, fn }) => macro === 'module_exit' && reach.from(ops.file, fn, 'calls').has('nf_log_unregister'),
  );
  const exits = exitsOf(program, ops);
  if (!goes || exits.length === 0) return null;
  if (program.allOps().some((each) => each.file === ops.file && each.id !== ops.id)) return null;
  const mayRebind = exits.some((exit) => {
    const calls = callsOf(exit);
    if (calls.some((call) => rebinds.test(nameOf(call)))) return true;
    if (['nf_log_unset', 'nf_log_unbind_pf'].some((name) => reach.from(exit.file, exit.fact.name).has(name)))
      return true;
    const held = namespaceLocals(program, exit, exit.fact.params);
    return new StopSearch(program, table, '').mayStop(exit, calls, held);
  });
  if (mayRebind) return null;
  const bodies = functions.flatMap(({ name }) => program.functionById(`${ops.file}#${name}`) ?? []);
  const loggers = bodies.flatMap(callsOf).flatMap((call) => {
    const logger = nameOf(call) === 'nf_log_register' ? addressIn(call.args[1]) : undefined;
    return logger !== undefined && statics.includes(logger) ? logger : [];
  });
  const isPassedOn = (logger: string): boolean => {
    const all = bodies.flatMap((body) => [...allIn(body)]).filter((e) => e.k === 'id' && e.name === logger);
    const told = bodies
      .flatMap(callsOf)
      .filter((call) => leavesBound.test(nameOf(call)) && call.args.some((arg) => addressIn(arg) === logger));
    return all.length !== told.length;
  };
  return loggers.find((logger) => !isPassedOn(logger)) ?? null;
}

function addressIn(e: Call['args'][number] | undefined): string | undefined {
  return e?.k === 'unary' && e.op === '&' && e.of.k === 'id' ? e.of.name : undefined;
}
