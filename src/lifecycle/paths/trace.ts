import type { At } from '../../facts/ir.ts';
import type { Match, Target } from './held.ts';
import type { Pair } from '../resources/index.ts';

/** Where something of a run happens: the file, the function it is written in, and the place. */
export interface Place {
  readonly file: string;
  readonly fn: string;
  readonly at: At;
}

/** The calls of net/core/net_namespace.c that a module makes. */
export type PernetCall =
  'register_pernet_subsys' | 'register_pernet_device' | 'unregister_pernet_subsys' | 'unregister_pernet_device';

/** What a path through the code does, in order: the source's own part of a history. */
/** Of two calls that are the same and stand in a row, the one before or the one behind. */
export type Repeated = 'first' | 'again';

export type TraceStep =
  /** A call whose result the path goes on to ask about, and what was assumed of it; `failed` where it acquires, and has not. */
  | {
      readonly t: 'call';
      readonly name: string;
      readonly outcome: CallOutcome;
      readonly failed?: true;
      readonly place: Place;
    }
  /** A condition that is not known, and how it was answered. */
  | { readonly t: 'test'; readonly text: string; readonly answer: boolean; readonly place: Place }
  /** `sym` is the result's, by which it is known whether anything ever asked for it; `by` is what the code calls for it. */
  | {
      readonly t: 'pernet';
      readonly call: PernetCall;
      readonly by?: string;
      readonly ops: string;
      readonly ok: boolean;
      readonly sym: number;
      readonly place: Place;
    }
  /** A call that acquired something. `of` names it, `at` is where its result was kept, `args` are all that was passed. */
  | {
      readonly t: 'acquire';
      readonly call: string;
      readonly pair: Pair;
      readonly of: readonly string[];
      readonly result: string | null;
      readonly at: string | null;
      readonly checked: boolean;
      readonly args: readonly string[];
      /** The structure that memory was allocated for (`Held.struct`). */
      readonly struct?: string;
      /** True where it says that it panics or waits rather than fail. */
      readonly unfailing?: true;
      readonly place: Place;
    }
  /** A call that releases; `origins` are where what it undid was acquired, `again` that it had been undone before. */
  | {
      readonly t: 'release';
      readonly call: string;
      readonly pair: Pair;
      readonly of: readonly string[];
      readonly targets: readonly Target[];
      readonly origins: readonly Place[];
      /** True where it does not name what it undid, but may mean it. */
      readonly isGuess: boolean;
      readonly again: boolean;
      /** Where the same call stands twice in a row, which of the two it is. */
      readonly repeated?: Repeated;
      /** False where paths that are else alike differ in it: what it undoes may not have been undone. */
      readonly sure: boolean;
      /** True where what it is passed is no thing at all, NULL or an error, with which it does not cope. */
      readonly ofNone?: true;
      /**
       * `any` where it names what a call that is not followed returned, which may be anything of its kind; `exact` where
       * what it does is only guessed, so that it stands for nothing but what it names.
       */
      readonly match?: Match;
      readonly place: Place;
    }
  /**
   * The result of an acquiring call is kept at a place outside the function; `isPushed` where what was kept there hangs on
   * it from now on (`node->next = head; head = node;`).
   */
  | {
      readonly t: 'stored';
      readonly result: string;
      readonly at: string;
      readonly isPushed?: true;
      readonly place: Place;
    }
  /** A wait until every pending RCU callback has run: rcu_barrier() (kernel/rcu/tree.c). */
  | { readonly t: 'barrier'; readonly call: string; readonly place: Place }
  /**
   * A global pointer is set to a function or a variable (named as arguments are), or, where `value` is null, to NULL: by it
   * others call the module (`RCU_INIT_POINTER(nf_ct_timeout_hook, &hooks)`). `unknownValue` is none of these.
   */
  | {
      readonly t: 'published';
      readonly call: string;
      readonly pointer: string;
      readonly value: string | null;
      readonly place: Place;
    }
  /**
   * What undoes things of some kinds is not followed: it could not be, or is called by a pointer, nobody knows when; with
   * `ofAny` what it undoes is what it is passed then, whatever that is.
   */
  | {
      readonly t: 'hidden';
      readonly name: string;
      readonly kinds: readonly string[];
      readonly ofAny?: true;
      readonly place: Place;
    }
  /** Memory is freed that the function goes on to use (`usesOfFreed`), or that it has freed `before`. */
  | {
      readonly t: 'misuse';
      readonly call: string;
      readonly freed: string;
      readonly use: string;
      readonly before?: At;
      readonly place: Place;
    }
  /**
   * A loop that undoes elements down to the second begins; `of` is what they are elements of (`elementsSpared`). With `last`
   * one that goes from the first on and ends before the last that was done (`lastsSpared`).
   */
  | { readonly t: 'spared'; readonly of: string; readonly last?: true; readonly place: Place }
  /** A work item or a timer is stopped; `text` is the expression that names it. */
  | { readonly t: 'stop'; readonly call: string; readonly of: string; readonly text: string; readonly place: Place }
  /** `net_generic(net, id)`. */
  | { readonly t: 'use'; readonly id: string; readonly place: Place }
  /** `dropped` where the called function can fail and the caller throws its result away. */
  | { readonly t: 'enter'; readonly name: string; readonly dropped?: true; readonly place: Place }
  /** `sym` is the failed registration's whose error it returns, which it is then for the caller to ask for. */
  | { readonly t: 'leave'; readonly name: string; readonly sym?: number; readonly place: Place }
  | { readonly t: 'jump'; readonly kind: 'goto' | 'return'; readonly label?: string; readonly place: Place };

export type CallOutcome = 'succeeds' | 'fails' | 'returns NULL' | 'returns 0' | 'returns nonzero';

/** A trace that is shared between the paths that begin alike. */
export interface TraceLink {
  /** Some steps in a row, the first first; more than one of them only where all are `isInert`. */
  readonly steps: readonly TraceStep[];
  readonly previous: TraceLink | null;
  /** So many steps lead to its last one, that one counted. */
  readonly length: number;
}

/** Whether a step only tells of the way: it changes nothing, and speaks of nothing that others name otherwise. */
export function isInert(step: TraceStep): boolean {
  const { t } = step;
  return (
    t === 'jump' ||
    t === 'test' ||
    t === 'call' ||
    t === 'enter' ||
    t === 'barrier' ||
    t === 'published' ||
    t === 'hidden' ||
    (t === 'leave' && step.sym === undefined)
  );
}

/** Whether a step says that something failed. */
export function isFailing(step: TraceStep): boolean {
  // `if (!err)` asks of a failure as it would of a pointer.
  return (
    (step.t === 'pernet' && !step.ok) || (step.t === 'call' && (step.outcome !== 'succeeds' || step.failed === true))
  );
}

/** Whether a step undoes what the path has done. */
export function isUndoing(step: TraceStep): boolean {
  return (
    (step.t === 'release' && step.origins.length > 0) || (step.t === 'pernet' && step.call.startsWith('unregister'))
  );
}

/** Whether a step takes back what one of some others has set up. */
export function undoes(step: TraceStep, before: readonly TraceStep[]): boolean {
  if (step.t === 'release')
    return step.origins.some((origin) => before.some((each) => each.t === 'acquire' && each.place.at === origin.at));
  if (step.t !== 'pernet' || step.call.startsWith('register')) return false;
  return before.some(
    (each) => each.t === 'pernet' && each.ok && each.call.startsWith('register') && each.ops === step.ops,
  );
}

/** Whether steps take back what came before an acquisition and what came after it: unwinding that goes past it. */
export function isPassedOver(steps: readonly TraceStep[], place: Place): boolean {
  const at = steps.findIndex((step) => step.t === 'acquire' && keyOfPlace(step.place) === keyOfPlace(place));
  return at >= 0 && [steps.slice(0, at), steps.slice(at + 1)].every((some) => steps.some((step) => undoes(step, some)));
}

const keys = new WeakMap<Place, string>();

/** A place as a key. */
export function keyOfPlace(place: Place): string {
  let key = keys.get(place);
  if (key === undefined) keys.set(place, (key = `${place.file}:${place.at[0]}:${place.at[1]}`));
  return key;
}

/** The steps from the last one on. */
export function* backwards(link: TraceLink | null): Generator<TraceStep> {
  for (let at = link; at; at = at.previous)
    for (let index = at.steps.length - 1; index >= 0; index--) yield at.steps[index]!;
}

export function stepsOf(link: TraceLink | null): TraceStep[] {
  const steps: TraceStep[] = [];
  for (let at = link; at; at = at.previous)
    for (let index = at.steps.length - 1; index >= 0; index--) steps.push(at.steps[index]!);
  return steps.reverse();
}

/** The steps with each acquisition told where its result is kept: what `stored` said comes to be part of it. */
export function settled(steps: readonly TraceStep[]): TraceStep[] {
  const at = new Map(steps.flatMap((step) => (step.t === 'stored' ? [[step.result, step.at] as const] : [])));
  return steps.flatMap((step) => {
    if (step.t === 'stored') return [];
    if (step.t !== 'acquire' || step.at !== null || step.result === null) return [step];
    return [{ ...step, at: at.get(step.result) ?? null }];
  });
}
