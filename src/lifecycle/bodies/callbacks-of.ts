import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';

/** The exit callbacks in the order in which cleanup_net() calls them (net/core/net_namespace.c). */
export const exitOrder = ['pre_exit', 'exit_rtnl', 'exit_batch_rtnl', 'exit', 'exit_batch'];

/** The function that is an ops' callback; undefined where it has none, or one that is not known. */
export function callbackOf(program: Program, ops: OpsEntry, callback: string): FunctionEntry | undefined {
  const field = ops.fact.fields.find(({ name }) => name === callback);
  return field ? program.lookUp(ops.file, field.text.replace(/^&/, '')) : undefined;
}

/** The functions that an ops' exit callbacks are, `pre_exit` and batches among them. */
export function exitsOf(program: Program, ops: OpsEntry): FunctionEntry[] {
  return ops.fact.fields.flatMap(({ name }) =>
    /^(?:pre_)?exit/.test(name) ? (callbackOf(program, ops, name) ?? []) : [],
  );
}
