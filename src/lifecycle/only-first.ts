import { expressionsOf, walkExpression, type Block, type Expr } from '../facts/ir.ts';
import type { FunctionEntry } from '../program/program.ts';
import { isBatch, reaching } from './loops.ts';

/** What takes a namespace out of the list of those that die. */
const takesOne = /^list_(?:first|last)_entry(?:_or_null)?$/;
const asks = /^list_(?:empty|is_singular|first_entry|last_entry)/;

/**
 * Whether a batch callback does its work for one of the namespaces that die and for no other: it takes the first of the
 * list and does not go through the list, or leaves its loop at the end of the first turn.
 */
export function takesOnlyFirst({ fact }: FunctionEntry): boolean {
  const list = fact.params[0];
  const blocks = fact.blocks ?? [];
  const isList = (e: Expr | undefined): boolean => e?.k === 'id' && e.name === list;
  const loops = blocks.flatMap(({ end }, head) =>
    end.e === 'each' && end.args.some(isList) && isBatch(end.args) ? [{ end, head }] : [],
  );
  const broken = loops.some(({ end: { args, body }, head }) => {
    const once = !reaching(blocks, head).has(body);
    return once && args[0]?.k === 'id' && worksOn(blocks, args[0].name);
  });
  if (broken || loops.length > 0) return broken;
  return blocks.some((block, at) => {
    const taken = takenFrom([block], isList);
    return taken !== null && !reaching(blocks, at).has(at) && worksOn(blocks, taken) && !isHandedOn(blocks, isList);
  });
}

/** The variable that gets one namespace of the list. */
function takenFrom(blocks: readonly Block[], isList: (e: Expr | undefined) => boolean): string | null {
  const takes = (e: Expr): boolean =>
    e.k === 'call' && e.fn.k === 'id' && takesOne.test(e.fn.name) && isList(e.args[0]) && isBatch(e.args);
  for (const { steps } of blocks)
    for (const step of steps) {
      if (step.s === 'declare' && step.init && takes(step.init)) return step.name;
      if (step.s !== 'eval' || step.of.k !== 'assign') continue;
      if (step.of.to.k === 'id' && takes(step.of.from)) return step.of.to.name;
    }
  return null;
}

/** Whether something is called for a namespace. */
function worksOn(blocks: readonly Block[], net: string): boolean {
  return calls(blocks).some(
    ({ name, args }) => !name.startsWith('list_') && args.some((arg) => arg.k === 'id' && arg.name === net),
  );
}

/** Whether others get the list: they may go through it. */
function isHandedOn(blocks: readonly Block[], isList: (e: Expr | undefined) => boolean): boolean {
  return calls(blocks).some(({ name, args }) => !asks.test(name) && args.some(isList));
}

function calls(blocks: readonly Block[]): { readonly name: string; readonly args: readonly Expr[] }[] {
  return [...expressionsOf(blocks)]
    .flatMap((each) => [...walkExpression(each)])
    .flatMap((e) => (e.k === 'call' ? [{ name: e.fn.k === 'id' ? e.fn.name : '', args: e.args }] : []));
}
