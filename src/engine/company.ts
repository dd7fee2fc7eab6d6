import { folderOf } from '../facts/folder.ts';
import { afterRcu, isGetter, isStep, ofWholeFile, type FileFacts } from '../facts/index.ts';
import { queuedElsewhere } from './queued-elsewhere.ts';
import { isPernetCall } from './registrars.ts';
import { includedIn, type Searches } from './searches.ts';

/**
 * What of a file decides which other files are looked at with it: two versions with the same signature, and else the
 * same facts, have the same context.
 */
export function contextSignature(facts: FileFacts, text: string): string {
  return `${companyOf(facts, () => includedIn(text))}|${text.includes('pernet_')}`;
}

/**
 * Whether two versions of a file, with else the same facts, have the same context. What only one of them includes counts
 * where something that the file asks others for is found there.
 */
export function isSameCompany(before: Version, after: Version, searches: () => Searches): boolean {
  if (before.text.includes('pernet_') !== after.text.includes('pernet_')) return false;
  if (companyOf(before.facts, () => []) !== companyOf(after.facts, () => [])) return false;
  const [then, now] = [includedIn(before.text), includedIn(after.text)];
  if (then.join() === now.join()) return true;
  const { facts } = after;
  const [getters, steps] = [[...gettersOf(facts)], stepsOf(facts)];
  const found = searches();
  const tells = (included: string): boolean => {
    const path = pathOf(facts.file, included);
    if (getters.some((name) => found.hasGetter(path, name))) return true;
    return included.startsWith('"') && steps.some((name) => found.hasInline(path, name));
  };
  const [less, more] = [new Set(now), new Set(then)];
  const known = (included: string): boolean => less.has(included) && more.has(included);
  if (then.filter(known).join() !== now.filter(known).join()) return false;
  return ![...then, ...now].some((included) => !known(included) && tells(included));
}

/** One version of a file. */
interface Version {
  readonly facts: FileFacts;
  readonly text: string;
}

/** What a file asks for of others. */
export function companyOf(facts: FileFacts, inclusions: () => readonly string[]): string {
  // Which of a helper's functions are asked for is for others to say: all of its steps count.
  const all = facts.ops.length > 0 ? stepsOf(facts) : stepsAmong(Object.values(facts.mentions).flat());
  const [getters, steps] = [gettersOf(facts), [...new Set(all)]];
  const included = getters.size + steps.length > 0 ? inclusions() : [];
  return [[...getters].sort(), included, steps.sort(), queuedElsewhere(facts).sort()].join('|');
}

/** The functions named like getters that a file calls. */
export function gettersOf(facts: FileFacts): Set<string> {
  const getters = new Set<string>();
  const others = new Set<string>();
  for (const words of Object.values(facts.mentions))
    for (const word of words) {
      if (!word.endsWith('()') || getters.has(word) || others.has(word)) continue;
      (isGetter(word.slice(0, -2)) ? getters : others).add(word);
    }
  return new Set([...getters].map((word) => word.slice(0, -2)));
}

/** The functions named like steps that the callbacks of a file's ops, its init and its exit call, and those that register one. */
export function stepsOf(facts: FileFacts): string[] {
  const callbacks = facts.ops.flatMap(({ fields }) =>
    fields.flatMap(({ name, text: fn }) => (/^init$|exit/.test(name) ? fn.replace(/^&/, '') : [])),
  );
  const roots = facts.ops.length > 0 ? facts.initcalls.map(({ fn }) => fn) : [];
  const registrars = Object.values(facts.mentions).filter((words) => words.some((word) => isPernetCall(word)));
  const called = stepsAmong([...calledFrom([...callbacks, ...roots], facts), ...registrars.flat()]);
  // A callback may be in another file itself, and so may what a work item or a timer runs that is set up here.
  const named = [...callbacks, ...(facts.ops.length > 0 ? runFromWork(facts) : [])];
  return [...new Set([...named.filter((name) => /^\w+$/.test(name) && name !== 'NULL'), ...called])];
}

/** What the work items and timers run that a file sets up. */
function runFromWork({ mentions }: FileFacts): string[] {
  return (mentions[ofWholeFile] ?? []).flatMap((word) => /^[\w.>-]+=(\w+)$/.exec(word)?.[1] ?? []);
}

/** The functions named like steps among what some functions mention. */
export function stepsAmong(words: readonly string[]): string[] {
  return words.flatMap((word) => (word.endsWith('()') ? word.slice(0, -2) : [])).filter(isStep);
}

/** What some functions of a file mention, those of the file that they call included. */
export function calledFrom(names: readonly string[], facts: FileFacts): string[] {
  const seen = new Set<string>();
  const words = new Set<string>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const word of Object.hasOwn(facts.mentions, name) ? (facts.mentions[name] ?? []) : []) {
      words.add(word);
      if (word.endsWith('()')) queue.push(word.slice(0, -2));
      // What RCU calls later the module does all the same.
      if (word.startsWith(afterRcu(''))) queue.push(word.slice(afterRcu('').length));
    }
  }
  return [...words];
}

/** Where what a file includes is, which comes with its brackets or quotes. */
export function pathOf(file: string, included: string): string {
  const inner = included.slice(1, -1);
  return included.startsWith('"') ? joined(folderOf(file), inner) : `include/${inner}`;
}

function joined(folder: string, path: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
