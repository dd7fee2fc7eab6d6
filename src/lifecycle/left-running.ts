import { isStep, later, laterRuns } from '../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../program/program.ts';
import type { Reach, Way } from '../program/reach.ts';
import { callbackOf, exitsOf } from './callbacks-of.ts';
import { queueWaits } from './known.ts';
import type { PairsByCall } from './resources/index.ts';
import { subjectOf } from './symmetric.ts';

/** A work item or a timer by the expression that names it where it is set up, and the function that it calls. */
export interface Running {
  readonly text: string;
  readonly runs: string;
  /** An exit takes it off its queue, but nothing waits until it no longer runs. */
  readonly isDropped: boolean;
}

/** What is set up in more steps than this need not be the namespace's own. */
const mostStepsToSetUp = 3;

/**
 * The work items and timers that an ops' init sets up and that outlive the namespace: the init, what is run from them, or
 * another function of the file that sets them up, or of that in which their function is, queues them, and nothing that the
 * exits come to speaks of them but to take them off their queue. Others may get at the memory that they lie in by another
 * pointer, so that they go by the member alone.
 */
export function leftRunning(program: Program, reach: Reach, ops: OpsEntry, table: PairsByCall): readonly Running[] {
  const init = callbackOf(program, ops, 'init');
  if (!init) return [];
  const calls = reach.from(init.file, init.fact.name, 'calls');
  const setUp = [...calls].flatMap(([word, way]) => {
    if (!word.startsWith(later.setsUp('')) || !way.beside || way.steps > mostStepsToSetUp) return [];
    return { text: word.slice(later.setsUp('').length), file: way.file, steps: way.steps };
  });
  if (setUp.length === 0) return [];
  // A step that was not read undoes what another one did that was not read either, and no more.
  const others = new Set(
    [...calls].flatMap(([word, way]) => (isUnreadStep(program, init, word, way) ? (subjectOf(word) ?? []) : [])),
  );
  const queued = [...reach.from(init.file, init.fact.name).keys()].filter((word) => word.startsWith(later.queues('')));
  const exits = exitsOf(program, ops).map((fn) => ({ fn, words: reach.from(fn.file, fn.fact.name, 'calls') }));
  const spoken = exits.flatMap(({ words }) => [...words.keys(), ...spokenLater(program, reach, words)]);
  if (exits.length === 0 || queueWaits.some((wait) => spoken.includes(wait))) return [];
  return setUp.flatMap(({ text, file, steps }) => {
    const isItsOwn = new RegExp(`(?:->|\\.)${/\w*$/.exec(text)?.[0] ?? ''}$`);
    const isDropped = spoken.includes(later.drops(text));
    const inFile = program.facts(file)?.mentions[laterRuns] ?? [];
    if (!isItsOwn.test(text)) return [];
    const runs = later.runs(text, '');
    const runner = inFile.find((word) => word.startsWith(runs))?.slice(runs.length);
    if (runner === undefined) return [];
    const home = program.resolveFunction(file, runner)?.file ?? file;
    const around = home === file ? inFile : [...inFile, ...(program.facts(home)?.mentions[laterRuns] ?? [])];
    if (!queued.some((word) => isItsOwn.test(word)) && !isQueuedIn(around, text, isDropped ? null : isItsOwn))
      return [];
    if (spoken.some((word) => isItsOwn.test(word) && !word.startsWith(later.drops('')))) return [];
    // What a step as far down as that which sets it up does is not known when it was not read.
    const isUnread = ([word, way]: [string, Way], fn: FunctionEntry): boolean =>
      way.steps <= steps &&
      !table.releases.has(word) &&
      isUnreadStep(program, fn, word, way) &&
      !others.has(subjectOf(word) ?? '');
    if (exits.some(({ fn, words }) => [...words].some((each) => isUnread(each, fn)))) return [];
    return { text, runs: runner, isDropped };
  });
}

/** What the work items and timers speak of that some words queue: an object's own, by which it is freed, stops its others. */
function spokenLater(program: Program, reach: Reach, words: ReadonlyMap<string, Way>): string[] {
  return [...words].flatMap(([word, { file }]) => {
    if (!word.startsWith(later.queues(''))) return [];
    const member = /\w*$/.exec(word)![0];
    const runs = new RegExp(`(?:->|\\.|^)${member}=(\\w+)$`);
    return (program.facts(file)?.mentions[laterRuns] ?? []).flatMap((each) => {
      const runner = runs.exec(each)?.[1];
      return runner === undefined ? [] : [...reach.from(file, runner, 'calls').keys()];
    });
  });
}

/** A work item of a namespace that an exit callback stops, by the expression that names it. */
export interface Stopped {
  readonly text: string;
  readonly exit: string;
}

/**
 * A work item that an ops' init sets up, that its exit stops, and that code of the same file queues on a workqueue once a
 * time is over: until the exit has run its timer can do that, and draining or destroying the workqueue does not wait for it.
 */
export function queuedLateOn(program: Program, reach: Reach, ops: OpsEntry, queue: string): Stopped | null {
  const init = callbackOf(program, ops, 'init');
  if (!init) return null;
  const setUp = [...reach.from(init.file, init.fact.name, 'calls')].flatMap(([word, { file, beside, steps }]) => {
    if (!word.startsWith(later.setsUp('')) || !beside || steps > mostStepsToSetUp) return [];
    const text = word.slice(later.setsUp('').length);
    return program.facts(file)?.mentions[laterRuns]?.includes(later.queuesLateOn(queue, text)) === true ? [text] : [];
  });
  for (const fn of setUp.length > 0 ? exitsOf(program, ops) : []) {
    const words = reach.from(fn.file, fn.fact.name, 'calls');
    const text = setUp.find((each) => words.has(later.stops(each)));
    if (text !== undefined) return { text, exit: fn.fact.name };
  }
  return null;
}

/**
 * The work items and timers of a module's own file that go on when its text is gone: its functions leave them to a queue
 * that is not the module's, and nothing in the file stops one or waits for it, nor does what the exit calls speak of it.
 * One whose function gives the module back holds it until then.
 */
export function leftRunningByModule(program: Program, reach: Reach, exit: FunctionEntry): readonly Running[] {
  const facts = program.facts(exit.file);
  const inFile = facts?.mentions[laterRuns] ?? [];
  const left = (facts?.statics ?? []).filter(
    (name) => inFile.includes(later.leaves(name)) && !inFile.includes(later.stops(name)),
  );
  if (left.length === 0) return [];
  const spoken = reach.from(exit.file, exit.fact.name, 'calls');
  if (spoken.has('flush_scheduled_work')) return [];
  return left.flatMap((text) => {
    const runs = later.runs(text, '');
    const runner = inFile.find((word) => word.startsWith(runs))?.slice(runs.length);
    const speaks = (name: string): boolean => facts?.mentions[name]?.includes(text) === true;
    if (runner === undefined || [exit.fact.name, ...spoken.keys()].some(speaks)) return [];
    const holds = reach.from(exit.file, runner, 'calls');
    return holds.has('module_put') ? [] : [{ text, runs: runner, isDropped: false }];
  });
}

/**
 * Whether functions of some files queue a work item or a timer. What some stop or wait for may well have ended with its last
 * user, before the namespace; who takes it off its queue at the end does not think so.
 */
function isQueuedIn(inFiles: readonly string[], text: string, isItsOwn: RegExp | null): boolean {
  if (!inFiles.includes(later.queues(text))) return false;
  return isItsOwn === null || !inFiles.some((word) => word.startsWith(later.stops('')) && isItsOwn.test(word));
}

/** Whether a word is a step which was not read, and which by its first word belongs to who calls it. */
export function isUnreadStep(program: Program, { fact }: FunctionEntry, word: string, { file }: Way): boolean {
  return (
    isStep(word) &&
    firstWord(word) === firstWord(fact.name) &&
    !program.resolveFunction(file, word) &&
    program.facts(file)?.mentions[word] === undefined
  );
}

function firstWord(name: string): string {
  return name.split('_').find((word) => word !== '') ?? name;
}
