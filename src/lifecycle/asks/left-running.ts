import { isStep, later, ofWholeFile } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Passed, Reach, Way } from '../../program/reach.ts';
import { callbackOf, exitsOf } from '../bodies/callbacks-of.ts';
import { freesItself } from '../bodies/frees-itself.ts';
import { isKeptOut } from './kept-out.ts';
import { queueWaits } from '../bodies/known.ts';
import { LaterItems, type Item } from './later-items.ts';
import { passesOn } from '../bodies/may-stop.ts';
import { onlyQueues, waitsForAny } from './only-queues.ts';
import type { PairsByCall } from '../resources/index.ts';
import { subjectOf } from '../paths/symmetric.ts';

/** A work item or a timer by the expression that names it where it is set up, and the function that it calls. */
export interface Running {
  readonly text: string;
  readonly runs: string;
  /** An exit takes it off its queue, but nothing waits until it no longer runs. */
  readonly isDropped: boolean;
}

/** Calls that wait for what runs in softirqs, timers among it; cleanup_net() does so between pre_exit and exit. */
const graceWaits = ['synchronize_rcu', 'synchronize_rcu_expedited', 'synchronize_net'];

/** Calls that take a timer off its queue; what timer_shutdown() took off is not queued again (kernel/time/timer.c). */
const timerDrops = ['timer_delete', 'del_timer'];

/** What gives the namespace back is the item's function, or what that calls itself. */
const mostStepsToPut = 2;

/** What is set up in more steps than this need not be the namespace's own. */
const mostStepsToSetUp = 3;

/**
 * The work items and timers that an ops' init sets up and that outlive the namespace: the init, what is run from them, or
 * another function beside it queues them, and nothing that the exits come to speaks of them but to take them off their
 * queue. Which are the same is told by `LaterItems`.
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
  const queued = [...reach.from(init.file, init.fact.name)].filter(([word]) => word.startsWith(later.queues('')));
  const exits = exitsOf(program, ops).map((fn) => ({
    fn,
    words: reach.from(fn.file, fn.fact.name, 'calls'),
    through: goneThrough(program, reach, fn),
  }));
  if (exits.length === 0) return [];
  const items = new LaterItems(program);
  const isCalled = (name: string): boolean =>
    exits.some(({ through }) => through.some(({ words }) => words.includes(`${name}()`)));
  const mayAwait = (): boolean => exits.some(({ through }) => waitsForAny(through));
  const waits = queueWaits.filter(isCalled);
  return setUp.flatMap(({ text, file, steps }) => {
    const item = { text, file };
    const named = later.runs(text, '');
    const runner = items
      .wordsOf(file)
      .find((word) => word.startsWith(named))
      ?.slice(named.length);
    if (runner === undefined) return [];
    const runs = program.resolveFunction(file, runner);
    const isLate = runs !== undefined && isQueuedLateAgain(reach, items, { item, runs });
    const ends = exits.map(({ fn: { file: home, fact } }) => ({ file: home, name: fact.name }));
    // What it asks for before it queues itself again has been set by the time that a call is come to.
    const isEnded = (call: string): boolean =>
      runs !== undefined &&
      ends.some((exit) =>
        isKeptOut(program, { file: runs.file, name: runner }, { ...exit, call, text, through: ends }),
      );
    if (isWaitedFor(items, item, waits) && (!isLate || waits.some(isEnded))) return [];
    // One that queues itself again has it no more by then: that may be another namespace's.
    if (runs && holdsNamespace(reach, runs) && !queuesAgain(reach, items, { item, runs })) return [];
    if (items.isEndedAsVariable(item)) return [];
    const isDropped = exits.some(({ words }) =>
      [...words].some(([word, way]) => word.startsWith(later.drops('')) && items.isAbout(item, word, way.file)),
    );
    const mayRunAgain = (): boolean =>
      runs === undefined ||
      (queuesAgain(reach, items, { item, runs }) &&
        !isCalled('timer_shutdown') &&
        !timerDrops.some((call) => isCalled(call) && isEnded(call)));
    if (isDropped && isTimer(items, item) && !mayRunAgain()) {
      const early = callbackOf(program, ops, 'pre_exit');
      const words = early ? reach.from(early.file, early.fact.name, 'calls') : [];
      const isEarly = [...words].some(
        ([word, way]) => word.startsWith(later.drops('')) && items.isAbout(item, word, way.file),
      );
      if (isEarly || graceWaits.some(isCalled)) return [];
    }
    const needsNamespace = (fn: FunctionEntry): boolean =>
      reach.from(fn.file, fn.fact.name, 'calls').has('net_generic');
    if (runs && freesItself(program, runs, /\w*$/.exec(text)![0]) && !needsNamespace(runs)) return [];
    const home = runs?.file ?? file;
    if (
      !queued.some(([word, way]) => items.isAbout(item, word, way.file)) &&
      !isQueuedBeside(items, { item, home, isDropped })
    )
      return [];
    // What is run from it once it is queued does not stop itself.
    const isRunner = ({ file: home, name }: Passed): boolean => home === runs?.file && name === runner;
    const mayStop = (each: Passed): boolean =>
      speaksOf(items, item, each) && (mayAwait() || !(isRunner(each) || onlyQueues(program, items, item, each)));
    if (exits.some(({ through }) => through.some(mayStop))) return [];
    // A word of the text knows of no macro.
    if (exits.some(({ fn }) => passesOn(fn, text))) return [];
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

/**
 * What a function goes through by its calls, and by what it leaves to others: what is run from an item that it queues (by
 * that of its own an object is freed, and its others stopped), and what it names for another to call
 * (`kref_put(&foo->kref, foo_release)`).
 */
function goneThrough(program: Program, reach: Reach, { file: home, fact }: FunctionEntry): Passed[] {
  const seen = new Set([`${home}#${fact.name}`]);
  const queue = [{ file: home, name: fact.name }];
  const found: Passed[] = [];
  for (const { file: from, name } of queue) {
    const passed = reach.through(from, name, 'calls');
    found.push(...passed);
    for (const { file, words } of passed)
      for (const left of leftToOthers(program, file, new Set(words))) {
        const id = `${left.file}#${left.name}`;
        if (!seen.has(id)) queue.push(left);
        seen.add(id);
      }
  }
  return found;
}

/** The functions that a body leaves to others to call, by its words. */
function leftToOthers(
  program: Program,
  file: string,
  words: ReadonlySet<string>,
): readonly { readonly file: string; readonly name: string }[] {
  return [...words].flatMap((word) => {
    if (!word.startsWith(later.queues(''))) {
      const named = words.has(`${word}()`) ? undefined : program.resolveFunction(file, word);
      return named ? [{ file: named.file, name: named.fact.name }] : [];
    }
    const member = /\w*$/.exec(word)![0];
    const runs = new RegExp(`(?:->|\\.|^)${member}=(\\w+)$`);
    return (program.facts(file)?.mentions[ofWholeFile] ?? []).flatMap((each) => {
      const name = runs.exec(each)?.[1];
      return name === undefined ? [] : [{ file, name }];
    });
  });
}

/** Whether a function may stop an item, or wait for it: it speaks of it, and does not just take it off its queue. */
function speaksOf(items: LaterItems, item: Item, { file, words }: Passed): boolean {
  return words.some((word) => !word.startsWith(later.drops('')) && items.isAbout(item, word, file));
}

/** Whether a wait for all that a queue holds may be one for an item: no timer is on any. */
function isWaitedFor(items: LaterItems, item: Item, waits: readonly string[]): boolean {
  return waits.length > 0 && !isTimer(items, item);
}

function isTimer(items: LaterItems, { file, text }: Item): boolean {
  return items.wordsOf(file).includes(later.isTimer(text));
}

/**
 * Whether the function of an item queues it again once a time is over: until then no workqueue knows of it, and who waits for
 * all that one holds does not wait for that.
 */
function isQueuedLateAgain(
  reach: Reach,
  items: LaterItems,
  { item, runs }: { readonly item: Item; readonly runs: FunctionEntry },
): boolean {
  const isLate = items.wordsOf(runs.file).some((word) => {
    const [, text] = /^@[^=]*=(.*)$/.exec(word) ?? [];
    return text !== undefined && items.isKnownToBe(item, { text, file: runs.file });
  });
  return isLate && queuesAgain(reach, items, { item, runs });
}

/** Whether the function of an item gives the namespace back that who queued it has got: until then no exit runs. */
function holdsNamespace(reach: Reach, { file, fact }: FunctionEntry): boolean {
  const words = reach.from(file, fact.name, 'calls');
  const isOwn = (name: string): boolean => (words.get(name)?.steps ?? Infinity) <= mostStepsToPut;
  return isOwn('put_net') && !isOwn('get_net') && !isOwn('maybe_get_net');
}

/** Whether the function of an item queues it again. */
function queuesAgain(
  reach: Reach,
  items: LaterItems,
  { item, runs }: { readonly item: Item; readonly runs: FunctionEntry },
): boolean {
  return [...reach.from(runs.file, runs.fact.name, 'calls')].some(
    ([word, way]) => word.startsWith(later.queues('')) && items.isAbout(item, word, way.file),
  );
}

/**
 * Whether functions of its file, of that in which its function is, or of another beside these queue an item. What some stop
 * may well have ended with its last user, before the namespace; who takes it off its queue at the end does not think so.
 */
function isQueuedBeside(
  items: LaterItems,
  { item, home, isDropped }: { readonly item: Item; readonly home: string; readonly isDropped: boolean },
): boolean {
  const queues = later.queues('');
  const around = [...new Set([item.file, home, ...items.filesBeside(item.file)])].filter((file) =>
    items
      .wordsOf(file)
      .some(
        (word) =>
          word.startsWith(queues) &&
          ((word === later.queues(item.text) && (file === item.file || file === home)) ||
            items.isKnownToBe(item, { text: word.slice(queues.length), file })),
      ),
  );
  if (around.length === 0) return false;
  return isDropped || ![item.file, home, ...around].some((file) => items.mayEndWithUser(item, file));
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
    return program.facts(file)?.mentions[ofWholeFile]?.includes(later.queuesLateOn(queue, text)) === true ? [text] : [];
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
  const inFile = facts?.mentions[ofWholeFile] ?? [];
  const left = (facts?.statics ?? []).filter(
    (name) =>
      inFile.includes(later.leaves(name)) && !inFile.includes(later.stops(name)) && !inFile.includes(later.waits(name)),
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

/** Whether a word is a step which was not read, and which by its first word belongs to who calls it. */
export function isUnreadStep(program: Program, { fact }: FunctionEntry, word: string, { file }: Way): boolean {
  return (
    isStep(word) &&
    firstWord(word) === firstWord(fact.name) &&
    !program.resolveFunction(file, word) &&
    program.facts(file)?.mentions[word] === undefined
  );
}

export function firstWord(name: string): string {
  return name.split('_').find((word) => word !== '') ?? name;
}
