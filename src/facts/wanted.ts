import { opsTextsMade } from './made-ops.ts';
import type { TextMemo } from './memo.ts';
import { endOf, endWithoutComments, outlineOf, type OutlinedFunction } from './outline.ts';
import { initcallPattern, initcallWords, linesWith } from './initcalls.ts';
import { scopeEndsOf, scopesIn, type ScopeEnd } from './scope-ends.ts';
import { tablesOf } from './tables.ts';
import { isGetter, isStep } from './words.ts';

const lifecycleAttribute = /\b__(?:init|exit)\b/;
const netAttribute = /\b__net_(?:init|exit)\b/;
/** A macro's definition: what it names can be called wherever the macro is. */
const macroDefinition = /^[ \t]*#[ \t]*define[ \t]+(\w+)(?:[^\n\\]|\\[^])*/my;
/** What other files ask of each other to set up and tear down, when it is not even marked `__init`. */
const lifecycleName =
  /(?:^|_)(?:init|exit|fini|start|stop|setup|cleanup|register|unregister|uninit|deinit|create|destroy|enable|disable|attach|detach|open|close)(?:_|$)|_(?:alloc|free)$/;

/** The body of one that does nothing else. */
const getting = /^\{[^;{}]*\breturn\b[^;{}]*(?:->|\bnet_generic\b)[^;{}]*;[^;{}]*$/;

interface Pruning {
  /** What alone is looked for. */
  readonly callsOf?: readonly string[] | undefined;
  readonly memo?: TextMemo<readonly string[]> | undefined;
  /** What is known of the text already. */
  readonly outline?: readonly OutlinedFunction[];
  readonly ends?: readonly ScopeEnd[];
}

/**
 * Blanks what no lifecycle of the file reaches, at equal length, so that it need not be parsed: the bodies of other
 * functions, and between functions all but ops definitions. What is kept: functions of initcalls, functions marked
 * `__init` or `__exit`, functions that register, whatever calls those, and whatever all of these mention in the file;
 * callbacks of ops, and external functions that are named as set-up or tear-down (in a file that does not mention pernet,
 * with all that these mention). Where a part might hold a function that the outline did not show, it is kept as it is,
 * with what that mentions.
 * With `callsOf`, only functions that mention one of these names, whatever calls those, and what they mention are kept,
 * with the file's other initcalls and its exit where an initcall is among them.
 */
export function pruneBodies(
  prepared: string,
  original: string,
  { callsOf, memo, outline = outlineOf(prepared), ends = scopeEndsOf(original) }: Pruning = {},
): string {
  if (outline.length === 0) return prepared;
  const wanted = wantedNames({ prepared, original, callsOf, memo, outline, ends });
  let text = '';
  let from = 0;
  for (const { name, open, close } of outline) {
    const head = headStart(prepared, from, open);
    text += pruneGap(prepared.slice(from, head)) + prepared.slice(head, open + 1);
    text += wanted.has(name) ? prepared.slice(open + 1, close + 1) : `${blank(prepared.slice(open + 1, close))}}`;
    from = close + 1;
  }
  return text + pruneGap(prepared.slice(from));
}

/** Where a function's own head starts: after the last definition or comment before it. */
function headStart(text: string, from: number, open: number): number {
  const part = withoutLast(text.slice(from, open));
  const comment = part.lastIndexOf('*/');
  return from + Math.max(part.lastIndexOf(';') + 1, part.lastIndexOf('}') + 1, comment < 0 ? 0 : comment + 2);
}

/** `) {`: the start of a body that does not stand where the kernel's style puts it; words and comments may lie between. */
const strayBody = /\)(?:[\s\w]|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*)*\{/;
const strayBodies = new RegExp(strayBody, 'g');
const opsDefinition = /^[^\n;{}]*\bstruct\s+pernet_operations\b[^;{}]*(?:\{[^;]*?\}[^;{}]*)?;/gm;

/** The bodies that stand between the functions that the outline shows, and are kept: `static void foo(void) { bar(); }`. */
function strayBodiesIn(prepared: string, outline: readonly OutlinedFunction[]): string[] {
  const bodies: string[] = [];
  let from = 0;
  for (const { open, close } of [...outline, { open: prepared.length, close: prepared.length }]) {
    for (const match of prepared.slice(from, open).matchAll(strayBodies)) {
      const start = from + match.index + match[0].length - 1;
      const end = endOf(prepared, start);
      bodies.push(prepared.slice(start, end < 0 ? open : end));
    }
    from = close + 1;
  }
  return bodies;
}

function pruneGap(gap: string): string {
  if (strayBody.test(gap)) return gap;
  let text = '';
  let from = 0;
  for (const match of gap.matchAll(opsDefinition)) {
    text += blank(gap.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return text + blank(gap.slice(from));
}

function blank(text: string): string {
  return text.replace(/[^\n\r]+/g, (line) => ' '.repeat(line.length));
}

function wantedNames({
  prepared,
  original,
  callsOf,
  memo,
  outline,
  ends,
}: Required<Pruning> & { readonly prepared: string; readonly original: string }): Set<string> {
  const macros = [
    ...linesWith(original, ['define'], macroDefinition).map((match) => ({ name: match[1]!, body: match[0] })),
    ...ends,
  ];
  const tables = [...tablesOf(original)].map(([name, { text }]) => ({ name, body: text }));
  const known = new Set([...outline, ...macros, ...tables].map(({ name }) => name));
  const mentions = new Map(
    outline.map((each) => {
      const body = prepared.slice(each.open, each.close);
      const words = memo ? memo.of(body, () => allWords(body)) : allWords(body);
      const scopes = ends.length === 0 ? [] : scopesIn(original.slice(each.open, each.close));
      return [each.name, [...words, ...scopes].filter((word) => known.has(word))];
    }),
  );
  for (const { name, body } of [...macros, ...tables])
    mentions.set(name, [...(mentions.get(name) ?? []), ...wordsOf(body, known)]);
  const callers = new Map<string, string[]>();
  for (const [name, words] of mentions)
    for (const word of words) callers.set(word, [...(callers.get(word) ?? []), name]);
  const names = callsOf ?? ['register_pernet_'];
  const mentioning = outline
    .filter(
      ({ name, open, close }) => callsOf?.includes(name) === true || includesOne(prepared.slice(open, close), names),
    )
    .map(({ name }) => name);
  const above = closure(mentioning, (name) => callers.get(name) ?? []);
  const stray = strayBodiesIn(prepared, outline).flatMap((body) => wordsOf(body, known));
  const initcalls = linesWith(original, initcallWords, initcallPattern).map((match) => match[2]!);
  // Who has read how a module starts, and not how it ends, would miss all that its exit undoes.
  if (callsOf) {
    const entries = initcalls.some((name) => above.has(name)) ? initcalls : [];
    return closure([...above, ...entries, ...stray], (name) => mentions.get(name) ?? []);
  }
  // A file without pernet code is read for what others, which may not be at hand, call of it.
  const isHelper = !original.includes('pernet_');
  const roots = [
    ...above,
    ...(isHelper ? outline.filter(({ name, isStatic }) => !isStatic && isStep(name)).map(({ name }) => name) : []),
    ...outline
      .filter(({ name, open, close }) => isGetter(name) && getting.test(prepared.slice(open, close)))
      .map(({ name }) => name),
    ...callbacksIn(prepared, known),
    ...opsTextsMade(original).flatMap(({ text }) => wordsOf(text, known)),
    ...initcalls,
    ...stray,
    ...countingIn(prepared, outline),
    ...outline
      .filter(({ head, open }) => {
        const statement = lastStatement(original, head, open);
        return lifecycleAttribute.test(statement) || (isHelper && netAttribute.test(statement));
      })
      .map(({ name }) => name),
  ];
  const wanted = closure(roots, (name) => mentions.get(name) ?? []);
  for (const { name, isStatic } of outline) if (!isStatic && lifecycleName.test(name)) wanted.add(name);
  return wanted;
}

/** `while (atomic_read(&fn->count))`, `wait_event(fn->wq, !atomic_read(&fn->count))` */
const waitingForCount =
  /\b(?:while|s?wait_event\w*|wait_var_event)\s*\([^;{}]*?\b(?:atomic|refcount)\w*_read\w*\s*\(\s*&\w+->(\w+)\s*\)/g;

/** The functions that count down what something in a text waits for: they may be run from a work item alone. */
function countingIn(prepared: string, outline: readonly OutlinedFunction[]): string[] {
  if (!/(?:atomic|refcount)\w*_read/.test(prepared)) return [];
  const counters = [...prepared.matchAll(waitingForCount)].map((match) => match[1]!);
  return outline.flatMap(({ name, open, close }) => {
    const body = counters.length > 0 ? prepared.slice(open, close) : '';
    return /_(?:dec|sub)\w*\s*\(/.test(body) && includesOne(body, counters) ? name : [];
  });
}

/** The functions that ops definitions of a text name. */
function callbacksIn(prepared: string, known: ReadonlySet<string>): string[] {
  const first = prepared.indexOf('pernet_operations');
  if (first < 0) return [];
  // The word before it may stand on a line of its own.
  const start = prepared.lastIndexOf('\n', prepared.lastIndexOf('struct', first)) + 1;
  return [...prepared.slice(start).matchAll(opsDefinition)].flatMap((match) => wordsOf(match[0], known));
}

/** The head proper: what stands after the last definition or directive before it. */
function lastStatement(text: string, head: number, open: number): string {
  const part = withoutLast(text.slice(head, open));
  const start = Math.max(
    part.lastIndexOf(';'),
    part.lastIndexOf('\n\n'),
    part.lastIndexOf('*/'),
    part.lastIndexOf('\n#'),
  );
  return part.slice(Math.max(0, start));
}

function includesOne(text: string, names: readonly string[]): boolean {
  return names.some((name) => text.includes(name));
}

/** A comment between a head and its body separates nothing. */
function withoutLast(head: string): string {
  return head.slice(0, endWithoutComments(head));
}

function wordsOf(body: string, known: ReadonlySet<string>): string[] {
  return allWords(body).filter((word) => known.has(word));
}

/** The words of a text, each once. */
function allWords(text: string): string[] {
  return [...new Set(text.match(/[A-Za-z_]\w*/g))];
}

function closure(start: readonly string[], next: (name: string) => readonly string[]): Set<string> {
  const seen = new Set<string>();
  const queue = [...start];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    queue.push(...next(name));
  }
  return seen;
}
