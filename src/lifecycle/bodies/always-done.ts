import { expressionsOf, walkExpression, type At, type Block } from '../../facts/ir.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { canReach, decidesOver } from './loops.ts';
import { printExpression } from './print.ts';

/** Whether a function makes a call of its own, the one at a place, on all ways through it, as a statement that asks nothing. */
export function isAlwaysDone({ fact }: FunctionEntry, at: At): boolean {
  const blocks = fact.blocks ?? [];
  const index = blocks.findIndex((block) => isDoneIn(block, at));
  return (
    index >= 0 && blocks.every(({ end }, to) => end.e !== 'return' || to === index || !canReach(blocks, to, index))
  );
}

function isDoneIn({ steps }: Block, at: At): boolean {
  return steps.some(
    (step) =>
      step.s === 'eval' &&
      step.of.k === 'call' &&
      step.of.at.join() === at.join() &&
      ![...walkExpression(step.of)].some(({ k }) => k === 'cond'),
  );
}

/** Whether a name is that of a file's own variable which is written down with its members: no pointer to something. */
export function isWrittenDown(program: Program, file: string, name: string): boolean {
  const { functions = [], mentions = {}, statics = [] } = program.facts(file) ?? {};
  return statics.includes(name) && Object.hasOwn(mentions, name) && !functions.some((fn) => fn.name === name);
}

/** Whether all that decides over a call of a function is whether a pointer is there. */
export function isUnasked({ fact }: FunctionEntry, at: At, pointer: string | null): boolean {
  const blocks = fact.blocks ?? [];
  const index = blocks.findIndex((block) =>
    [...expressionsOf([block])].some((whole) =>
      [...walkExpression(whole)].some((e) => e.k === 'call' && e.at.join() === at.join()),
    ),
  );
  return blocks.every(({ end }, asking) => {
    if (end.e !== 'switch' && (end.e !== 'branch' || end.loop)) return true;
    if (!decidesOver(blocks, asking, index)) return true;
    const on = printExpression(end.on);
    return pointer !== null && (on === pointer || on === `!${pointer}`);
  });
}
