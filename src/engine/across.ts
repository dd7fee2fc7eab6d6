import type { DataUse, History, Lifecycles } from '../lifecycle/index.ts';
import { LoadOrder } from '../program/index.ts';
import { keyOfUse, type UseAcross } from '../rules/index.ts';
import { Homes, isSame, withBodies, type Context, type Home } from './homes.ts';
import { thingsAcross } from './things-across.ts';

/** Whose callback may use the per-net data of whom, while that is known not to be there. */
interface Pair {
  readonly user: Home;
  readonly used: Home;
  readonly at: DataUse['at'];
  /** How it is known that the module of the used one starts later; null where it need not be. */
  readonly why: string | null;
}

/** A history of two modules, and what to look for in it. */
export interface Across {
  readonly history: History;
  readonly lifecycles: Lifecycles;
  readonly use: UseAcross;
}

const rules = { init: 'pernet/generic-outside-registration', exit: 'pernet/exit-uses-later-ops' } as const;

/**
 * Histories of two modules at once, where an exit callback of the one may come by the id of an ops of the other, which is
 * known to have exited by then, or an init callback by one that is known to be set up only later. A namespace's devices are
 * set up after its subsystems and go before them (setup_net() and cleanup_net() go along pernet_list, and first_device is
 * behind all subsystems), whatever the modules; of two of one kind, the one whose module starts first comes first.
 */
export function* acrossModules(context: Context): Generator<Across> {
  const homes = new Homes(context);
  const order = new LoadOrder({ ...context.input, program: context.program, onUses: context.onRun });
  for (const { user, used, at, why } of pairsIn(context, homes, order)) {
    context.onRun();
    // What others call of its file need not have been read so far.
    const id = context.lifecycles.state.idOf(used.ops);
    const lifecycles = withBodies(used.ops.file, id === undefined ? [] : [id], context);
    const history = lifecycles.together(user.module, used.module);
    const key = keyOfUse(user.ops, used.ops);
    const use: UseAcross = { rule: rules[at], isIt: (problem) => problem.key === key, why };
    if (history) yield { history, lifecycles, use };
  }
  yield* thingsAcross(context, homes, order);
}

function* pairsIn({ program, lifecycles }: Context, homes: Homes, order: LoadOrder): Generator<Pair> {
  for (const user of program.allOps().flatMap((ops) => homes.known(ops) ?? [])) {
    for (const { used: id, at } of lifecycles.mayUse(user.ops)) {
      const ops = program.opsEntry(id)!;
      // Which of two modules starts first is told without running the other one.
      const mayDiffer = !user.devices.has(true) && lifecycles.mayBeDevice(ops);
      const firsts = homes.modulesOf(ops).map((module) => order.isFirst(user.module, module));
      if (!mayDiffer && firsts.every((why) => why === null)) continue;
      const used = homes.of(ops);
      if (!used || isSame(user.module, used.module) || user.devices.size !== 1 || used.devices.size !== 1) continue;
      const [isDevice, isUsedDevice] = [user.devices.has(true), used.devices.has(true)];
      const why = isDevice === isUsedDevice ? order.isFirst(user.module, used.module) : null;
      if (isDevice === isUsedDevice ? why !== null : isUsedDevice) yield { user, used, at, why };
    }
  }
}
