import type { AskedState } from '../asks/asked-state.ts';
import type { Dialect, NetnsEvent } from '../../netns/index.ts';
import type { Program } from '../../program/program.ts';
import { boot, declarationsOf, describe, historyOf, type History, type Path } from './history.ts';
import { play, type Called, type Item, type Script } from './play.ts';
import { OpsNames } from './source-event.ts';

const net = 'one';

/** Executes the callbacks of one ops for one namespace on the model. */
export function driveNamespace(
  path: Path,
  program: Program,
  state: AskedState,
  options: { readonly dialect: Dialect; readonly changes?: boolean },
): History {
  const script = scriptOfNamespace(path, program, options.dialect);
  return historyOf(path, script.names, play(script, options), state);
}

/**
 * The callbacks of one ops for one namespace as a script for the model (net/core/net_namespace.c, setup_net() and
 * cleanup_net()): the source's own steps stand after the model's event that calls the callback.
 */
export function scriptOfNamespace(
  path: Path,
  program: Program,
  dialect: Dialect,
): Script & { readonly names: OpsNames } {
  const { ops } = path.of!;
  const names = new OpsNames(program);
  const name = names.nameOf(ops.id) ?? ops.fact.name;
  const fails = path.fate === 'init-failed';
  const items: Item[] = [
    ...boot,
    { phase: 'boot', step: { step: 'register_pernet_subsys', ops: name } },
    ...(fails ? [{ phase: 'loaded' as const, step: { step: 'fail_init' as const, ops: name } }] : []),
    { phase: 'loaded', step: { step: 'copy_net_ns', net } },
  ];
  if (!fails)
    items.push({ phase: 'loaded', step: { step: 'put_net', net } }, { phase: 'loaded', step: { step: 'cleanup_net' } });
  const called = (event: NetnsEvent): Called[] =>
    netsOf(event).includes(net) ? calledBy(event, net, new Map([[name, path]])) : [];
  return { description: describe(path), ops: declarationsOf(names, dialect), items, names, called, end: 'gone' };
}

/** What the source does in the callback that an event tells of, for one namespace, by the paths of the ops' callbacks. */
export function calledBy(event: NetnsEvent, of: string, paths: ReadonlyMap<string, Path>): Called[] {
  const path = 'ops' in event ? paths.get(event.ops) : undefined;
  if (!path) return [];
  const isInit = event.event === 'init';
  const steps = isInit ? path.load : path.of?.phases.find(({ callback }) => callback === event.event)?.steps;
  return steps && steps.length > 0 ? [{ net: of, phase: isInit ? 'load' : 'unload', steps }] : [];
}

/** The namespaces that a callback was called for. */
export function netsOf(event: NetnsEvent): readonly string[] {
  if ('net' in event && typeof event.net === 'string') return [event.net];
  return 'nets' in event ? event.nets : [];
}
