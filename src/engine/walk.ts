import type { FileFacts } from '../facts/index.ts';
import { rootsOf, type History, type Lifecycles } from '../lifecycle/index.ts';
import { dialectWith } from '../netns/index.ts';
import { livesOf, livesOfPassed, type Module, type OpsEntry, type Program } from '../program/index.ts';
import { Collector } from '../rules/index.ts';
import { acrossModules } from './across.ts';
import type { AnalysisInput, Looked } from './analysis.ts';
import { isNear, touches } from './focus.ts';
import { Gaps } from './gaps.ts';
import { moduleNameOf, noteRegistration, type Registered } from './kinds.ts';
import { linked } from './link.ts';
import { filesOf } from './life-files.ts';
import { partOf, type MadePart, type Part } from './part.ts';
import { Registrations } from './reading.ts';
import { PartKeys } from './stock.ts';

/** A program with its lifecycles, and keys for the parts of its analysis where results are kept. */
export interface Whole {
  readonly program: Program;
  readonly lifecycles: Lifecycles;
  readonly lives: readonly Module[];
  readonly keys: PartKeys | undefined;
}

/** A part of an analysis that is to be made, or taken over from an earlier run. */
interface PlannedPart {
  readonly key: string | null | undefined;
  readonly make: (part: Part) => void;
}

/** The way through a program: decides what there is to run, runs it part by part, and keeps what that comes to. */
export class Walk {
  readonly collector: Collector;
  readonly owners = new WeakMap<History, Lifecycles>();
  readonly kinds = new Map<string, Registered>();
  readonly looked: Looked[] = [];
  readonly ops = new Map<string, OpsEntry>();
  readonly registrations = new Registrations();
  readonly gaps: Gaps;

  /** Whether modules were run together, or others than those in focus. */
  isAcross = false;
  /** What was decided to be run. */
  readonly told: string[] = [];
  /** The functions where the lives begin and end that concern an ops. */
  readonly roots: string[] = [];
  /** The lifecycles of other readings, that what is run is asked of. */
  readonly others: Lifecycles[] = [];

  /** What was given, with what the files say of the kernel. */
  readonly input: AnalysisInput;

  /** A dry one decides what there is to run, and runs nothing. */
  constructor(
    given: AnalysisInput,
    private readonly isDry = false,
  ) {
    const members = given.read.facts.flatMap(({ ops }) => ops.flatMap(({ fields }) => fields.map(({ name }) => name)));
    this.input = { ...given, dialect: dialectWith(given.dialect, members) };
    const { severityOf } = given;
    this.collector = new Collector({ severityOf });
    this.gaps = new Gaps(given);
  }

  /** Decides what there is to run, and runs it. */
  go(): Whole {
    const { input } = this;
    const link = (): Whole => this.link();
    const whole = input.clock ? input.clock('link', link) : link();
    const { program, lifecycles, lives, keys } = whole;
    for (const facts of input.read.facts) this.noteOps(facts);
    const parts: PlannedPart[] = [];
    for (const module of [...lives, ...livesOfPassed(program, input.moduleInfo)]) {
      if (!lifecycles.concerns(module)) continue;
      const reach = lifecycles.reach(module);
      this.roots.push(...rootsOf(module));
      for (const id of reach) this.gaps.reached.add(id);
      const files = filesOf(module, reach, lifecycles);
      if (!this.inFocus(files, { program, lifecycles, reach })) continue;
      if (!module.passed) this.looked.push({ module, lifecycles });
      const make = (part: Part): void => {
        part.runModule({ program, lifecycles, module, files });
      };
      parts.push({ key: keys?.ofModule(module), make });
    }
    this.takeAll(parts);
    this.takeAll(this.hiddenParts(whole));
    this.takeAll(this.callbackParts(whole));
    const across = this.isDry
      ? []
      : acrossModules({ input, ...whole, kinds: this.kinds, onRun: () => (this.isAcross = true) });
    for (const { history, lifecycles: owner, use } of across) {
      this.owners.set(history, owner);
      this.collector.addTogether(history, use);
    }
    return whole;
  }

  /** Links the program. */
  private link(): Whole {
    const { dialect, moduleInfo, stock, ...input } = this.input;
    const { program, lifecycles } = linked(input.read.facts, this.input);
    const lives = livesOf(program, moduleInfo);
    const keys =
      stock && input.focus === undefined
        ? new PartKeys(program, lifecycles, { ...stock, dialect, lives, moduleInfo })
        : undefined;
    return { program, lifecycles, lives, keys };
  }

  /** Files with pernet code in an arm that is left out: read with that arm's option off, in the whole program. */
  private hiddenParts({ program, lives, keys }: Whole): PlannedPart[] {
    const parts: PlannedPart[] = [];
    for (const facts of this.input.read.facts) {
      if (!isNear(this.input.focus, facts.file)) continue;
      for (const option of facts.hiddenBy) {
        const other = this.input.reread(facts.file, option);
        if (!other) continue;
        this.noteOps(other);
        const make = (part: Part): void => {
          part.runHidden({
            program,
            lives,
            other,
            option,
            ownerOf: (ops) => ({ ...this.ownerOf(ops), init: null, exits: [] }),
            isInFocus: (files, varied) => this.inFocus(files, varied),
            keysOf: (varied) => keys?.hiddenLives(other, option, varied.lifecycles),
          });
        };
        parts.push({ key: keys?.ofHidden(other, option), make });
      }
    }
    return parts;
  }

  /** Every ops' callbacks, run for a namespace. */
  private callbackParts({ program, lifecycles, keys }: Whole): PlannedPart[] {
    const parts: PlannedPart[] = [];
    for (const ops of program.allOps()) {
      const files = lifecycles.filesOfCallbacks(ops);
      if (!touches(this.input.focus, files)) continue;
      const { name, file, unloadable } = this.ownerOf(ops);
      const module = { name, file, unloadable };
      const make = (part: Part): void => {
        part.runCallbacks({ lifecycles, ops, module: { ...module, init: null, exits: [] } });
      };
      parts.push({ key: keys?.ofCallbacks(ops.id, module), make });
    }
    return parts;
  }

  /** Takes over what parts of the analysis come to: made now, or by an earlier run from the same. */
  private takeAll(parts: readonly PlannedPart[]): void {
    for (const { key, make } of parts) {
      this.input.checkpoint?.();
      this.take(partOf(this.input, key, make, this.isDry));
    }
  }

  private take({ result, part }: MadePart): void {
    // Of a whole tree nothing is asked again: what would be asked need not stay.
    if (part && this.input.focus) {
      this.told.push(...part.told);
      this.others.push(...part.others);
    }
    this.collector.adopt(result.breaches, (breach) => {
      // Of a whole tree no run is shown: what it was made from need not stay.
      const made = this.input.focus && part?.historyOf(breach);
      if (made) this.owners.set(made.history, made.lifecycles);
      return made?.history;
    });
    this.gaps.take(result);
    for (const registration of result.registrations) noteRegistration(registration, this.kinds);
    this.registrations.adopt(result.registered);
    for (const id of result.reachedElsewhere) this.gaps.reachedElsewhere.add(id);
  }

  /** The module that registers an ops, or what is known of the one that it lies in. */
  private ownerOf({ id, file }: OpsEntry): Pick<Module, 'name' | 'file' | 'unloadable'> {
    const known = this.kinds.get(id)?.module;
    return known ?? { name: moduleNameOf(file, this.input.moduleInfo(file)), file, unloadable: false };
  }

  private noteOps({ file, ops }: FileFacts): void {
    for (const fact of ops) {
      const id = `${file}#${fact.name}`;
      if (!this.ops.has(id)) this.ops.set(id, { id, file, fact });
    }
  }

  /** Whether a module's life runs through the file in question, or brings an ops of it to life. */
  private inFocus(
    files: ReadonlySet<string>,
    of: { program: Program; lifecycles: Lifecycles; reach: ReadonlySet<string> },
  ): boolean {
    const { focus } = this.input;
    if (focus === undefined || touches(focus, files)) return true;
    return [...of.reach].some((id) => {
      const fn = of.program.functionById(id);
      return (
        fn !== undefined &&
        of.lifecycles.matters(id) &&
        [...of.program.calls(id)].some((name) => focus.files.has(of.program.resolveOps(fn.file, name)?.file ?? ''))
      );
    });
  }
}
