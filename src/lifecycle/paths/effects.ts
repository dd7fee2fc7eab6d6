import type { Expr } from '../../facts/ir.ts';
import type { FunctionEntry } from '../../program/program.ts';
import { isAskedForTruth } from '../bodies/asked-for-truth.ts';
import type { Called } from './calls.ts';
import { componentOf, isOwnName } from './components.ts';
import { place, type Frame, type Result } from './frame.ts';
import { show } from './handed.ts';
import { hold, inDirectory, isNothing, type Held } from './held.ts';
import { applyRelease, factOf } from './releasing.ts';
import type { Failure, Pair } from '../resources/index.ts';
import { keptName } from './kept-name.ts';
import { noteOtherName } from './other-names.ts';
import { printExpression } from '../bodies/print.ts';
import { isFlag, isLocal } from './place-names.ts';
import { mapped } from './shared.ts';
import type { State } from './state.ts';
import { structMadeBy } from '../bodies/structs.ts';
import type { Place } from './trace.ts';
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
  const acquired = pairs.acquires(called.name, callee);
  if (released && !(acquired && isSetting(called, acquired))) return applyRelease(frame, e, called, released);
  if (!acquired || (acquired.unasked && frame.discarded !== e) || isHalfKnown(frame, acquired)) return null;
  if (acquired.byName && (isGivenBack(called.state, acquired) || isTruth(frame, e))) return null;
  return applyAcquire(frame, e, called, acquired);
}

/** Whether a call that sets a pointer to what it is passed, and with NULL takes that back, is passed something. */
function isSetting({ name, state, values }: Called, { release }: Pair): boolean {
  return release.includes(name) && !isNothing(state, values[0]);
}

/** Whether the caller takes the result for a pointer or a truth: what is known by its name alone fails in a way that it does not say. */
function isTruth(frame: Frame, e: Expr): boolean {
  const fact = factOf(frame);
  return fact !== undefined && isAskedForTruth(fact, e);
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

/** Flags with which an allocation does not fail (include/linux/slab.h, include/linux/gfp_types.h). */
export const unfailing = /\b(?:SLAB_PANIC|__GFP_NOFAIL)\b/;

/** What a set-up that succeeds returns for a state: the number of a dynamic one, else 0 (kernel/cpu.c, __cpuhp_setup_state()). */
function maskOfState(state: Expr | undefined): number {
  const name = state ? printExpression(state) : '';
  if (name.endsWith('_DYN')) return POS;
  return /^[A-Z0-9_]+$/.test(name) ? ZERO : ZERO | POS;
}

function applyAcquire(frame: Frame, e: Expr & { k: 'call' }, { name, state, values }: Called, pair: Pair): Result[] {
  const at = place(frame, e.at);
  const [success, failure] = resultMasks[pair.fails];
  const call = { name, place: at };
  const done = state.copy();
  const option = options[pair.kind];
  if (option !== undefined && frame.option(option) === false)
    return [{ state: done, value: done.fresh({ mask: ZERO, call }) }];
  const isNumber = pair.of === 'result' && pair.fails === 'negative';
  const mask = isNumber ? ZERO | POS : pair.dynamic ? maskOfState(e.args[0]) : success;
  let value = done.fresh({ mask, call: pair.of === 'result' ? { ...call, acquired: true } : call });
  const stored = pair.stores ? addressed(values[(pair.of as readonly number[])[0]!]) : null;
  const thing = stored === null ? value : done.fresh({ mask: POS });
  const struct = pair.memory === true ? structMadeBy(factOf(frame), e) : undefined;
  // How much memory there is to be may be read from other memory (`kcalloc(foo->size, …)`), which is not handed on by that.
  const isWhole = (each: Value): boolean => each.v === 'addr' || !componentOf(done, each).includes('->');
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
  if (!pair.keepsTable) show(done, pair.memory && pair.of === 'result' ? values.filter(isWhole) : values);
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
    ...(e.args.some((arg) => unfailing.test(printExpression(arg))) ? { unfailing: true as const } : {}),
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
  const isSaid = pair.isStated === true || (pair.isZero === true && !frame.program.lookUp(frame.file, name));
  const assumed = failure === 0 && !isSaid && pair.of !== 'result' && stored === null;
  const never = (failure === 0 && !assumed) || returnsZero(frame, name, pair);
  if (never || isDropped || state.failures > 0) return [{ state: done, value }];
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

/** Whether a call's body is at hand and returns 0 whatever happens, where the table has it that it may fail, or might. */
function returnsZero({ program, summaries, file }: Frame, name: string, { of, fails }: Pair): boolean {
  if (of === 'result' || !(fails === 'negative' || fails === 'nonzero' || fails === 'never')) return false;
  const callee = program.lookUp(file, name);
  return callee?.fact.returnsVoid === false && summaries.overview.returnMask(callee.id) === ZERO;
}

function componentsOf(state: State, pair: Pair, values: readonly Value[], thing: Value): string[] {
  if (pair.of === 'fixed') return [];
  if (pair.of === 'result' || pair.stores) return [componentOf(state, thing)];
  return inDirectory(
    state,
    pair,
    pair.of.flatMap((index) => (values[index] ? [componentOf(state, values[index])] : [])),
  );
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

/** Whether something that was acquired is kept at a place, by that name or by where its owner is kept by now. */
export function isKeptAt(state: State, path: string): boolean {
  const place = keptName(state, path);
  return state.held.some(({ at }) => at !== null && (at === path || at === place));
}

/** Whether a thing is kept nowhere yet, or only by the sysctl registration that it was handed. */
export function isFreeToMove({ at }: Held, path: string): boolean {
  return at === null || (at.endsWith('->ctl_table_arg') && isOwnName(path));
}

/**
 * Notes where a resource that the acquiring call returned is kept, the first time that it is kept outside the function.
 * `before` is what was kept there.
 */
export function noteStored(state: State, path: string, value: Value, at: Place, before?: Value): void {
  if (isLocal(path)) return;
  noteOtherName(state, path, value);
  if (value.v === 'addr' || !isFlag(path)) handOn(state, value);
  if (value.v !== 'sym') return;
  const id = `#${value.id}`;
  const index = state.held.findIndex((held) => held.result === id && isFreeToMove(held, path));
  if (index < 0) return;
  path = keptName(state, path);
  // Another element of the same array, or the next one of the same list, takes the place of the one before.
  const isPushed = before?.v === 'sym' && hangsOn(state, before.id, id);
  if (isPushed) leaveToChain(state, id, path);
  const stays = ({ result, at }: Held): boolean => result === id || at !== path || !path.includes('[*]');
  const others = state.held.every(stays) ? state.held : state.held.filter(stays);
  const inside = new RegExp(`^(&?)${id}(?=->|\\.)`);
  const moved = (name: string): string => name.replace(inside, (_, sign: string) => `${sign}${path}`);
  state.push({ t: 'stored', result: id, at: path, ...(isPushed ? { isPushed } : {}), place: at });
  state.held = mapped(others, (held) => {
    if (held.result === id && isFreeToMove(held, path)) return { ...held, at: path };
    // What lies in it, or is found by way of it, lies there now.
    const here = held.at === null ? null : moved(held.at);
    if (here !== held.at && held.result !== null)
      state.push({ t: 'stored', result: held.result, at: here!, place: at });
    const of = held.of.map(moved);
    const isSame = here === held.at && of.every((each, i) => each === held.of[i]);
    const also = held.also?.map(moved);
    return isSame && !also ? held : { ...held, at: here, of, ...(also ? { also } : {}) };
  });
}

/** Whether a member of a thing is what `before` is: `node->next = head;`. */
function hangsOn(state: State, before: number, id: string): boolean {
  for (const [path, value] of state.env)
    if (value.v === 'sym' && value.id === before && path.startsWith(`${id}->`)) return true;
  return false;
}

/** What is put in front of a chain takes the place of the one that was first, as the next of a list does. */
export function leaveToChain(state: State, id: string, path: string): void {
  const isBehind = ({ result, at }: Held): boolean =>
    result !== id && at !== null && (at === path || at.startsWith(`${path}->`));
  if (state.held.some(isBehind)) state.held = state.held.filter((held) => !isBehind(held));
}
