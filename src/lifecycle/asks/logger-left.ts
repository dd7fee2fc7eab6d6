import type { OpsEntry, Program } from '../../program/program.ts';
import type { Reach } from '../../program/reach.ts';
import { callsAny, callsOf, nameOf, within } from '../bodies/body.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';
import { isHandedOver } from './left-on-demand.ts';
import type { PairsByCall } from '../resources/index.ts';

/**
 * A logger that a module registers (`nf_log_register(pf, &foo_logger)`): users then bind it to namespaces by
 * net.netfilter.nf_log (net/netfilter/nf_log.c, nf_log_proc_dostring()), and only nf_log_unset() in an exit takes it from
 * there. Nothing where anything of the file but its inits names that, an exit that speaks of the logger comes to it, or passes
 * the namespace to who is not read.
 */
export function loggerLeft(
  program: Program,
  { reach, table }: { readonly reach: Reach; readonly table: PairsByCall },
  ops: OpsEntry,
): string | null {
  const facts = program.facts(ops.file);
  const { functions = [], mentions = {} } = facts ?? {};
  const known = Object.values(mentions).flat();
  if (!known.includes('nf_log_register()') || known.some((word) => /^nf_log_(?:un)?set\(\)$/.test(word))) return null;
  const exits = exitsOf(program, ops);
  const hasOther = program.allOps().some((each) => each.file === ops.file && each.id !== ops.id);
  // A macro of the file may stand for the call.
  if (exits.some((exit) => within(program, exit, 2).some(({ fact }) => callsAny(fact, /^nf_log_unset$/)))) return null;
  if (exits.length === 0 || hasOther || exits.some((exit) => isHandedOver(program, table, exit, 'net'))) return null;
  const loggers = functions.flatMap(({ name }) => {
    const fn = program.functionById(`${ops.file}#${name}`);
    return (fn ? callsOf(fn) : []).flatMap((call) => {
      const [, logger] = nameOf(call) === 'nf_log_register' ? call.args : [];
      return logger?.k === 'unary' && logger.op === '&' && logger.of.k === 'id' ? logger.of.name : [];
    });
  });
  const isUnset = (logger: string): boolean =>
    program.allOps().some((each) =>
      exitsOf(program, each).some(({ file, fact }) => {
        const words = reach.from(file, fact.name);
        return words.has('nf_log_unset') && (words.has(logger) || each.id === ops.id);
      }),
    );
  return loggers.find((logger) => !isUnset(logger)) ?? null;
}
