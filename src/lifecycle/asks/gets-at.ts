import type { OpsEntry, Program } from '../../program/program.ts';
import type { Reach, Way } from '../../program/reach.ts';
import { plainName } from '../../program/statics.ts';
import { besideItem, usesBeside } from './beside-item.ts';
import type { Callables } from './callables.ts';
import { mostStepsToMember } from './data-put.ts';
import { isArmedIn, mayEndBefore, type FreeSite } from '../bodies/may-end-before.ts';
import type { PairsByCall } from '../resources/index.ts';
import type { TraceStep } from '../paths/trace.ts';

/** A member of per-net data: what `net_generic()` yields, or a getter that was not read (`#foo_pernet()`). */
const behindGetter = /^&?(?:generic\([^)]*\)|#\w+\(\))->(\w+(?:\.\w+)*)$/;

interface Means {
  readonly program: Program;
  readonly reach: Reach;
  readonly table: PairsByCall;
  readonly callables: Callables;
  /** The functions that a work item or a timer of a file runs, by its text. */
  readonly runnersOf: (file: string, text: string) => readonly string[];
}

/** Who gets at a place of the namespace: what can be called from outside, and what runs by itself. */
export class GetsAt {
  constructor(private readonly means: Means) {}

  /**
   * Whether what an acquisition lets the outside call gets at a place of the namespace (`@net->foo.bar`,
   * `generic(foo_net_id)->bar`) or a global, as `ops`' own callbacks name it; with `only`, a variable that is static in that
   * file, where others mean another one by its name.
   */
  called(step: TraceStep & { readonly t: 'acquire' }, at: string, ops: OpsEntry | null, only: string | null): boolean {
    return this.leadTo(this.means.callables.of(step), at, ops, only);
  }

  /**
   * The same of what a work item or a timer of a file runs that is stopped only after the place was freed: the function that
   * does, null when none is known to.
   */
  running(
    file: string,
    running: { readonly text: string; readonly of: string },
    at: string,
    ops: OpsEntry | null,
    free: FreeSite,
  ): string | null {
    const { program, reach } = this.means;
    const runners = this.means.runnersOf(file, running.text);
    const wordsOf = (name: string): ReadonlyMap<string, Way> =>
      reach.from(program.resolveFunction(file, name)?.file ?? file, name, 'calls');
    const found = runners.find((name) => this.leadTo(wordsOf(name), at, ops, null));
    const beside = found === undefined ? besideItem(running.of, at) : null;
    const uses = (name: string): boolean => {
      const fn = program.resolveFunction(file, name);
      return beside !== null && fn !== undefined && usesBeside(fn, beside);
    };
    const runner = found ?? runners.find(uses) ?? null;
    if (runner === null || beside === null) return runner;
    return isArmedIn(program, file, beside.item) && !mayEndBefore(this.means, free, beside) ? runner : null;
  }

  /** Whether functions that lead to some words get at a place. */
  private leadTo(words: ReadonlyMap<string, Way>, at: string, ops: OpsEntry | null, only: string | null): boolean {
    const near = (word: string): boolean => {
      const way = words.get(word);
      if (way === undefined || (only !== null && way.file !== only)) return false;
      return way.within && way.steps <= mostStepsToMember;
    };
    const member = behindGetter.exec(at)?.[1];
    if (member === undefined)
      return near(
        plainName(at)
          .replace(/^&/, '')
          .replace(/^@net->/, 'net->'),
      );
    const own = ops ? this.means.callables.ofCallbacks(ops, (field) => /^(init|pre_exit|exit)/.test(field)) : [];
    return [...own].some((word) => word.startsWith('>') && word.endsWith(`->${member}`) && near(word));
  }
}
