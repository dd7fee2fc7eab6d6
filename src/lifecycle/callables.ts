import { expressionsOf, walkExpression, type At, type Expr } from '../facts/ir.ts';
import { askedFor, memberWord } from '../facts/words.ts';
import type { FunctionEntry, Program } from '../program/program.ts';
import type { Reach, Way } from '../program/reach.ts';
import { plainName } from '../program/statics.ts';
import type { Named } from './member-gates.ts';
import type { Opening } from './openings.ts';
import { printExpression } from './print.ts';
import type { Place } from './trace.ts';

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

  /**
   * What the elements of a table point into that is passed by the function which fills it in, `net->foo.limits` of
   * `table[0].data = &net->foo.limits->high`: who reads or writes the file of such a sysctl comes to it
   * (kernel/sysctl.c, proc_dointvec()).
   */
  private pointedAt({ file, fn, at }: Place): string[] {
    const steps = (this.program.functionById(`${file}#${fn}`)?.fact.blocks ?? []).flatMap((block) => block.steps);
    const calls = steps.flatMap((step) => (step.s === 'declare' ? (step.init ?? []) : step.of));
    const call = calls.flatMap((of) => [...walkExpression(of)]).find((e) => e.k === 'call' && isSame(e.at, at));
    if (call?.k !== 'call') return [];
    // Whoever asks is asked again when the function comes to something else.
    this.reach.from(file, fn);
    const passed = new Set(call.args.filter((arg) => arg.k === 'id' || arg.k === 'field').map(printExpression));
    return steps.flatMap((step) => {
      if (step.s === 'declare' || step.of.k !== 'assign' || step.of.to.k !== 'field') return [];
      const { of: element, name } = step.of.to;
      const isOfTable = element.k === 'index' && passed.has(printExpression(element.of));
      return isOfTable && pointers.has(name) ? pointedInto(step.of.from) : [];
    });
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

/** The members of struct ctl_table by which its handlers get at something (include/linux/sysctl.h). */
const pointers: ReadonlySet<string> = new Set(['data', 'extra1', 'extra2']);

/** What a member, or an element, lies in whose address is taken, if that is somewhere else than the pointer to it. */
function pointedInto(e: Expr): string[] {
  if (e.k !== 'unary' || e.op !== '&') return [];
  let inner = e.of;
  while (inner.k === 'field' && !inner.arrow) inner = inner.of;
  if ((inner.k !== 'field' && inner.k !== 'index') || inner.of.k !== 'field') return [];
  const { of } = inner;
  // The word for what lies behind another pointer than the namespace's tells which member it is.
  const isOwn = of.arrow && of.of.k === 'id' && of.of.name !== 'net';
  return [isOwn ? memberWord(of.of.name, of.name) : printExpression(of)];
}

function isSame(one: At, other: At): boolean {
  return one.join() === other.join();
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
