import { nameOfResource, type History, type TraceStep } from '../lifecycle/index.ts';
import { lastExitEventOf } from './reading.ts';
import type { Problem } from './rule.ts';

const allocates = /^alloc_(?:netdev|etherdev)(?:_mqs?)?$/;

/** A device of an init's own that exit callbacks unregister, and that nothing frees: its setup does not have the core do it. */
export function devicesNotFreed(history: History): Problem[] {
  const { of, load, unload } = history.path;
  const exit = of?.phases.at(-1)?.fn;
  if (!of || !exit) return [];
  const isOf = (step: TraceStep, kind: string): step is TraceStep & { readonly t: 'release' } =>
    step.t === 'release' && step.targets.some(({ pair }) => pair.kind === kind);
  if (unload.some((step) => isOf(step, 'net device memory'))) return [];
  return load.flatMap((step) => {
    if (step.t !== 'acquire' || !allocates.test(step.call) || step.at === null) return [];
    const { place } = step;
    const ends = unload.find(
      (each) =>
        isOf(each, 'registered net device') &&
        each.origins.some(({ at, file }) => at === place.at && file === place.file),
    );
    if (ends?.t !== 'release' || !isLeft(history, step)) return [];
    return [
      {
        spot: { file: exit.file, at: exit.fact.at },
        fn: exit.fact.name,
        ops: of.ops,
        message:
          `${exit.fact.name}() leaves ${nameOfResource(step)}, which ${history.init?.fact.name ?? 'init'}() acquires for ` +
          `every namespace: free_netdev() is missing behind ${ends.call}(), since nothing sets needs_free_netdev, and it ` +
          `leaks with each namespace that dies`,
        failing: lastExitEventOf(history),
        related: [{ ...place, message: `acquired here by ${step.call}()` }],
        about: nameOfResource(step),
        key: `${place.file}:${place.at.join(':')}|${of.ops.id}`,
      },
    ];
  });
}

/** Whether neither the core nor anything else that may be called frees a device. */
function isLeft(
  { state, path: { of } }: History,
  { call, args, place }: TraceStep & { readonly t: 'acquire' },
): boolean {
  const [, file, name] =
    args.flatMap((arg) => [/^&fn:([^#]+)#(\w+)$/.exec(arg) ?? []]).find(({ length }) => length > 0) ?? [];
  const setup = file !== undefined && name !== undefined ? { file, name } : null;
  if (!of || (setup === null) !== call.startsWith('alloc_etherdev')) return false;
  const devices = state.bodies.plainDevices(place.file, setup);
  if (!devices) return false;
  const { ops, phases } = of;
  const ofInit = devices.freeing.every((each) => state.leadsTo(ops, 'init', each) || isInit(ops, each));
  const init = ops.fact.fields.find(({ name }) => name === 'init')?.text;
  if (init === undefined || state.leavesToOthers({ file: ops.file, name: init })) return false;
  return (
    ofInit &&
    phases.every(
      ({ fn }) =>
        !state.callsOneOf(fn.file, fn.fact.name, ['free_netdev', 'free_netdev()', ...devices.freeing]) &&
        !state.leavesToOthers({ file: fn.file, name: fn.fact.name }),
    )
  );
}

function isInit(ops: NonNullable<History['path']['of']>['ops'], name: string): boolean {
  return ops.fact.fields.some((field) => field.name === 'init' && field.text === name);
}
