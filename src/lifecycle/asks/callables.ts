import { expressionsOf, walkExpression, type Expr } from '../../facts/ir.ts';
import { askedFor } from '../../facts/words.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import type { Reach, Way } from '../../program/reach.ts';
import { plainName } from '../../program/statics.ts';
import type { Named } from '../bodies/member-gates.ts';
import type { Opening } from './openings.ts';
import { pointedAt } from '../bodies/pointed-at.ts';
import type { Place } from '../paths/trace.ts';

/** What acquisitions let the outside call: the words that the functions which they were passed lead to. */
export class Callables {
  private readonly known = new Map<
    string,
    { readonly value: ReadonlyMap<string, Way>; readonly walks: ReadonlySet<string> }
  >();

  constructor(
    private readonly program: Program,
    private readonly reach: Reach,
  ) {}

  /** All words that the functions which an acquisition was passed lead to. */
  of({ args, place }: Pick<Opening, 'args' | 'place'>): ReadonlyMap<string, Way> {
    // Values that are not known lead nowhere, whatever their number is.
    const key = `${place.file}|${place.fn}|${args.join().replace(/#\d+/g, '#')}`;
    const known = this.known.get(key);
    if (known) {
      this.reach.hear(known.walks);
      return known.value;
    }
    const made = this.reach.listen(() => this.ledTo(args, place));
    this.known.set(key, made);
    return made.value;
  }

  /** All words that some callbacks of an ops lead to. */
  ofCallbacks({ file, fact: { fields } }: OpsEntry, wanted: (field: string) => boolean): Set<string> {
    const words = new Set<string>();
    for (const { name, text } of fields) {
      const fn = wanted(name) ? this.program.lookUp(file, text.replace(/^&/, '')) : undefined;
      if (fn) for (const word of this.reach.from(fn.file, fn.fact.name).keys()) words.add(word);
    }
    return words;
  }

  private ledTo(args: readonly string[], place: Place): ReadonlyMap<string, Way> {
    const words = new Map<string, Way>();
    for (const { file, name } of this.rootsOf({ args, place }))
      for (const [word, way] of this.reach.from(file, name)) if (!words.has(word)) words.set(word, way);
    for (const word of this.pointedAt(place))
      if (!words.has(word)) words.set(word, { steps: 1, within: true, beside: true, file: place.file });
    return words;
  }

  /** The functions and variables that an acquisition was passed. */
  rootsOf({ args, place }: Pick<Opening, 'args' | 'place'>): readonly Named[] {
    return args.flatMap((arg) => {
      const fn = /^&fn:(.*)#(\w+)$/.exec(arg);
      if (fn) return [{ file: fn[1]!, name: fn[2]! }];
      // An array goes by its bare name; what is handed a part of something is not handed the rest.
      const variable = /^&?([A-Za-z_]\w*)(?:$|\[)/.exec(plainName(arg));
      return variable ? [{ file: place.file, name: variable[1]! }] : this.setIn(arg, place);
    });
  }

  private pointedAt({ file, fn, at }: Place): readonly string[] {
    const fact = this.program.functionById(`${file}#${fn}`)?.fact;
    const words = fact ? pointedAt(fact, this.program.facts(file)?.ops ?? [], at) : [];
    // Whoever asks is asked again when the function comes to something else.
    if (fact) this.reach.from(file, fn);
    return words;
  }

  /**
   * What the function that passes the address of a local structure, or of one in a namespace's data, puts into it:
   * `fn->nb.notifier_call = foo_event`, `struct netlink_kernel_cfg cfg = { .input = foo_rcv }`.
   */
  private setIn(arg: string, { file, fn }: Place): { file: string; name: string }[] {
    const of = /^&.*?(?:->|\.|%)(\w+)$/.exec(arg)?.[1];
    const blocks = (of === undefined ? null : this.program.functionById(`${file}#${fn}`)?.fact.blocks) ?? [];
    const values = blocks.flatMap(({ steps }) =>
      steps.flatMap((step) => {
        if (step.s === 'declare')
          return step.name === of && step.init?.k === 'init' ? step.init.members.map(({ value }) => value) : [];
        const { of: e } = step;
        if (e.k !== 'assign' || e.to.k !== 'field') return [];
        const into = e.to.of;
        return (into.k === 'field' || into.k === 'id') && into.name === of ? [e.from] : [];
      }),
    );
    return values.flatMap((value) => (value.k === 'id' ? [{ file, name: value.name }] : []));
  }
}

/** The calls that a function itself passes a variable, or its address. */
export function callsPassing({ fact }: FunctionEntry, name: string): string[] {
  const isIt = (arg: Expr): boolean =>
    arg.k === 'unary' && arg.op === '&' ? isIt(arg.of) : arg.k === 'id' && arg.name === name;
  return [...expressionsOf(fact.blocks ?? [])].flatMap((whole) =>
    [...walkExpression(whole)].flatMap((e) =>
      e.k === 'call' && e.fn.k === 'id' && e.args.some(isIt) ? e.fn.name : [],
    ),
  );
}

/** In how few steps one of some words asks whether a getter found anything. */
export function firstAsking(words: ReadonlyMap<string, Way>): number {
  let first = Infinity;
  for (const [word, { steps }] of words) if (steps < first && word.startsWith(askedFor(''))) first = steps;
  return first;
}
