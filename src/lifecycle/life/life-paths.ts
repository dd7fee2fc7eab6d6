import type { FunctionEntry, Module, Program } from '../../program/program.ts';
import type { AskedState } from '../asks/asked-state.ts';
import { causeOf, lostIn, lostWithin, resultText, usualOf, type Usual } from './causes.ts';
import { beginCounting } from '../paths/counters.ts';
import { isUndoneByCounterpart } from './counterparts.ts';
import { noDoubts, withDoubts } from './doubts.ts';
import { enter, type Ended } from '../paths/enter.ts';
import { keptAfterSetUp, type Held } from '../paths/held.ts';
import type { Fate, Path } from './history.ts';
import { notOfInitNet } from '../asks/init-net.ts';
import type { LeftSet } from '../asks/left-set.ts';
import { isPinned } from '../paths/pins.ts';
import { resetIn, setBy } from './set-by-path.ts';
import { isAssumed, State } from '../paths/state.ts';
import type { Summaries } from '../paths/summary.ts';
import { settled, stepsOf, type TraceStep } from '../paths/trace.ts';
import { checksTurned, type TurnedIn } from './turned.ts';
import { NEG, POS, ZERO, type Value } from '../paths/values.ts';

/** Something that a lifecycle reaches and that was not analysed. */
export interface Gap {
  readonly file: string;
  readonly line: number;
  readonly function?: string;
  readonly reason: string;
}

/** Nothing can be said of a life that does not go on; that is told, as most likely it is the analysis that has lost the way. */
const endless = 'no path through it was found to come to its end';

/** More paths than this through one module's life are not run; the module is then reported as not analysed. */
const mostPaths = 2000;

/** All paths through the lives of a program's modules. */
export class LifePaths {
  constructor(
    private readonly context: { readonly program: Program; readonly summaries: Summaries; readonly state: AskedState },
    private readonly to: {
      /** Told of what could not be analysed. */
      readonly note: (gap: Gap) => void;
      readonly checkpoint: (() => void) | undefined;
    },
  ) {}

  /** The paths of a module's life, from its init to its end. */
  of(module: Module): Path[] {
    const { program, summaries, state: asked } = this.context;
    for (const root of [module.init, ...module.exits]) if (root) program.lookUp(root.fn.file, root.fn.fact.name);
    const begin = new State(undefined, summaries.ledger);
    const files = [module.init, ...module.exits].flatMap((root) => root?.fn.file ?? []);
    if (module.init) beginCounting(program, new Set(files), begin);
    const loads = module.init ? this.enter(module, begin, module.init.fn) : [{ state: begin, value: null, end: null }];
    if (!loads) return [];
    const usual = usualOf(loads);
    const turnedIn = checksTurned(loads);
    const reset = resetIn(loads);
    const paths: Path[] = [];
    let isLoaded = false;
    for (const load of loads) {
      if (isAssumed(load.state, load.value)) continue;
      for (const { fate, mask } of fatesOf(load.state, load.value, module.init?.fn)) {
        const state = load.value
          ? load.state.refine(load.value, mask, () => (fate === 'load-failed' ? 'fails' : 'succeeds'))
          : load.state;
        if (!state) continue;
        isLoaded ||= fate === 'loaded';
        paths.push(...this.continue(module, { fate, state, value: load.value, usual, turnedIn, reset }));
      }
      this.to.checkpoint?.();
      if (paths.length > mostPaths) {
        this.gap(module.init?.fn ?? null, `more than ${mostPaths} paths through the module's life`);
        return [];
      }
    }
    this.noteEndless(module, paths, isLoaded);
    const known = { program, state: asked };
    const followed = paths.filter((path) => this.isKnown(path));
    const found = withDoubts(followed, summaries.ledger, {
      isShown: (path, held) => isUndoneByCounterpart(known, path, held),
    });
    const isAny = paths.some((path) => !followed.includes(path) && path.load.some((step) => this.isOfUnknown(step)));
    if (!isAny) return found;
    const registered = new Set(followed.flatMap(({ load }) => opsOf(load, 'register')));
    return found.map((path) => perhapsRegistered(path, registered));
  }

  /** The ways through an init or an exit; of those that are passed an ops, with that and nothing that is known beside. */
  private enter({ passed }: Module, state: State, fn: FunctionEntry): Ended[] | null {
    if (!passed) return enter(this.context, state, fn);
    const begin = state.copy();
    const args = fn.fact.params.map((_, index): Value =>
      index === passed.argument ? { v: 'addr', path: passed.ops } : begin.fresh(),
    );
    return enter(this.context, begin, fn, args, { isFollowed: true });
  }

  private continue(
    module: Module,
    of: {
      readonly fate: Fate;
      readonly state: State;
      readonly value: Value | null;
      readonly usual: Usual;
      readonly turnedIn: TurnedIn;
      readonly reset: ReturnType<typeof resetIn>;
    },
  ): Path[] {
    const { fate, state, value, usual, turnedIn, reset } = of;
    const load = stepsOf(state.trace);
    const before = load.length;
    const common = {
      module,
      init: module.init?.fn ?? null,
      load: settled(load),
      of: null,
      returned: value ? state.maskOf(value) : ZERO,
      cause: fate === 'load-failed' ? causeOf(load) : null,
      lost: fate === 'load-failed' ? null : lostIn(state, module.init?.fn, usual),
      lostWithin:
        fate === 'load-failed'
          ? null
          : lostWithin(load, { program: this.context.program, init: module.init?.fn, usual }),
      turned: fate === 'load-failed' ? null : turnedIn(load),
    };
    const result = resultText(state, value);
    const alone: Path = {
      ...common,
      fate,
      exit: null,
      unload: [],
      pending: withoutResult(state, value),
      result,
      left: this.leftAfter(state),
      leftSet: fate === 'load-failed' ? this.leftSetAfter(module, state, reset) : [],
      doubts: noDoubts,
      again: new Set<TraceStep>(),
      never: new Set<TraceStep>(),
    };
    if (fate === 'load-failed' || module.exits.length === 0) return [alone];
    // A module that holds itself stays: an exit that undoes nothing is there for form's sake.
    if (isPinned(state) && module.exits.every(({ fn }) => !this.context.summaries.overview.matters(fn.id)))
      return [{ ...alone, fate: 'loaded' }];
    const loaded = state.copy();
    loaded.held = keptAfterSetUp(loaded.held);
    return module.exits.flatMap(({ fn }) => {
      const ends = this.enter(module, loaded, fn);
      if (!ends) return [alone];
      return ends.map((end): Path => {
        const all = stepsOf(end.state.trace);
        return {
          ...common,
          fate: 'unloaded',
          exit: fn,
          unload: settled(all.slice(before)),
          pending: withoutResult(end.state, value),
          result,
          left: this.leftAfter(end.state),
          leftSet: [],
          doubts: noDoubts,
          again: new Set<TraceStep>(),
          never: new Set<TraceStep>(),
        };
      });
    });
  }

  /** Says where nothing is known of how a module is loaded, or of how one that is loaded is unloaded. */
  private noteEndless({ init, exits }: Module, paths: readonly Path[], isLoaded: boolean): void {
    if (paths.length === 0 && !isLoaded) this.gap(init?.fn ?? null, endless);
    // Of an exit that could not be followed it has been said.
    if (!isLoaded || paths.some(({ fate }) => fate === 'loaded')) return;
    for (const { fn } of exits) if (!paths.some(({ exit }) => exit?.id === fn.id)) this.gap(fn, endless);
  }

  private leftAfter({ held, trace }: State): readonly Held[] {
    return notOfInitNet(held, stepsOf(trace), this.context);
  }

  /** The pointers of others that a failing init has set and that the module's exit would reset. */
  private leftSetAfter(
    { init, exits, unloadable }: Module,
    state: State,
    reset: ReturnType<typeof resetIn>,
  ): readonly LeftSet[] {
    const { state: asked, summaries } = this.context;
    const set = init && unloadable ? setBy(state) : [];
    if (!init || set.length === 0) return [];
    const doubted = reset(state);
    return set.filter(
      (each) =>
        !doubted.has(each.pointer) &&
        exits.some(({ fn }) => summaries.overview.globalsWritten(fn.id).has(each.pointer)) &&
        asked.isLeftSetOnFailure(init.fn, each),
    );
  }

  /** Leaves out a path that names an ops which is not known: it is said, not guessed. */
  private isKnown(path: Path): boolean {
    const unknown = [...path.load, ...path.unload].find((step) => this.isOfUnknown(step));
    if (!unknown) return true;
    const { file, fn, at } = unknown.place;
    this.to.note({
      file,
      line: at[0],
      function: fn,
      reason: 'the struct pernet_operations that is passed here is not known',
    });
    return false;
  }

  private isOfUnknown(step: TraceStep): boolean {
    return step.t === 'pernet' && !this.context.program.opsEntry(step.ops);
  }

  private gap(fn: FunctionEntry | null, reason: string): void {
    if (fn) this.to.note(gapAt(fn, reason));
  }
}

/** That a function was not analysed. */
export function gapAt({ file, fact }: FunctionEntry, reason: string): Gap {
  return { file, line: fact.at[0], function: fact.name, reason };
}

function opsOf(steps: readonly TraceStep[], call: 'register' | 'unregister'): string[] {
  return steps.flatMap((step) => (step.t === 'pernet' && step.call.startsWith(call) ? step.ops : []));
}

/** A path of a module of which another one registers what is not known: ops that none is seen to register may be that. */
function perhapsRegistered(path: Path, registered: ReadonlySet<string>): Path {
  const unseen = opsOf([...path.load, ...path.unload], 'unregister').filter((ops) => !registered.has(ops));
  return { ...path, doubts: { ...path.doubts, unregistered: new Set([...path.doubts.unregistered, ...unseen]) } };
}

/** The fates that a load can have by what init returns: a negative value fails it (kernel/module/main.c, do_init_module). */
function fatesOf(state: State, value: Value | null, init: FunctionEntry | undefined): { fate: Fate; mask: number }[] {
  if (!value || init?.fact.returnsVoid) return [{ fate: 'loaded', mask: NEG | ZERO | POS }];
  const mask = state.maskOf(value);
  // What is only known not to be zero is an error: `if (err)` does not ask for the sign.
  const loads = mask & ZERO || mask === POS;
  return [
    ...(mask & NEG ? [{ fate: 'load-failed' as const, mask: NEG }] : []),
    ...(loads ? [{ fate: 'loaded' as const, mask: ZERO | POS }] : []),
  ];
}

/** A result that init returns has been asked for: the core looks at it. */
function withoutResult(state: State, value: Value | null): ReadonlySet<number> {
  return new Set([...state.pending].filter((id) => value?.v !== 'sym' || value.id !== id));
}
