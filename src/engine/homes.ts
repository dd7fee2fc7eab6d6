import type { FileFacts, FunctionFact } from '../facts/index.ts';
import type { Lifecycles } from '../lifecycle/index.ts';
import type { Id, Module, OpsEntry, Program } from '../program/index.ts';
import type { AnalysisInput } from './analysis.ts';
import { noteRegistration, type Registered } from './kinds.ts';
import { linked } from './link.ts';
import { filesOf } from './life-files.ts';
import { Part } from './part.ts';

/** How an ops is registered, and by which of the program's modules. */
export interface Home {
  readonly ops: OpsEntry;
  readonly devices: ReadonlySet<boolean>;
  readonly module: Module;
}

/** What is known when modules are looked at two at once. */
export interface Context {
  readonly input: AnalysisInput;
  readonly program: Program;
  readonly lifecycles: Lifecycles;
  readonly lives: readonly Module[];
  /** How each ops is registered, as far as modules have been run. */
  readonly kinds: ReadonlyMap<Id, Registered>;
  /** Told when anything is run, or asked that is not noted. */
  readonly onRun: () => void;
}

/** The modules that register ops. */
export class Homes {
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

/** The program with all bodies of a file that mention one of some names, or call what does. */
export function withBodies(file: string, names: readonly string[], { input }: Pick<Context, 'input'>): Lifecycles {
  const facts = input.bodies(file, names);
  const bodies = new Map(facts?.functions.map((fact) => [fact.name, fact]));
  const functionsOf = ({ functions }: FileFacts): readonly FunctionFact[] =>
    functions.map((fact) => (fact.blocks ? fact : (bodies.get(fact.name) ?? fact)));
  const read = input.read.facts.map((each) => (each.file === file ? { ...each, functions: functionsOf(each) } : each));
  return linked(read, input).lifecycles;
}

/** Whether two modules are one. */
export function isSame(a: Module, b: Module): boolean {
  return keyOf(a) === keyOf(b);
}

function keyOf({ file, init }: Module): string {
  return init?.fn.id ?? file;
}
