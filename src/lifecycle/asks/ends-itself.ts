import { folderOf } from '../../facts/folder.ts';
import { expressionsOf, successorsOf, walkExpression, type Block } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import type { Held } from '../paths/held.ts';
import { reachedFrom } from '../bodies/known.ts';
import { blocksFrom } from '../bodies/loops.ts';
import { callsIn } from '../bodies/may-stop.ts';

/** What a thread does last: it says so to who waits for it, gives back what it has held, or goes (kernel/kthread.c). */
const completes = /^(?:(?:kthread_)?complete_and_exit|complete(?:_all)?)$/;
const goes = /^(?:module_put_and_)?kthread_exit$/;
/** By what it would learn that kthread_stop() has been called. */
const asksForStop = /^kthread_(?:should_stop|should_park|freezable_should_stop)/;
/** How an exit waits for a thread that completes (include/linux/completion.h, wait.h). */
const waitsFor = /^s?wait_(?:for_completion|event|on|var_event)/;

/**
 * Whether a kernel thread of an ops ends by itself: nothing that its function comes to asks whether it should stop, and on
 * each way out of its loops it goes, gives back the namespace that init has got for it, or says that it is done, for which an
 * exit waits. Nobody has to call kthread_stop() then.
 */
export function endsItself(program: Program, ops: OpsEntry, { pair, place: { file, fn, at } }: Held): boolean {
  if (pair.kind !== 'kernel thread') return false;
  const maker = program.resolveFunction(file, fn);
  const body = maker ? threadOf(program, maker, at) : undefined;
  if (!maker || !body?.fact.blocks || around(program, [body]).some((name) => asksForStop.test(name))) return false;
  if (endsBy(body.fact.blocks, (name) => goes.test(name))) return true;
  const init = callbackOf(program, ops, 'init') ?? maker;
  if (
    endsBy(body.fact.blocks, (name) => name === 'put_net') &&
    around(program, [init, maker]).some((name) => /^(?:maybe_)?get_net/.test(name))
  )
    return true;
  return (
    endsBy(body.fact.blocks, (name) => completes.test(name)) &&
    areWaitedFor(program, exitsOf(program, ops), callNames(body.fact.blocks))
  );
}

/** The function of the thread that a call makes. */
function threadOf(program: Program, maker: FunctionEntry, at: Held['place']['at']): FunctionEntry | undefined {
  for (const whole of expressionsOf(maker.fact.blocks ?? []))
    for (const e of walkExpression(whole))
      if (e.k === 'call' && e.at[0] === at[0] && e.at[1] === at[1] && e.args[0]?.k === 'id')
        return program.lookUp(maker.file, e.args[0].name);
  return undefined;
}

/** Whether a call stands where no loop is any more, and each loop leads to one. */
function endsBy(blocks: readonly Block[], isLast: (name: string) => boolean): boolean {
  const behind = (at: number): ReadonlySet<number> => blocksFrom(blocks, successorsOf(blocks[at]!));
  const all = [...blocksFrom(blocks, [0])];
  const loops = new Set(all.filter((at) => behind(at).has(at)));
  const last = all.filter(
    (at) => !loops.has(at) && ![...behind(at)].some((to) => loops.has(to)) && callNames([blocks[at]!]).some(isLast),
  );
  return last.length > 0 && [...loops].every((at) => last.some((to) => behind(at).has(to)));
}

/** Whether exits wait for a thread, and do not wait alone where that waits for something itself. */
function areWaitedFor(program: Program, exits: readonly FunctionEntry[], inThread: readonly string[]): boolean {
  const called = around(program, exits);
  if (!called.some((name) => waitsFor.test(name))) return false;
  if (!inThread.some((name) => waitsFor.test(name))) return true;
  const isOther = (name: string): boolean => !waitsFor.test(name) && name !== 'net_generic';
  return called.some(isOther) || exits.some(({ fact }) => assignsMember(fact.blocks ?? []));
}

function assignsMember(blocks: readonly Block[]): boolean {
  for (const whole of expressionsOf(blocks))
    for (const e of walkExpression(whole)) if (e.k === 'assign' && e.to.k !== 'id') return true;
  return false;
}

/** All that is called by functions and by what these come to of their own folder, by macros, too. */
function around(program: Program, roots: readonly FunctionEntry[]): readonly string[] {
  const folders = new Set(roots.map(({ file }) => folderOf(file)));
  return [
    ...reachedFrom(
      program,
      roots.map(({ id }) => id),
    ),
  ].flatMap((id) => {
    const fn = program.functionById(id);
    if (!fn || !folders.has(folderOf(fn.file))) return [];
    const words = program.facts(fn.file)?.mentions[fn.fact.name] ?? [];
    return [
      ...words.flatMap((word) => (word.endsWith('()') ? word.slice(0, -2) : [])),
      ...callNames(fn.fact.blocks ?? []),
    ];
  });
}

function callNames(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap(callsIn).flatMap(({ fn }) => (fn.k === 'id' ? fn.name : []));
}
