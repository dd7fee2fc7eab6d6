import type { FunctionEntry, OpsEntry, Program } from '../program/program.ts';

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
