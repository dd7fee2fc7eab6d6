import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { definesLarge, definesStruct, ofWholeFile } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import { idOf } from './known.ts';
import { valuesOfLocals } from './namespace-locals.ts';
import { structBehind } from './structs.ts';

/** Getters are followed so far, one called by the other. */
const mostDeep = 2;

/** So many members of what is not defined in files at hand are taken not to lie in the room of one pointer. */
const fewestMembers = 3;

/**
 * The structure that an ops' data is used as where its `.size` is that of a pointer: `sizeof(struct foo_net *)`. A pointer
 * that is kept there is read by way of one to it (`struct foo_net **slot = net_generic(net, foo_net_id)`).
 */
export function usedBeyondPointer(program: Program, ops: OpsEntry): string | null {
  const size = ops.fact.fields.find(({ name }) => name === 'size')?.text ?? '';
  const id = idOf(program, ops);
  const pointed = /^sizeof\s*\(\s*(?:struct\s+(\w+)|void)\s*\*\s*\)$/.exec(size);
  if (!pointed || id === undefined) return null;
  const members = new Map<string, Set<string>>();
  for (const fact of program.facts(ops.file)?.functions ?? []) {
    const fn = program.resolveFunction(ops.file, fact.name);
    if (!fn || fn.file !== ops.file) continue;
    const data = [...valuesOfLocals(fn)].flatMap(([name, values]) => {
      const e: Expr = { k: 'id', name, at: fact.at };
      const struct = values.every((value) => isData(program, fn, value, id, mostDeep))
        ? structBehind(fact, e)
        : undefined;
      return struct !== undefined && /^\w+\*$/.test(struct) ? [[name, struct.slice(0, -1)] as const] : [];
    });
    const structs = new Map(data);
    if (structs.size === 0) continue;
    for (const whole of expressionsOf(fact.blocks ?? []))
      for (const e of walkExpression(whole)) {
        const struct = e.k === 'field' && e.arrow && e.of.k === 'id' ? structs.get(e.of.name) : undefined;
        if (struct === undefined || e.k !== 'field') continue;
        const known = members.get(struct);
        if (known) known.add(e.name);
        else members.set(struct, new Set([e.name]));
      }
  }
  const enough = [...members].find(
    ([struct, names]) => isLarge(program, ops.file, struct) ?? names.size >= fewestMembers,
  );
  return enough?.[0] ?? null;
}

/** Whether an expression is an ops' data itself: what net_generic() yields for its id, or a getter that returns it. */
export function isData(program: Program, fn: FunctionEntry, e: Expr, id: string, deep: number): boolean {
  if (e.k !== 'call' || e.fn.k !== 'id') return false;
  const [, asked] = e.args;
  if (e.fn.name === 'net_generic') return asked?.k === 'id' && asked.name === id;
  const getter = deep > 0 ? program.lookUp(fn.file, e.fn.name) : undefined;
  const returned = (getter?.fact.blocks ?? []).flatMap(({ end }) =>
    end.e === 'return' && end.value ? [end.value] : [],
  );
  return (
    getter !== undefined &&
    returned.length > 0 &&
    returned.every((value) => isData(program, getter, value, id, deep - 1))
  );
}

/** Whether a structure needs more room than a pointer, by its definition; undefined where no file has that. */
function isLarge(program: Program, file: string, struct: string): boolean | undefined {
  const saysOf = (of: string): readonly string[] => program.facts(of)?.mentions[ofWholeFile] ?? [];
  const defining = (of: string): boolean => saysOf(of).includes(definesStruct(struct));
  const files = defining(file) ? [file] : program.fileNames().filter(defining);
  return files.length === 0 ? undefined : files.every((of) => saysOf(of).includes(definesLarge(struct)));
}
