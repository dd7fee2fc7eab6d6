import type { SyntaxNode } from '../syntax/node.ts';
import { readSuppressions } from './comments.ts';
import { createContext, parts, textOf, type Context } from './context.ts';
import { lowerBody } from './flow.ts';
import { attributesFrom, readHead, type FoundFunction } from './head.ts';
import { isCommented, readInitcalls } from './initcalls.ts';
import { arrayOf, type FileFacts, type FunctionFact, type OpsFact } from './ir.ts';
import { constantsIn, constantsOf } from './constants.ts';
import { bodyMacrosOf, bodiesIn } from './body-macros.ts';
import { aliasesIn, callMacrosOf, macrosIn } from './macros.ts';
import { opsMade } from './made-ops.ts';
import { detached, moveFunction, type ReadingMemo } from './memo.ts';
import { readOps } from './ops.ts';
import { tablesIn, tablesOf } from './tables.ts';

/** The part of a prepared text that facts read; `syntax/` makes it, `pruneBodies` may have blanked bodies in `text`. */
export interface PreparedText {
  readonly text: string;
  readonly arms: readonly Arm[];
  readonly mentions?: FileFacts['mentions'];
  readonly statics?: readonly string[];
  readonly counters?: readonly string[];
  readonly apart?: readonly string[];
}

/** One arm of an `#if` chain: what makes it live, and whether it was read. Offsets are UTF-16 units. */
export interface Arm {
  readonly start: number;
  readonly end: number;
  readonly condition: string;
  readonly taken: boolean;
  readonly options: readonly string[];
}

/**
 * The facts of one file. `root` is the tree of `prepared.text`; nothing of it is kept. Never throws on bad C. With `memo`,
 * functions that an earlier reading has found are taken from there.
 */
export function readFile(
  file: string,
  original: string,
  prepared: PreparedText,
  root: SyntaxNode,
  memo?: ReadingMemo,
): FileFacts {
  const live = liveText(original, prepared);
  const context = createContext(file, original, prepared.text, {
    macros: callMacrosOf(live),
    bodies: bodyMacrosOf(live),
    constants: constantsOf(live, original),
    tables: tablesOf(live),
  });
  const top = topLevel(root);
  const found = top
    .filter((node) => node.type === 'function_definition')
    .flatMap((node) => readFunction(context, prepared, node, memo) ?? []);
  const ops = withoutForward(
    top
      .filter((node) => node.type === 'declaration')
      .flatMap((node) => readOps(context, node).map((fact) => ({ fact, node }))),
  );
  const initcalls = readInitcalls(context, live);
  const functions = found.map(({ fact }) => fact);
  return {
    file,
    functions,
    ops: [
      ...ops.map(({ fact, node }): OpsFact => ({ ...fact, options: optionsInside(prepared, node) })),
      ...opsMade(context, live),
    ],
    initcalls,
    exports: [...live.matchAll(/^[ \t]*EXPORT_SYMBOL(?:_\w+)?\s*\(\s*(\w+)/gm)].flatMap((match) =>
      isCommented(live, match.index) ? [] : [match[1]!],
    ),
    hasModuleLicense: /^[ \t]*MODULE_LICENSE\s*\(/m.test(live),
    suppressions: readSuppressions(context),
    hiddenBy: hiddenBy(context, prepared, found),
    aliases: aliasesIn(context.macros),
    mentions: prepared.mentions ?? {},
    statics: prepared.statics ?? [],
    counters: prepared.counters ?? [],
    apart: prepared.apart ?? [],
    unreadable: [
      ...functions.flatMap((fact) => (fact.unreadable ? [{ ...fact.unreadable, function: fact.name }] : [])),
      ...undecided(context, prepared),
    ],
  };
}

/** A function's definition with what it came to. */
interface ReadFunction {
  readonly node: SyntaxNode;
  readonly fact: FunctionFact;
}

/** A function's definition; null when it is none that can be named. */
function readFunction(
  context: Context,
  prepared: PreparedText,
  node: SyntaxNode,
  memo: ReadingMemo | undefined,
): ReadFunction | null {
  const read = (): FunctionFact | null => {
    const found = readHead(context, node);
    return found && lowerFunction(context, prepared, found);
  };
  const fact = memo && !node.hasError ? functionAgain(context, prepared, { node, read }, memo) : read();
  return fact && { node, fact };
}

/** A function that reads as it did before: the same text, parsed without an error, is the same function. */
function functionAgain(
  context: Context,
  prepared: PreparedText,
  { node, read }: { readonly node: SyntaxNode; readonly read: () => FunctionFact | null },
  memo: ReadingMemo,
): FunctionFact | null {
  const { startIndex, endIndex } = node;
  const line = context.original.lastIndexOf('\n', startIndex) + 1;
  const key = [
    optionsInside(prepared, node).join(' '),
    String(startIndex - line),
    context.original.slice(attributesFrom(context, startIndex), line),
    context.prepared.slice(line, endIndex),
    context.original.slice(line, endIndex),
    macrosIn(context.macros, context.original.slice(line, endIndex)),
    bodiesIn(context.bodies, context.original.slice(line, endIndex)),
    constantsIn(context.constants, context.original.slice(line, endIndex)),
    tablesIn(context.tables, context.original.slice(line, endIndex)),
  ].join('\0');
  const known = memo.functions.get(key);
  if (!known) {
    const fact = read();
    return fact && memo.functions.put(key, detached(fact));
  }
  return memo.functions.put(key, moveFunction(known, context.at(startIndex, endIndex)[0] - known.span[0]));
}

function lowerFunction(context: Context, prepared: PreparedText, found: FoundFunction): FunctionFact {
  if (wasPruned(context, found)) return { ...found.fact, blocks: null, options: [] };
  let unreadable: FunctionFact['unreadable'];
  const note = (node: SyntaxNode): void => {
    const written = context.original.slice(node.startIndex, node.endIndex).split('\n')[0]!.trim().slice(0, 60);
    unreadable ??= {
      line: node.startPosition.row + 1,
      reason: `cannot be parsed: ${written === '' ? `${node.type} is missing` : written}`,
    };
  };
  const error = found.body.hasError ? firstError(found.body) : null;
  if (error) note(error);
  const blocks = lowerBody(context, found.body, note);
  return { ...found.fact, blocks, options: optionsInside(prepared, found.node), ...(unreadable ? { unreadable } : {}) };
}

/** A body that `pruneBodies` blanked: empty in the text that was parsed, but not in the user's. */
function wasPruned(context: Context, { body }: FoundFunction): boolean {
  const inner = (text: string): string =>
    text.slice(body.startIndex + 1, Math.max(body.startIndex + 1, body.endIndex - 1)).trim();
  return inner(context.prepared) === '' && inner(context.original).replace(unsaid, '').trim() !== '';
}

/** What says nothing in a body: comments, and conditionals for themselves (`#ifdef CONFIG_FOO`, `#endif`). */
const unsaid = /\/\*[^]*?\*\/|\/\/.*|^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif|else|endif)\b.*$/gm;

/** The nodes at file level, also those that a syntax error or a conditional has put below another one. */
function topLevel(root: SyntaxNode): SyntaxNode[] {
  return parts(root).flatMap((node) =>
    node.type === 'ERROR' ||
    node.type.startsWith('preproc_') ||
    node.type === 'linkage_specification' ||
    node.type === 'declaration_list'
      ? topLevel(node)
      : [node],
  );
}

/** Drops a tentative definition (`static struct pernet_operations x;`) where the file has the full one as well. */
function withoutForward<T extends { fact: { name: string; fields: readonly unknown[] } }>(all: T[]): T[] {
  return all.filter(
    (each) => each.fact.fields.length > 0 || !all.some((o) => o !== each && arrayOf(o.fact.name) === each.fact.name),
  );
}

function firstError(node: SyntaxNode): SyntaxNode | null {
  if (node.isError || node.isMissing) return node;
  for (const child of node.children) {
    if (!child || !(child.hasError || child.isMissing)) continue;
    const found = firstError(child);
    if (found) return found;
  }
  return null;
}

/** The original text without the arms that are not taken. */
function liveText(original: string, prepared: PreparedText): string {
  const holes = prepared.arms.filter((arm) => !arm.taken).map(({ start, end }) => [start, end] as const);
  holes.sort((a, b) => a[0] - b[0]);
  let text = '';
  let from = 0;
  for (const [start, end] of holes) {
    if (start < from) continue;
    text += original.slice(from, start) + original.slice(start, end).replace(/[^\n]/g, ' ');
    from = end;
  }
  return text + original.slice(from);
}

/** An ops, or what registers one: not what registering itself is made of (net/core/net_namespace.c), which is modelled. */
const pernetCode = /struct\s+pernet_operations\s+\w|register_pernet_(?!operations\b)/;
/** A function's definition at file level, as the kernel's style writes it: its name before the parameters, then a brace. */
const definition = /^\w[^;={}()]*?\b(\w+)\s*\([^;{}]*\)\s*\{/gm;

/**
 * The options of arms that are left out and hold an ops definition or a registration, or the stub of a function that
 * registers where its own arm is taken.
 */
function hiddenBy(context: Context, prepared: PreparedText, found: readonly ReadFunction[]): string[] {
  const left = prepared.arms.filter((arm) => !arm.taken);
  const byName = new Map<string, SyntaxNode[]>();
  for (const { node, fact } of left.length > 0 ? found : [])
    byName.set(fact.name, [...(byName.get(fact.name) ?? []), node]);
  const registers = (name: string): boolean =>
    byName.get(name)?.some((node) => pernetCode.test(textOf(context, node))) === true;
  const hidden = left.filter((arm) => {
    const text = context.original.slice(arm.start, arm.end);
    return pernetCode.test(text) || [...text.matchAll(definition)].some((match) => registers(match[1]!));
  });
  return [...new Set(hidden.flatMap((arm) => arm.options))].sort();
}

/**
 * Pernet code in an arm that is left out for a macro that is no option, and of which nothing is known (`#ifdef FOO_DEBUG`):
 * no configuration has it read, so that it is said. What is commented out by `#if 0` is no code.
 */
function undecided(context: Context, prepared: PreparedText): { line: number; reason: string }[] {
  const left = prepared.arms.filter((arm) => !arm.taken);
  if (!pernetCode.test(context.original)) return [];
  // What the file itself turns off or on is no choice of a configuration.
  const own = new Set(
    [...context.original.matchAll(/^[ \t]*#[ \t]*(?:undef|define)[ \t]+(CONFIG_\w+)/gm)].map((match) => match[1]!),
  );
  return left.flatMap((arm) => {
    const isInner = left.some((other) => other !== arm && other.start <= arm.start && arm.end <= other.end);
    if (isInner || arm.options.some((option) => !own.has(option)) || /^(?:0|!\(?1\)?)$/.test(arm.condition)) return [];
    const found =
      /\bstruct\s+pernet_operations\s+\w+\s*(?:\[[^\]]*\]\s*)?=|\bregister_pernet_(?:subsys|device)\s*\(/.exec(
        context.original.slice(arm.start, arm.end),
      );
    if (!found || isCommented(context.original, arm.start + found.index)) return [];
    const [line] = context.at(arm.start + found.index, arm.start + found.index);
    return [
      { line, reason: `pernet code where \`${arm.condition}\` holds, which nothing here decides; it is left out` },
    ];
  });
}

/** The CONFIG options that decide over text inside a node: by an `#if`, or by IS_ENABLED() and its kin in the code. */
function optionsInside(prepared: PreparedText, node: SyntaxNode): string[] {
  const options = new Set<string>();
  const asked = prepared.text
    .slice(node.startIndex, node.endIndex)
    .matchAll(/\bIS_(?:ENABLED|BUILTIN|MODULE|REACHABLE)\s*\(\s*(CONFIG_\w+)/g);
  for (const match of asked) options.add(match[1]!);
  for (const arm of prepared.arms) {
    if (arm.start < node.startIndex || arm.end > node.endIndex) continue;
    for (const option of arm.options) options.add(option);
  }
  return [...options].sort();
}
