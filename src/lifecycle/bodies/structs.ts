import { expressionsOf, type Expr, type FunctionFact, type OpsFact } from '../../facts/ir.ts';

/** What the pointers of a function point at, and what the calls allocate whose results they take: `foo*`. */
interface Structs {
  readonly variables: ReadonlyMap<string, string>;
  readonly results: ReadonlyMap<string, string>;
}

const known = new WeakMap<FunctionFact, Structs>();

/** The structure that an expression points at, as a function declares it; undefined where that is not told. */
export function structBehind(fact: FunctionFact | undefined, e: Expr | undefined): string | undefined {
  return fact && e?.k === 'id' ? structsOf(fact).variables.get(e.name) : undefined;
}

/** The structure that a call's result points at, by the pointer that takes it, or by the size that it asks for. */
export function structMadeBy(fact: FunctionFact | undefined, e: Expr & { k: 'call' }): string | undefined {
  if (!fact) return undefined;
  const { results, variables } = structsOf(fact);
  return results.get(keyOf(e)) ?? e.args.map((arg) => sizeOf(arg, variables)).find((each) => each !== undefined);
}

function structsOf(fact: FunctionFact): Structs {
  let structs = known.get(fact);
  if (!structs) known.set(fact, (structs = readStructs(fact)));
  return structs;
}

function readStructs({ blocks, structs }: FunctionFact): Structs {
  const variables = new Map(Object.entries(structs ?? {}));
  const results = new Map<string, string>();
  const several = new Set<string>();
  const taken: { readonly name: string; readonly call: Expr }[] = [];
  for (const { steps } of blocks ?? []) {
    for (const step of steps) {
      if (step.s !== 'declare') continue;
      // A name that is declared twice, in two blocks, is not told apart.
      if (step.struct === undefined || variables.has(step.name)) several.add(step.name);
      else variables.set(step.name, step.struct);
      if (step.init?.k === 'call') taken.push({ name: step.name, call: step.init });
    }
  }
  for (const name of several) variables.delete(name);
  for (const whole of expressionsOf(blocks ?? []))
    for (const e of assignmentsIn(whole)) if (e.to.k === 'id') taken.push({ name: e.to.name, call: e.from });
  for (const { name, call } of taken) {
    const struct = variables.get(name);
    if (struct !== undefined && call.k === 'call') results.set(keyOf(call), struct);
  }
  return { variables, results };
}

function* assignmentsIn(e: Expr): Generator<Expr & { k: 'assign' }> {
  if (e.k === 'assign') yield e;
  else if (e.k === 'unary') yield* assignmentsIn(e.of);
  else if (e.k === 'binary') {
    yield* assignmentsIn(e.l);
    yield* assignmentsIn(e.r);
  } else if (e.k === 'call') for (const arg of e.args) yield* assignmentsIn(arg);
}

/** `sizeof(struct foo)`, `sizeof(*p)`. */
function sizeOf(e: Expr, variables: ReadonlyMap<string, string>): string | undefined {
  if (e.k !== 'other') return undefined;
  const [, name, pointer] = /^sizeof\s*\(\s*(?:struct\s+(\w+)|\*\s*(\w+))\s*\)$/.exec(e.text) ?? [];
  return name === undefined ? variables.get(pointer ?? '') : `${name}*`;
}

function keyOf({ at }: Expr): string {
  return at.join();
}

/** The structure that an ops' data is by its `.size`; undefined where that is no `sizeof(struct foo)`. */
export function structOfData({ fields }: Pick<OpsFact, 'fields'>): string | undefined {
  const size = fields.find(({ name }) => name === 'size')?.text ?? '';
  return /^sizeof\s*\(\s*struct\s+(\w+)\s*\)$/.exec(size)?.[1];
}
