import type { FileFacts, FunctionFact } from '../facts/index.ts';
import type { History, Lifecycles } from '../lifecycle/index.ts';
import { levelOf, rankOf, type Id, type Module, type OpsEntry, type Program } from '../program/index.ts';
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

/** Whose exit callback may use the per-net data of whom. */
export interface Pair {
  readonly user: Home;
  readonly used: Home;
}

interface Context {
  readonly input: AnalysisInput;
  readonly program: Program;
  readonly lifecycles: Lifecycles;
  readonly lives: readonly Module[];
  /** How each ops is registered, as far as modules have been run. */
  readonly kinds: ReadonlyMap<Id, Registered>;
  /** Told when anything is run. */
  readonly onRun: () => void;
}

/**
 * Histories of two modules at once, where an exit callback of the one may come by the id of an ops of the other, which is
 * known to have exited by then. What is known without a configuration: a namespace's devices go before its subsystems
 * (cleanup_net() goes backwards, and first_device is behind all subsystems), and of two that can only be built in, the
 * one of the earlier initcall level registers first (INIT_CALLS in include/asm-generic/vmlinux.lds.h).
 */
export function* acrossModules(
  context: Context,
): Generator<Pair & { readonly history: History; readonly lifecycles: Lifecycles }> {
  for (const { user, used } of pairsIn(context)) {
    context.onRun();
    const lifecycles = withBodies(used.ops, context);
    const history = lifecycles.together(user.module, used.module);
    if (history) yield { user, used, history, lifecycles };
  }
}

function* pairsIn(context: Context): Generator<Pair> {
  const { program, lifecycles } = context;
  const homes = new Homes(context);
  const all = program.allOps();
  for (const user of all.flatMap((ops) => homes.known(ops) ?? [])) {
    for (const ops of all) {
      if (!lifecycles.mayUseAtExit(user.ops, ops)) continue;
      const used = homes.of(ops);
      if (!used || isSame(user.module, used.module) || !exitsBefore(used, user)) continue;
      yield { user, used };
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

  /** The same of one whose module is not in focus: it is run to see how it registers, and nothing else is asked of it. */
  of(ops: OpsEntry): Home | null {
    const { input, program, lifecycles } = this.context;
    if (!input.focus || this.context.kinds.has(ops.id)) return this.known(ops);
    const kinds = new Map<Id, Registered>();
    for (const module of this.modules.filter(({ file }) => file === ops.file)) {
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

/** Whether one ops is known to exit before another for each namespace. */
function exitsBefore(one: Home, other: Home): boolean {
  if (one.devices.size !== 1 || other.devices.size !== 1) return false;
  if (one.devices.has(true) !== other.devices.has(true)) return one.devices.has(true);
  if (one.module.unloadable || other.module.unloadable) return false;
  const [registered, before] = [one, other].map(({ module }) => levelOf(module.init?.call.macro ?? ''));
  return registered !== undefined && before !== undefined && rankOf(before) < rankOf(registered);
}

function isSame(a: Module, b: Module): boolean {
  return keyOf(a) === keyOf(b);
}

function keyOf({ file, init }: Module): string {
  return init?.fn.id ?? file;
}
