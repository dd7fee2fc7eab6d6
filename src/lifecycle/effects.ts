import type { Expr, FunctionFact } from '../facts/ir.ts';
import type { FunctionEntry } from '../program/program.ts';
import type { Called } from './calls.ts';
import { componentOf, idOf, isOwnName, isUnknown, somewhereBehind } from './components.ts';
import { lvalue } from './paths.ts';
import { place, type Frame, type Result } from './frame.ts';
import { escape, show } from './handed.ts';
import { hold, isNothing, keyOfHandedOn, release, type Held, type Target } from './held.ts';
import type { Failure, Pair } from './resources/index.ts';
import { isFlag, isLocal, type State } from './state.ts';
import { structBehind, structMadeBy } from './structs.ts';
import { keyOfPlace, type Place, type TraceStep } from './trace.ts';
import { ANY, NEG, POS, ZERO, type Value } from './values.ts';

/** The results of a call that acquires: which mean success, and which failure (0: it cannot fail). */
const resultMasks: Readonly<Record<Failure, readonly [success: number, failure: number]>> = {
  negative: [ZERO, NEG],
  null: [POS, ZERO],
  'error-pointer': [POS, NEG],
  'error-pointer-or-null': [POS, NEG | ZERO],
  nonzero: [ZERO, NEG | POS],
  never: [ANY, 0],
};

/** Without these options the headers make of such a call one that returns NULL (linux/proc_fs.h, linux/sysctl.h). */
const options: Readonly<Record<string, string>> = {
  'proc entry': 'CONFIG_PROC_FS',
  'proc directory': 'CONFIG_PROC_FS',
  'sysctl table': 'CONFIG_SYSCTL',
};

/** Whether what a call comes to depends on an option of the kernel, which the code around it need not ask for. */
export function isDecidedBy(pair: Pair | undefined, option: Frame['option']): boolean {
  const name = pair && options[pair.kind];
  return name !== undefined && option(name) === false;
}

/**
 * What a call of the table of pairs (or of a pair that the module's own names show) does: null when it is none. `callee`
 * is the function of the program that it names, null where there is none, undefined where that one is followed anyway.
 */
export function applyEffect(
  frame: Frame,
  e: Expr & { k: 'call' },
  called: Called,
  callee: FunctionEntry | null | undefined,
): Result[] | null {
  const { pairs } = frame.summaries.overview;
  const released = pairs.releases(called.name, callee);
  if (released) return applyRelease(frame, e, called, released);
  const acquired = pairs.acquires(called.name, callee);
  if (!acquired || (acquired.unasked && frame.discarded !== e) || isHalfKnown(frame, acquired)) return null;
  if (acquired.byName && isGivenBack(called.state, acquired)) return null;
  return applyAcquire(frame, e, called, acquired);
}

/** Whether a pair is one by its names alone, and what it is released by is followed: that does what its body says, no more. */
function isHalfKnown({ program, summaries, file }: Frame, pair: Pair): boolean {
  return (
    pair.byName === true &&
    pair.release.every((release) => {
      const callee = program.lookUp(file, release);
      return callee !== undefined && summaries.overview.matters(callee.id);
    })
  );
}

/**
 * Whether a path took away before what a call of such a name then gives back: between `foo_disable()` and `foo_enable()`
 * something is off, and neither sets anything up.
 */
function isGivenBack({ trace }: State, pair: Pair): boolean {
  for (let link = trace; link; link = link.previous) {
    const [step] = link.steps;
    if (step?.t === 'acquire' && step.pair.kind === pair.kind) return false;
    if (step?.t === 'release' && step.targets.some((target) => target.pair.kind === pair.kind)) return true;
  }
  return false;
}

function applyAcquire(frame: Frame, e: Expr & { k: 'call' }, { name, state, values }: Called, pair: Pair): Result[] {
  const at = place(frame, e.at);
  const [success, failure] = resultMasks[pair.fails];
  const call = { name, place: at };
  const done = state.copy();
  const option = options[pair.kind];
  if (option !== undefined && frame.option(option) === false)
    return [{ state: done, value: done.fresh({ mask: ZERO, call }) }];
  const mask = pair.of === 'result' && pair.fails === 'negative' ? ZERO | POS : success;
  let value = done.fresh({ mask, call });
  const stored = pair.stores ? addressed(values[(pair.of as readonly number[])[0]!]) : null;
  const thing = stored === null ? value : done.fresh({ mask: POS });
  const struct = pair.memory === true ? structMadeBy(factOf(frame), e) : undefined;
  const held: Held = {
    pair,
    of: componentsOf(done, pair, values, thing),
    result:
      pair.of === 'result' || stored !== null || (pair.alsoReleasedBy?.length ?? 0) > 0
        ? componentOf(done, thing)
        : null,
    at: null,
    checked: frame.discarded !== e,
    escaped: false,
    shown: false,
    covered: false,
    ...(struct === undefined ? {} : { struct }),
    place: at,
  };
  hold(done, held);
  // What a set-up is passed may be kept by it.
  if (!pair.keepsTable) show(done, values);
  const args = values.map((each) => componentOf(done, each));
  done.push({
    t: 'acquire',
    call: name,
    pair,
    of: held.of,
    result: held.result,
    at: null,
    checked: held.checked,
    args,
    ...(struct === undefined ? {} : { struct }),
    place: at,
  });
  if (pair.keepsTable) keepTable(done, held, values);
  if (stored !== null) {
    done.write(stored, thing);
    noteStored(done, stored, thing, at);
  }
  const isDropped = frame.discarded === e;
  // Who asks for a result that is always 0 gets 0.
  if (failure === 0 && pair.of !== 'result') value = done.fresh({ mask: ZERO, call });
  const assumed = failure === 0 && !pair.isStated && pair.of !== 'result' && stored === null;
  if ((failure === 0 && !assumed) || isDropped || state.failures > 0) return [{ state: done, value }];
  const failed = state.copy();
  failed.failures++;
  return [
    { state: done, value },
    {
      state: failed,
      value: failed.fresh({
        mask: assumed ? NEG : failure,
        call: { ...call, ...(pair.optional ? {} : { failed: true as const }) },
        assumed,
      }),
    },
  ];
}

function applyRelease(
  frame: Frame,
  e: Expr & { k: 'call' },
  { name, state, values }: Called,
  pairs: readonly Pair[],
): Result[] {
  const at = place(frame, e.at);
  const next = state.copy();
  const value = next.fresh({ call: { name, place: at } });
  if (pairs.every(isByValue) && isNothing(state, values[pairs[0]!.releaseOf[0] ?? 0])) {
    const argument = e.args[pairs[0]!.releaseOf[0] ?? 0];
    const named = argument ? lvalue(frame, argument, state) : null;
    if (pairs.every(({ needsThing }) => needsThing) && named !== null && !isLocal(named))
      releaseNone(next, { call: name, targets: pairs.map((pair) => ({ pair, of: [named] })), place: at });
    return [{ state: next, value }];
  }
  let isGuessed = false;
  const component = (index: number): string | null => {
    const argument = e.args[index];
    if (!values[index] || !argument) return null;
    const { name: named, isPlace } = releasedComponent(frame, argument, next, values[index]);
    isGuessed ||= isPlace && next.assigned.has(named);
    return named;
  };
  const targets = pairs.map((pair): Target => {
    const struct = pair.memory === true ? structBehind(factOf(frame), e.args[pair.releaseOf[0] ?? 0]) : undefined;
    return { pair, of: releasedBy(pair, name, component), ...(struct === undefined ? {} : { struct }) };
  });
  // What else a call does that is known by its name alone is not known.
  if (pairs.every(({ byName }) => byName)) escape(next, values);
  releaseStep(next, { call: name, targets, sure: !isGuessed, place: at });
  return [{ state: next, value }];
}

/** What `&p->rcu` lies in. */
function ownerOf(e: Expr | undefined): Expr | undefined {
  return e?.k === 'unary' && e.op === '&' && e.of.k === 'field' ? e.of.of : undefined;
}

function factOf({ program, file, fn }: Frame): FunctionFact | undefined {
  return program.functionById(`${file}#${fn}`)?.fact;
}

/** `call_rcu(&p->rcu, fn)`: by the time that fn has run, p is given back. */
export function releaseByRcu(frame: Frame, e: Expr & { k: 'call' }, { name, state, values }: Called): Result[] {
  const next = state.copy();
  const head = values[0] ? componentOf(next, values[0]).replace(/^&/, '') : '';
  const owner = /^(.*)(?:->|\.)[^>.]*$/.exec(head)?.[1];
  const pairs = frame.summaries.overview.pairs.releases('kfree', null) ?? [];
  if (owner) {
    const struct = structBehind(factOf(frame), ownerOf(e.args[0]));
    const targets = pairs.map((pair): Target => ({ pair, of: [owner], ...(struct === undefined ? {} : { struct }) }));
    releaseStep(next, { call: name, targets, sure: false, place: place(frame, e.at) });
  }
  return [{ state: next, value: next.fresh() }];
}

/** `foo_destroy(p)`, `put_device(&p->dev)`: p, or that in which what is passed lies, may be given back. */
export function releaseByPut(frame: Frame, e: Expr & { k: 'call' }, { name, state, values }: Called): void {
  const [first] = values;
  const passed = first ? componentOf(state, first) : '';
  const owner = passed.startsWith('&') ? /^&(.*)->[\w.]+$/.exec(passed)?.[1] : passed;
  if (owner === undefined || owner === '' || owner.startsWith('=') || isLocal(owner)) return;
  const pairs = frame.summaries.overview.pairs.releases('kfree', null) ?? [];
  const targets = pairs.map((pair): Target => ({ pair, of: [owner] }));
  releaseStep(state, { call: name, targets, sure: false, match: 'exact', place: place(frame, e.at) });
}

/** Releases in a state, and writes it into the trace. */
export function releaseStep(state: State, step: Pick<Release, 'call' | 'targets' | 'sure' | 'place' | 'match'>): void {
  let { sure } = step;
  const isAny = step.targets.some(({ of }) => of.some((each) => isFound(state, each)));
  const match = step.match ?? (isAny ? 'any' : undefined);
  // A value that is not known any more is most likely still what lay at its place.
  const named = (component: string | null): string | null => {
    const id = idOf(component);
    const at = id === undefined ? undefined : state.symbols.get(id)?.place;
    if (at === undefined || state.held.some((held) => held.result === component)) return component;
    sure = false;
    return at;
  };
  // A file in a directory was made by what lies at that place now.
  const made = (component: string | null): string | null =>
    state.held.find(({ at, escaped }) => at !== null && at === component && !escaped)?.result ?? component;
  const targets = step.targets.map(({ of, ...target }) => ({
    ...target,
    of: of.length > 1 ? of.map(named).map(made) : of.map(named),
  }));
  const { undone, isGuess, again } = release(state, { call: step.call, targets, sure, match });
  const first = undone[0] ?? again;
  if (undone.length === 0) state.freed.add(`${keyOfPlace(step.place)}|${nameless(targets[0]?.of.join() ?? '')}`);
  else if (state.failures > 0) state.undid = true;
  for (const held of undone) {
    state.ledger.add(keyOfPlace(held.place));
    // Memory that is freed when all has gone well may have been someone else's until then.
    const isHandedOn = held.escaped || held.wasHandedOn === true;
    if (isHandedOn && !isGuess && (held.pair.lasting || state.failures > 0)) state.ledger.add(keyOfHandedOn(held));
  }
  const unclear = !first && state.held.length === 0 && step.targets.every((target) => target.of.length === 0);
  const pushed: Release = {
    t: 'release',
    ...step,
    ...(match ? { match } : {}),
    targets,
    of: first?.of ?? step.targets[0]!.of.map((each) => each ?? '*'),
    pair: first?.pair ?? step.targets[0]!.pair,
    origins: undone.map((held) => held.place),
    isGuess,
    again: again !== null && !unclear,
  };
  state.push(pushed);
  if (state.failures > 0 && isOfNothing(pushed)) state.unmet.add(keyOfPlace(step.place));
}

/** Whether a value is what a call that is not followed returned: that may be anything, wherever it is kept. */
function isFound(state: State, component: string | null): boolean {
  const id = idOf(component);
  return id !== undefined && state.symbols.get(id)?.isFound === true;
}

/** A text without the numbers of values that are not known. */
function nameless(text: string): string {
  return text.includes('#') ? text.replace(/#\d+/g, '#') : text;
}

type Release = TraceStep & { readonly t: 'release' };

/** Whether a pair's thing is named by a value: what the acquiring call returned, or stored. */
export function isByValue({ of, stores }: Pair): boolean {
  return !Array.isArray(of) || stores === true;
}

/** A release of what is no thing at all, by a call that does not cope with that: nothing is undone, and it is in the trace. */
export function releaseNone(
  state: State,
  step: { readonly call: string; readonly targets: readonly Target[]; readonly place: Place },
): void {
  const { pair, of } = step.targets[0]!;
  state.push({
    t: 'release',
    ...step,
    of: of.map((each) => each ?? '*'),
    pair,
    origins: [],
    isGuess: false,
    again: false,
    sure: true,
    ofNone: true,
  });
  if (state.failures > 0) state.unmet.add(keyOfPlace(step.place));
}

/** Whether a release undoes nothing that its path has acquired, and names in full what it would undo. */
export function isOfNothing(step: TraceStep): step is Release {
  return (
    step.t === 'release' &&
    step.origins.length === 0 &&
    !step.again &&
    step.sure &&
    (step.pair.needsThing === true || !isByValue(step.pair)) &&
    step.of.every((component) => isOwnName(component) && !component.includes('['))
  );
}

/** A value that is not known is named by where it lies, if that has a name: something on the way may have looked at it. */
function releasedComponent(
  frame: Frame,
  argument: Expr,
  state: State,
  value: Value,
): { name: string; isPlace: boolean } {
  const name = componentOf(state, value);
  const isHeld = [...state.held, ...state.gone].some((held) => held.result === name);
  const path = isUnknown(name) && !isHeld ? lvalue(frame, argument, state) : null;
  if (path !== null && !isLocal(path) && !isUnknown(path)) return { name: path, isPlace: true };
  const from = value.v === 'sym' && !isHeld ? state.symbols.get(value.id)?.from : undefined;
  return { name: from === undefined ? name : somewhereBehind(from), isPlace: false };
}

function releasedBy(pair: Pair, name: string, component: (index: number) => string | null): (string | null)[] {
  const all = pair.allReleasedBy?.find((each) => each.call === name);
  if (all && Array.isArray(pair.of)) {
    return pair.of.map((argument: number) => {
      const at = all.of.indexOf(argument);
      return at < 0 ? null : component(all.releaseOf[at]!);
    });
  }
  if (all) return [null];
  const byResult = pair.alsoReleasedBy?.some((also) => also.call === name) === true && !pair.release.includes(name);
  return (byResult ? [0] : pair.releaseOf).map(component).filter((each) => each !== null);
}

function componentsOf(state: State, pair: Pair, values: readonly Value[], thing: Value): string[] {
  if (pair.of === 'fixed') return [];
  if (pair.of === 'result' || pair.stores) return [componentOf(state, thing)];
  return pair.of.flatMap((index) => (values[index] ? [componentOf(state, values[index])] : []));
}

function addressed(value: Value | undefined): string | null {
  return value?.v === 'addr' ? value.path : null;
}

/** A table that a sysctl registration is handed is found again by way of it (struct ctl_table_header, ctl_table_arg). */
function keepTable(state: State, { result, place: here }: Held, values: readonly Value[]): void {
  const given = values.map((each) => componentOf(state, each));
  const at = `${result ?? ''}->ctl_table_arg`;
  const table = state.held.find((held) => held.pair.memory && held.at === null && given.includes(held.result ?? '-'));
  if (!table) return;
  state.held = state.held.map((held) => (held === table ? { ...held, at } : held));
  state.push({ t: 'stored', result: table.result!, at, place: here });
}

/** Who can get at a part of something, or at what the function was entered with by a place that callers do not learn of, may keep it. */
function handOn(state: State, value: Value): void {
  if (value.v === 'addr' ? /^[$#]/.test(value.path) : componentOf(state, value).startsWith('$')) show(state, [value]);
}

/** A place in something that was itself acquired and is kept somewhere by now is a place in what is kept there. */
export function keptName(state: State, path: string): string {
  const owner = /^#\d+(?=->)/.exec(path)?.[0];
  const at = owner === undefined ? null : (state.held.find(({ result }) => result === owner)?.at ?? null);
  return at === null || owner === undefined ? path : at + path.slice(owner.length);
}

/** Whether a thing is kept nowhere yet, or only by the sysctl registration that it was handed. */
export function isFreeToMove({ at }: Held, path: string): boolean {
  return at === null || (at.endsWith('->ctl_table_arg') && isOwnName(path));
}

/** Notes where a resource that the acquiring call returned is kept, the first time that it is kept outside the function. */
export function noteStored(state: State, path: string, value: Value, at: Place): void {
  if (isLocal(path)) return;
  if (value.v === 'addr' || !isFlag(path)) handOn(state, value);
  if (value.v !== 'sym') return;
  const id = `#${value.id}`;
  const index = state.held.findIndex((held) => held.result === id && isFreeToMove(held, path));
  if (index < 0) return;
  path = keptName(state, path);
  // Another element of the same array, or the next one of the same list, takes the place of the one before.
  const others = state.held.filter((held, i) => i === index || held.at !== path || !path.includes('[*]'));
  const inside = new RegExp(`^(&?)${id}(?=->|\\.)`);
  const moved = (name: string): string => name.replace(inside, (_, sign: string) => `${sign}${path}`);
  state.push({ t: 'stored', result: id, at: path, place: at });
  state.held = others.map((held) => {
    if (held.result === id && isFreeToMove(held, path)) return { ...held, at: path };
    // What lies in it, or is found by way of it, lies there now.
    const here = held.at === null ? null : moved(held.at);
    if (here !== held.at && held.result !== null)
      state.push({ t: 'stored', result: held.result, at: here!, place: at });
    const of = held.of.map(moved);
    return here === held.at && of.every((each, i) => each === held.of[i]) ? held : { ...held, at: here, of };
  });
}
