import { expressionsOf, walkExpression, type Expr } from '../facts/ir.ts';
import { causeText, printExpression, type Path, type Place, type TraceStep } from '../lifecycle/index.ts';
import type { Program } from '../program/index.ts';

/** A longer call is not written out in a label. */
const longestCall = 70;

/** A longer condition is not written out in a label. */
const longestCondition = 32;

/** A label names no more conditions than this. */
const mostConditions = 3;

/** A label for each path that tells it from the others. */
export function labelsOf(paths: readonly Path[], program: Program): readonly string[] {
  const conditions = paths.map(conditionsOf);
  const labels = paths.map((path, index) => {
    if (path.fate === 'load-failed') return `load fails: ${path.cause ? stepOf(path.cause) : path.result}`;
    const others = conditions.filter((_, other) => other !== index && paths[other]!.fate === path.fate);
    // Of some way to fail all else is the background.
    const telling = tellingOf(conditions[index]!, others);
    const when = [...telling.filter(isFailure), ...telling.filter((text) => !isFailure(text))].map(shortened);
    const fate = path.fate === 'unloaded' ? 'load and unload' : 'load';
    return when.length === 0 ? fate : `${fate} (${when.join(', ')})`;
  });
  const calls = toldApart(labels, (index, label) => {
    const cause = paths[index]?.cause;
    const call = cause?.t === 'call' ? callAt(program, cause.place) : null;
    return cause?.t !== 'call' || call === null || call.length > longestCall
      ? label
      : label.replace(`${cause.name}()`, call);
  });
  const lineOf = (index: number): number | undefined => paths[index]?.cause?.place.at[0];
  const lines = told(calls, (alike) => {
    const all = alike.map(lineOf);
    return new Set(all).size === 1
      ? all.map(() => '')
      : all.map((line) => (line === undefined ? '' : ` (line ${line})`));
  });
  // Unwinding meets, and loops may differ in how often they run.
  const ways = told(lines, (alike) => differencesOf(alike.map((index) => paths[index]!)));
  const parting = told(ways, (alike) => partingOf(alike.map((index) => paths[index]!)));
  return toldApart(parting, (_, label, place, count) => `${label}, way ${place} of ${count}`);
}

/** Labels, with what tells those that several have apart behind each of them. */
function told(labels: readonly string[], tell: (alike: readonly number[]) => readonly string[]): readonly string[] {
  const results = [...labels];
  for (const alike of alikeOf(labels).values()) {
    if (alike.length < 2) continue;
    const texts = tell(alike);
    for (const [at, index] of alike.entries()) {
      results[index] = labels[index]! + texts[at]!;
    }
  }
  return results;
}

/** What each of some paths does that the others do not, or does more often or less. */
function differencesOf(paths: readonly Path[]): readonly string[] {
  const counts = paths.map((path) => countsOf([...path.load, ...path.unload]));
  const most = new Map<string, number>();
  for (const each of counts) for (const [text, count] of each) most.set(text, Math.max(count, most.get(text) ?? 0));
  const texts = [...most.keys()].filter((text) => counts.some((each) => each.get(text) !== most.get(text)));
  // What is asked and what fails says more than what is done.
  const sorted = [...texts.filter((text) => !isCall(text)), ...texts.filter(isCall)];
  const features = counts.map((each) =>
    sorted.flatMap((text) => oftenText(text, { count: each.get(text) ?? 0, most: most.get(text)! })),
  );
  return features.map((own, index) => {
    const others = features.filter((_, other) => other !== index);
    return tellingOf(own, others)
      .map((text) => `, ${shortened(text)}`)
      .join('');
  });
}

/** How often a path takes each step, by what it says. */
function countsOf(steps: readonly TraceStep[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const step of steps) {
    const text = stepText(step);
    if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

function stepText(step: TraceStep): string | null {
  switch (step.t) {
    case 'test':
      return causeText(step);
    case 'call':
      return step.outcome === 'succeeds' && step.failed !== true ? `${step.name}()` : causeText(step);
    case 'pernet':
      return step.ok ? `${step.call}(&${nameOf(step.ops)})` : stepOf(step);
    case 'enter':
      return `${step.name}()`;
    case 'acquire':
      return causeText(step);
    case 'release':
      return `${step.call}()`;
    default:
      return null;
  }
}

function isFailure(text: string): boolean {
  return text.endsWith(' fails');
}

/** A text in which a long condition lacks what stands in its brackets, and what is too long all the same. */
function shortened(text: string): string {
  return text.replace(/`([^`]+)`/g, (quoted, condition: string) => {
    if (condition.length <= longestCondition) return quoted;
    const short = condition.replace(/\[[^\]]*\]+|\((?:[^()]|\([^()]*\))+\)/g, (of) => `${of[0]!}…${of.at(-1)!}`);
    return `\`${short.length <= longestCondition ? short : `${short.slice(0, longestCondition - 1)}…`}\``;
  });
}

function isCall(text: string): boolean {
  return text.endsWith(')');
}

/** That a call is not made says something; that a condition is not met does where it is asked, which is another text. */
function oftenText(
  text: string,
  { count, most }: { readonly count: number; readonly most: number },
): readonly string[] {
  if (count === 0) return isCall(text) ? [`no ${text}`] : [];
  if (most === 1) return [text];
  return [`${text} ${count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`}`];
}

/** The lines at which each of some paths leaves those that it goes along with for longest. */
function partingOf(paths: readonly Path[]): readonly string[] {
  const ways = paths.map((path) => [...path.load, ...path.unload].map(({ place }) => place));
  const lines = paths.map((): number[] => []);
  for (let round = 0; round < mostConditions; round++) {
    for (const alike of alikeOf(lines.map(String)).values()) {
      for (const index of alike.length > 1 ? alike : []) {
        const own = ways[index]!;
        const shared = alike.map((other) => (other === index ? 0 : sharedOf(own, ways[other]!)));
        const place = own[Math.max(...shared)];
        if (place) lines[index]!.push(place.at[0]);
      }
    }
  }
  return lines.map((all) => {
    const sorted = [...new Set(all)].sort((one, other) => one - other);
    return sorted.length === 0 ? '' : `, through line${sorted.length > 1 ? 's' : ''} ${sorted.join(' and ')}`;
  });
}

function sharedOf(own: readonly Place[], other: readonly Place[]): number {
  const end = own.findIndex(({ file, at }, index) => {
    const place = other[index];
    return place?.file !== file || place.at[0] !== at[0];
  });
  return end < 0 ? own.length : end;
}

/** Labels, those that several have told apart by others. */
function toldApart(
  labels: readonly string[],
  other: (index: number, label: string, place: number, count: number) => string,
): readonly string[] {
  const alike = alikeOf(labels);
  return labels.map((label, index) => {
    const same = alike.get(label) ?? [];
    return same.length > 1 ? other(index, label, same.indexOf(index) + 1, same.length) : label;
  });
}

/** The places at which each label stands. */
function alikeOf(labels: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const alike = new Map<string, number[]>();
  for (const [index, label] of labels.entries()) alike.set(label, [...(alike.get(label) ?? []), index]);
  return alike;
}

/** A call with what it names; numbers, as which constants are known too, tell nobody what it is about. */
function callText({ fn, args }: Expr & { k: 'call' }): string {
  const first = args.findIndex(({ k }) => k === 'num');
  const said = (first < 0 ? args : args.slice(0, first)).map(printExpression);
  return `${printExpression(fn)}(${[...said, ...(first < 0 ? [] : ['…'])].join(', ')})`;
}

/** A call as it is written at a place; null where it is not known. */
function callAt(program: Program, { file, fn, at }: Place): string | null {
  const blocks = program.lookUp(file, fn)?.fact.blocks ?? [];
  for (const whole of expressionsOf(blocks))
    for (const e of walkExpression(whole))
      if (e.k === 'call' && e.at.every((each, index) => each === at[index])) return callText(e);
  return null;
}

/** What a path that does not fail takes for granted. */
function conditionsOf({ load, unload }: Path): readonly string[] {
  return [...load, ...unload].flatMap((step) =>
    step.t === 'test' || (step.t === 'pernet' && !step.ok) ? [stepOf(step)] : [],
  );
}

/** Few of a path's conditions, such that as few others as can be have them all. */
function tellingOf(own: readonly string[], others: readonly (readonly string[])[]): readonly string[] {
  const telling: string[] = [];
  let left = others;
  while (left.length > 0 && telling.length < mostConditions) {
    const counts = own.map((each) => left.filter((other) => !other.includes(each)).length);
    const best = Math.max(0, ...counts);
    if (best === 0) break;
    const chosen = own[counts.indexOf(best)]!;
    telling.push(chosen);
    left = left.filter((other) => other.includes(chosen));
  }
  return own.filter((each) => telling.includes(each));
}

/** What is so, by its name: a module may register several ops by the same call. */
function stepOf(step: TraceStep): string {
  return step.t === 'pernet' ? `${step.call}(&${nameOf(step.ops)}) fails` : causeText(step);
}

function nameOf(ops: string): string {
  return ops.replace(/^.*#/, '');
}
