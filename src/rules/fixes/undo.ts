import type { FunctionFact } from '../../facts/ir.ts';
import type { Held, Place } from '../../lifecycle/index.ts';
import { argumentsOf, type Code } from './code.ts';

/** The statement that undoes something, and where that something was done. */
export interface Undo {
  readonly statement: string;
  /** The function that the statement's names are those of, and the line of the call that is undone. */
  readonly fn: string;
  readonly line: number;
  /** Locals of that function which the statement names. */
  readonly locals: readonly string[];
  /** What the new label is called after. */
  readonly name: string;
}

/** The unregistration of an ops that is registered by a call. */
export function undoOfRegistration(call: string, ops: string, place: Place): Undo {
  return {
    statement: `un${call}(&${ops});`,
    fn: place.fn,
    line: place.at[0],
    locals: [],
    name: ops.replace(/_(?:net_)?ops$/, ''),
  };
}

/** The release of what is held, in the names of the function that acquired it; null where those do not tell it. */
export function undoOfHeld(code: Code, { pair, place }: Held): Undo | null {
  const fn = code.functionNamed(place.fn);
  const call = code.textAt(place.at);
  if (!fn || !call.includes('(')) return null;
  const args = argumentsOf(call);
  const given = releaseArguments(code, { pair, place }, args);
  const release = pair.release[0];
  if (!given || release === undefined) return null;
  const locals = localsIn(fn, given.join(' '));
  const name = (given[0] ?? release).replace(/^.*(?:->|\.|&)/, '').replace(/\W+/g, '') || release;
  return { statement: `${release}(${given.join(', ')});`, fn: place.fn, line: place.at[0], locals, name };
}

function releaseArguments(
  code: Code,
  { pair, place }: Pick<Held, 'pair' | 'place'>,
  args: readonly string[],
): string[] | null {
  if (pair.of === 'fixed' || (pair.kind.endsWith('()') && args.length === 0)) return [];
  if (pair.of === 'result') {
    const before = code.line(place.at[0]).slice(0, place.at[1] - 1);
    const variable = /([A-Za-z_][\w.[\]]*(?:->[\w.[\]]+)*)\s*=\s*$/.exec(before)?.[1];
    return variable === undefined || pair.releaseOf.length > 1 ? null : [variable];
  }
  const given: string[] = [];
  for (const [index, from] of pair.of.entries()) {
    const arg = args[from];
    const to = pair.releaseOf[index];
    if (arg === undefined || to === undefined) return null;
    given[to] = arg;
  }
  for (let index = 0; index < given.length; index++) if (given[index] === undefined) return null;
  return given;
}

/** The locals and parameters of a function that a text names. */
export function localsIn(fn: FunctionFact, text: string): string[] {
  const words = new Set(text.replace(/"[^"]*"/g, '').match(/(?<![\w.>])[A-Za-z_]\w*/g) ?? []);
  const declared = new Set(
    (fn.blocks ?? []).flatMap(({ steps }) => steps.flatMap((step) => (step.s === 'declare' ? [step.name] : []))),
  );
  return [...words].filter((word) => declared.has(word) || fn.params.includes(word));
}

/** `struct foo_net *fn = net_generic(net, foo_net_id);`: how a function declares a local, where it does so in one line. */
export function declarationOf(code: Code, fn: FunctionFact, local: string): string | null {
  for (let line = fn.span[0]; line <= fn.span[2]; line++) {
    const text = code.trimmed(line);
    if (new RegExp(`^(?:const )?(?:struct \\w+|\\w+) \\**${local} = [^;]+;$`).test(text)) return text;
  }
  return null;
}
