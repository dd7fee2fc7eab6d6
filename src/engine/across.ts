import type { FileFacts, FunctionFact } from '../facts/index.ts';
import type { History, Lifecycles, When } from '../lifecycle/index.ts';
import { LoadOrder, type Id, type Module, type OpsEntry, type Program } from '../program/index.ts';
import type { AnalysisInput } from './analysis.ts';
import { noteRegistration, type Registered } from './kinds.ts';
import { linked } from './link.ts';
import { filesOf, Part } from './part.ts';

/** How an ops is registered, and by which of the program's modules. */
export interface Home {
  readonly ops: OpsEntry;
  readonly devices: ReadonlySet<boolean>;
  readonly module: Module;
}

/** Whose callback may use the per-net data of whom, while that is known not to be there. */
export interface Pair {
  readonly user: Home;
  readonly used: Home;
  readonly at: When;
  /** How it is known that the module of the used one starts later; null where it need not be. */
  readonly why: string | null;
}

interface Context {
  readonly input: AnalysisInput;
  readonly program: Program;
  readonly lifecycles: Lifecycles;
  readonly lives: readonly Module[];
  /** How each ops is registered, as far as modules have been run. */
  readonly kinds: ReadonlyMap<Id, Registered>;
  /** Told when anything is run, or asked that is not noted. */
  readonly onRun: () => void;
}

/**
 * Histories of two modules at once, where an exit callback of the one may come by the id of an ops of the other, which is
 * known to have exited by then, or an init callback by one that is known to be set up only later. A namespace's devices are
 * set up after its subsystems and go before them (setup_net() and cleanup_net() go along pernet_list, and first_device is
 * behind all subsystems), whatever the modules; of two of one kind, the one whose module starts first comes first.
 */
export function* acrossModules(
  context: Context,
): Generator<Pair & { readonly history: History; readonly lifecycles: Lifecycles }> {
  for (const pair of pairsIn(context)) {
    context.onRun();
    const lifecycles = withBodies(pair.used.ops, context);
    const history = lifecycles.together(pair.user.module, pair.used.module);
    if (history) yield { ...pair, history, lifecycles };
  }
}

function* pairsIn(context: Context): Generator<Pair> {
  const { input, program, lifecycles, onRun } = context;
  const homes = new Homes(context);
  const order = new LoadOrder({ ...input, program, onUses: onRun });
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

/** The modules that register ops. */
class Homes {
  private readonly modules: readonly Module[];

  constructor(private readonly context: Context) {
    this.modules = context.lives.filter(({ init }) => init !== null);
  }

  /** Where an ops is registered, as far as modules have been run. */
  known(ops: OpsEntry, kinds = this.context.kinds): Home | null {
    const registered = kinds.get(ops.id);
    const of = this.modules.filter(
      ({ file, name }) => file === registered?.module.file && name === registered.module.name,
    );
    return registered && of.length === 1 ? { ops, devices: registered.devices, module: of[0]! } : null;
  }

  /** The modules that may register an ops. */
  modulesOf(ops: OpsEntry): readonly Module[] {
    const known = this.known(ops)?.module;
    return known ? [known] : this.modules.filter(({ file }) => file === ops.file);
  }

  /** The same of one whose module is not in focus: it is run to see how it registers, and nothing else is asked of it. */
  of(ops: OpsEntry): Home | null {
    const { input, program, lifecycles } = this.context;
    if (!input.focus || this.context.kinds.has(ops.id)) return this.known(ops);
    const kinds = new Map<Id, Registered>();
    for (const module of this.modulesOf(ops)) {
      this.context.onRun();
      const part = new Part(input);
      part.runModule({ program, lifecycles, module, files: filesOf(module, lifecycles.reach(module), lifecycles) });
      for (const registration of part.result().registrations) noteRegistration(registration, kinds);
    }
    return this.known(ops, kinds);
  }
}

/** The program with all that gets at an ops' data: what others call of its file need not have been read so far. */
function withBodies(ops: OpsEntry, { input }: Context): Lifecycles {
  const id = ops.fact.fields.find(({ name }) => name === 'id')?.text.replace(/^&/, '') ?? '';
  const facts = input.bodies(ops.file, [id]);
  const bodies = new Map(facts?.functions.map((fact) => [fact.name, fact]));
  const functionsOf = ({ functions }: FileFacts): readonly FunctionFact[] =>
    functions.map((fact) => (fact.blocks ? fact : (bodies.get(fact.name) ?? fact)));
  const read = input.read.facts.map((each) =>
    each.file === ops.file ? { ...each, functions: functionsOf(each) } : each,
  );
  return linked(read, input).lifecycles;
}

function isSame(a: Module, b: Module): boolean {
  return keyOf(a) === keyOf(b);
}

function keyOf({ file, init }: Module): string {
  return init?.fn.id ?? file;
}
