import type { Dialect } from '../../netns/index.ts';
import type { FunctionEntry, Module, OpsEntry, Program } from '../../program/program.ts';
import type { AskedState } from '../asks/asked-state.ts';
import { callbackOf, exitOrder } from '../bodies/callbacks-of.ts';
import { endsItself } from '../asks/ends-itself.ts';
import { isOwnedBy, isOwnName } from '../paths/components.ts';
import { causeOf, lostIn, lostWithin, resultText, usualOf } from './causes.ts';
import { isUndoneByCounterpart } from './counterparts.ts';
import { noDoubts, withDoubts } from './doubts.ts';
import { enter, type Ended } from '../paths/enter.ts';
import { dyingNet } from '../paths/explore.ts';
import type { Path, PhaseOfNet } from './history.ts';
import { escapeAt } from '../paths/handed.ts';
import { keptAfterSetUp, keyOfHeld } from '../paths/held.ts';
import { givenByNoOther, isInsideOwn } from './given-by-name.ts';
import { isKeptAlone } from '../asks/kept-alone.ts';
import { lostInside } from './lost-inside.ts';
import { isFoundAbroad, isGivenAsTwin, isLeftAbroad } from './found-abroad.ts';
import { clearedOnly } from '../bodies/only-cleared.ts';
import { alsoBefore, otherPlaces } from '../paths/other-names.ts';
import { isInitNet } from '../paths/place-names.ts';
import { readAs } from '../bodies/reader.ts';
import { isAssumed, State } from '../paths/state.ts';
import type { Summaries } from '../paths/summary.ts';
import { settled, stepsOf, type TraceStep } from '../paths/trace.ts';
import { checksTurned } from './turned.ts';
import { NEG, POS, ZERO, type Value } from '../paths/values.ts';

interface Context {
  readonly program: Program;
  readonly summaries: Summaries;
  readonly state: AskedState;
  readonly dialect: Dialect;
}

/** One way through the exit callbacks, so far. */
interface Way {
  readonly state: State;
  readonly phases: readonly PhaseOfNet[];
}

/** More ways through an ops' exit callbacks than this are not told apart any further. */
const mostWays = 64;

/**
 * The life of one namespace with one ops: each path through `init`, and after those that succeed each path through
 * `pre_exit`, `exit` and the other exit callbacks. Null when a callback could not be followed.
 */
export function callbackPaths(context: Context, ops: OpsEntry, module: Module): Path[] | null {
  const init = callbackOf(context.program, ops, 'init');
  const exits = exitOrder.flatMap((callback) => {
    const fn = context.dialect.callbacks.some((known) => known === callback)
      ? callbackOf(context.program, ops, callback)
      : undefined;
    return fn ? [{ callback, fn }] : [];
  });
  if (!init && exits.length === 0) return [];
  const begin = new State(undefined, context.summaries.ledger);
  const starts: Ended[] | null = init
    ? enter(context, begin, init, [begin.read(dyingNet, POS)])
    : [{ state: begin, value: null, end: { file: ops.file, fn: '', at: ops.fact.at } }];
  if (!starts) return null;
  const usual = usualOf(starts);
  const turnedIn = checksTurned(starts);
  const ending = exits.map(({ fn }) => fn);
  const paths: Path[] = [];
  for (const start of starts) {
    if (isAssumed(start.state, start.value)) continue;
    for (const { fails, mask } of resultsOf(start, init)) {
      const state = start.value
        ? start.state.refine(start.value, mask, () => (fails ? 'fails' : 'succeeds'))
        : start.state;
      if (!state) continue;
      const steps = stepsOf(state.trace);
      const load = settled(steps);
      const common = {
        module,
        init: init ?? null,
        exit: null,
        load,
        pending: new Set<number>(),
        result: resultText(state, start.value),
        cause: fails ? causeOf(steps) : null,
        lost: fails ? null : lostIn(state, init, usual),
        lostWithin: fails ? null : lostWithin(steps, { program: context.program, init, usual }),
        turned: fails ? null : turnedIn(steps),
        doubts: noDoubts,
        leftSet: [],
        again: new Set<TraceStep>(),
        never: new Set<TraceStep>(),
        returned: start.value ? state.maskOf(start.value) : ZERO,
      };
      if (fails) {
        paths.push({ ...common, fate: 'init-failed', unload: [], left: state.held, of: { ops, phases: [] } });
        continue;
      }
      const ways = exitWays(context, exits, state);
      if (!ways) return null;
      for (const way of ways) {
        const unload = settled(stepsOf(way.state.trace));
        const path = { fate: 'net-gone', of: { ops, phases: way.phases } } as const;
        // Who was told of memory is taken to use it alone where all that the exit callbacks do is known.
        const left = way.state.held.filter(
          (held) =>
            !isFoundAbroad(context.state, held, alsoBefore(held, state.held)) &&
            !isLeftAbroad(context.state, held, ending) &&
            !isGivenAsTwin(context.state, unload, held) &&
            !endsItself(context.program, ops, held) &&
            (held.wasHandedOn !== true || held.pair.lasting || isKeptAlone(context, path, held)),
        );
        const ofFirst = isFirst(way.state);
        paths.push({ ...common, ...path, unload, left, ...(ofFirst === null ? {} : { ofFirst }) });
      }
    }
  }
  const isGivenByNoOther = givenByNoOther(context.state, paths);
  const isLostInside = lostInside(context, paths);
  return withDoubts(paths, context.summaries.ledger, {
    isShown: (path, held) =>
      isUndoneByCounterpart(context, path, held) ||
      (isInsideOwn(held) && isGivenByNoOther(path, held)) ||
      isLostInside(path, held) ||
      (held.wasHandedOn !== true &&
        isKeptAlone(context, path, held, isGivenByNoOther(path, held)) &&
        !isFoundAbroad(context.state, held) &&
        otherPlaces(held).every((at) => isGivenByNoOther(path, { ...held, at }))),
    isSeen: isGivenByNoOther,
  });
}

function resultsOf({ state, value }: Ended, init: FunctionEntry | undefined): { fails: boolean; mask: number }[] {
  if (!value || init?.fact.returnsVoid) return [{ fails: false, mask: NEG | ZERO | POS }];
  const mask = state.maskOf(value);
  return [
    ...(mask & NEG ? [{ fails: true, mask: NEG }] : []),
    ...(mask & ZERO || mask === POS ? [{ fails: false, mask: ZERO | POS }] : []),
  ];
}

/** The ways through the exit callbacks after a successful init. What memory holds by then is not known any more. */
function exitWays(
  context: Context,
  exits: readonly { readonly callback: string; readonly fn: FunctionEntry }[],
  born: State,
): Way[] | null {
  const alive = reborn(born);
  alive.held = keptAfterSetUp(alive.held);
  let ways: Way[] = [{ state: alive, phases: [] }];
  for (const { callback, fn } of exits) {
    const next = new Map<string, Way>();
    for (const way of ways) {
      const isBatch = callback === 'exit_batch' || callback === 'exit_batch_rtnl';
      const before = stepsOf(way.state.trace).length;
      const run = (state: State): Ended[] | null => {
        const args: Value[] = isBatch ? [] : [state.read(dyingNet, POS)];
        return enter(context, isBatch ? whereReached(context, state, fn) : state, fn, args, { isFollowed: true });
      };
      let ends = run(way.state);
      if (ends?.length === 0) {
        // A loop that undoes is taken to run: where init has set to 0 how often, that has changed since.
        const changed = reborn(way.state, { isChanged: true });
        changed.trace = way.state.trace;
        ends = run(changed);
      }
      if (!ends) return null;
      for (const { state } of ends) {
        const steps = settled(stepsOf(state.trace).slice(before));
        const key = `${state.held.map((held) => keyOfHeld(held)).join()}|${steps.some((step) => step.t === 'release' && step.again)}|${endsIn(steps)}|${isFirst(state)}`;
        if (next.has(key) || next.size >= mostWays) continue;
        const after = reborn(state);
        after.trace = state.trace;
        next.set(key, { state: after, phases: [...way.phases, { callback, fn, steps }] });
      }
    }
    ways = [...next.values()];
  }
  return ways;
}

/** Whether the namespace is known to be init_net, or not to be; null where that was not asked. */
function isFirst(state: State): boolean | null {
  const answer = state.env.get(`?${dyingNet}${isInitNet}`);
  const mask = answer ? state.maskOf(answer) : ZERO | POS;
  return mask === ZERO ? false : mask === POS ? true : null;
}

/** What some steps end that the outside can call and no init has made: whether they do may depend on what is not known. */
function endsIn(steps: readonly TraceStep[]): string {
  return steps
    .flatMap((step) => (step.t === 'release' && step.origins.length === 0 && step.pair.exposes ? step.pair.kind : []))
    .join();
}

/** A batch finds its namespaces itself: what it reaches of them where it is not followed may be someone else's from then on. */
function whereReached({ program, summaries: { overview } }: Context, state: State, fn: FunctionEntry): State {
  if (overview.matters(fn.id)) return state;
  // What it does with them says its text alone, which is not followed.
  const cleared = readAs('other', () => clearedOnly(program, fn));
  const next = state.copy();
  escapeAt(
    next,
    overview.membersTouched(fn.id).flatMap((member) => (cleared.has(member) ? [] : `&${dyingNet}->${member}`)),
  );
  return next;
}

/**
 * What lasts from one callback to the next: what is held, what was given back, what was set to a number (to NULL) or to
 * the namespace, and that a place where something is kept is not empty: whoever empties it would have to take over what
 * lies there. Of a namespace whose state has changed since (`isChanged`) no number is known.
 */
function reborn(state: State, { isChanged = false } = {}): State {
  const next = new State(undefined, state.ledger);
  next.held = state.held;
  next.gone = state.gone;
  const isNet = (value: Value): boolean => value.v === 'sym' && state.symbols.get(value.id)?.input === dyingNet;
  for (const [path, value] of state.env) {
    if (value.v === 'num' && isOwnName(path) && !isChanged) next.env.set(path, value);
    // `fn->net = net` stays true as long as there is a fn.
    if (path.startsWith('generic(') && isNet(value)) next.env.set(path, next.read(dyingNet, POS));
    // So does `net->foo = fn`.
    const data = value.v === 'sym' && path.startsWith(`${dyingNet}->`) ? state.symbols.get(value.id)?.input : undefined;
    if (data !== undefined && /^generic\([^()]*\)$/.test(data)) next.env.set(path, next.read(data, POS));
  }
  const first = state.env.get(`?${dyingNet}${isInitNet}`);
  if (first) next.restrict(next.read(`?${dyingNet}${isInitNet}`, ZERO | POS), state.maskOf(first), () => 'succeeds');
  const owners = new Set(state.held.flatMap(({ pair, at }) => (pair.memory && at !== null ? at : [])));
  for (const { at, escaped } of state.held)
    if (at !== null && !escaped && (isOwnName(at) || isOwnedBy(owners, at)) && !at.includes('[*]'))
      next.restrict(next.read(at), POS, () => 'succeeds');
  return next;
}
