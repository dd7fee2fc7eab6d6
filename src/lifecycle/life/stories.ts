import type { Dialect, NetnsEvent, ScenarioStep } from '../../netns/index.ts';
import type { OpsEntry, Program } from '../../program/program.ts';
import { boot, declarationsOf, itemsOf, type Path } from './history.ts';
import { calledBy, netsOf } from './namespace.ts';
import { play, type Called, type Item, type Script } from './play.ts';
import { OpsNames, type Phase } from './source-event.ts';

/** One thing that can happen in the life of a module, as a run of its own. */
export interface Story {
  /** Names it among a module's stories. */
  readonly id: string;
  readonly label: string;
  readonly script: () => Script;
}

interface Context {
  readonly program: Program;
  readonly dialect: Dialect;
  /** The paths through an ops' callbacks for one namespace. */
  readonly callbacks: (ops: OpsEntry) => readonly Path[];
}

const [before, made, second] = ['before', 'one', 'two'];

/**
 * What can happen to a module that loads: the load alone, a namespace made, one whose making fails at each ops in turn,
 * the end of one and of two at once, and the unload. `path` is a load that succeeds, with its unload if it has one.
 */
export function storiesOf(path: Path, context: Context): Story[] {
  const names = new OpsNames(context.program);
  const load: Item[] = [
    ...boot,
    { phase: 'boot', step: { step: 'copy_net_ns', net: before } },
    ...itemsOf(path.load, 'load', names),
  ];
  const loaded = (...steps: ScenarioStep[]): Item[] => steps.map((step) => ({ phase: 'loaded', step }));
  const one: ScenarioStep = { step: 'copy_net_ns', net: made };
  const two: ScenarioStep = { step: 'copy_net_ns', net: second };
  const called = calledFor(names, context);
  const story = (id: string, label: string, items: () => readonly Item[], end: Phase = 'loaded'): Story => ({
    id,
    label,
    script: () => {
      const all = [...load, ...items()];
      const ops = declarationsOf(names, context.dialect);
      return { description: `${path.module.name}: ${label}`, ops, items: all, names, called, end };
    },
  });
  const cleanup: ScenarioStep = { step: 'cleanup_net' };
  const dies: ScenarioStep[] = [{ step: 'put_net', net: made }, cleanup];
  const stories = [
    story('load', 'load', () => []),
    story('made', 'a namespace is made', () => loaded(one)),
    ...failing(story('', '', () => []).script(), names, context.dialect).map((ops) =>
      story(`init-fails:${ops}`, `a namespace is made: ${ops} fails`, () =>
        loaded({ step: 'fail_init', ops, net: made }, one),
      ),
    ),
    story('exit', 'a namespace ends', () => loaded(one, ...dies)),
    story('batch-exit', 'two namespaces end at once', () =>
      loaded(one, two, { step: 'put_net', net: made }, { step: 'put_net', net: second }, cleanup),
    ),
  ];
  if (path.fate === 'unloaded')
    stories.push(story('unload', 'unload', () => [...loaded(one), ...itemsOf(path.unload, 'unload', names)], 'gone'));
  return stories;
}

/** The module's own ops that have an init, in the order of pernet_list once it is loaded. */
function failing(load: Script, names: OpsNames, dialect: Dialect): string[] {
  const final = play(load, { dialect }).events.at(-1)?.event;
  if (final?.event !== 'state') return [];
  return final.pernet_list.filter((ops) => names.has(ops, 'init'));
}

/** What the source does in the callbacks that the model calls: of the paths through them, the plainest. */
function calledFor(names: OpsNames, context: Context): (event: NetnsEvent) => Called[] {
  const known = new Map<string, { succeeds?: Path; fails?: Path }>();
  const pathOf = (event: NetnsEvent): Path | undefined => {
    const entry = 'ops' in event ? names.entries.get(event.ops) : undefined;
    if (!entry) return undefined;
    let paths = known.get(entry.id);
    if (!paths) {
      const all = context.callbacks(entry);
      const succeeds = plainest(all.filter(({ fate }) => fate === 'net-gone'));
      const fails = plainest(all.filter(({ fate }) => fate === 'init-failed'));
      known.set(entry.id, (paths = { ...(succeeds ? { succeeds } : {}), ...(fails ? { fails } : {}) }));
    }
    return event.event === 'init' && event.ret < 0 ? paths.fails : paths.succeeds;
  };
  return (event) => {
    const path = pathOf(event);
    if (!path || !('ops' in event)) return [];
    return netsOf(event).flatMap((net) => calledBy(event, net, new Map([[event.ops, path]])));
  };
}

/** Of several paths the one on which the least fails, and of those the one that does the most. */
export function plainest(paths: readonly Path[]): Path | undefined {
  return plainestFirst(paths)[0];
}

/** Paths, those first on which the least fails, and of those the ones that do the most. */
export function plainestFirst(paths: readonly Path[]): Path[] {
  const failures = (path: Path): number =>
    [...path.load, ...path.unload].filter(
      (step) =>
        (step.t === 'pernet' && !step.ok) || (step.t === 'call' && step.outcome !== 'succeeds') || isOdd(step, path),
    ).length;
  const length = (path: Path): number => path.load.length + path.unload.length;
  const counted = new Map(paths.map((path) => [path, failures(path)]));
  return [...paths].sort((a, b) => counted.get(a)! - counted.get(b)! || length(b) - length(a));
}

function isOdd(step: Path['load'][number], path: Path): boolean {
  return path.again.has(step) || path.never.has(step);
}
