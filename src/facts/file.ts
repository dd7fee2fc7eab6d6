import type { SyntaxNode } from '../syntax/node.ts';
import { readSuppressions } from './comments.ts';
import { createContext, parts, type Context } from './context.ts';
import { lowerBody } from './flow.ts';
import { readHead, type FoundFunction } from './head.ts';
import type { FileFacts, FunctionFact, InitcallFact, OpsFact } from './ir.ts';
import { readOps } from './ops.ts';
import { functionsToLower } from './wanted.ts';

/** The part of a prepared text that facts read; `syntax/` makes it. */
export interface PreparedText {
  readonly text: string;
  readonly arms: readonly Arm[];
}

/** One arm of an `#if` chain: what makes it live, and whether it was read. Offsets are UTF-16 units. */
export interface Arm {
  readonly start: number;
  readonly end: number;
  readonly condition: string;
  readonly taken: boolean;
  readonly options: readonly string[];
}

/** The facts of one file. `root` is the tree of `prepared.text`; nothing of it is kept. Never throws on bad C. */
export function readFile(file: string, original: string, prepared: PreparedText, root: SyntaxNode): FileFacts {
  const context = createContext(file, original, prepared.text);
  const top = topLevel(root);
  const found = top.filter((node) => node.type === 'function_definition').flatMap((node) => readHead(context, node) ?? []);
  const ops = withoutForward(
    top.filter((node) => node.type === 'declaration').flatMap((node) => readOps(context, node).map((fact) => ({ fact, node }))),
  );
  const live = liveText(context, prepared, root);
  const initcalls = readInitcalls(context, live);
  const wanted = functionsToLower(context, found, initcalls, ops.map(({ fact }) => fact));
  const functions = found.map((each) => lowerFunction(context, prepared, each, wanted.has(each.fact.name)));
  return {
    file,
    functions,
    ops: ops.map(({ fact, node }): OpsFact => ({ ...fact, options: optionsInside(prepared, node) })),
    initcalls,
    exports: [...live.matchAll(/^[ \t]*EXPORT_SYMBOL(?:_\w+)?\s*\(\s*(\w+)/gm)].map((match) => match[1]!),
    hasModuleLicense: /^[ \t]*MODULE_LICENSE\s*\(/m.test(live),
    suppressions: readSuppressions(context),
    aliases: readAliases(context),
    unreadable: functions.flatMap((fact) => (fact.unreadable ? [{ ...fact.unreadable, function: fact.name }] : [])),
  };
}

function lowerFunction(context: Context, prepared: PreparedText, found: FoundFunction, wanted: boolean): FunctionFact {
  if (!wanted) return { ...found.fact, blocks: null, options: [] };
  let unreadable: FunctionFact['unreadable'];
  const note = (node: SyntaxNode): void => {
    unreadable ??= {
      line: node.startPosition.row + 1,
      reason: `cannot be parsed: ${context.original.slice(node.startIndex, node.endIndex).split('\n')[0]!.trim().slice(0, 60)}`,
    };
  };
  const error = found.body.hasError ? firstError(found.body) : null;
  if (error) note(error);
  const blocks = lowerBody(context, found.body, note);
  return { ...found.fact, blocks, options: optionsInside(prepared, found.node), ...(unreadable ? { unreadable } : {}) };
}

/** The nodes at file level, also those that a syntax error or a conditional has put below another one. */
function topLevel(root: SyntaxNode): SyntaxNode[] {
  return parts(root).flatMap((node) =>
    node.type === 'ERROR' || node.type.startsWith('preproc_') || node.type === 'linkage_specification' || node.type === 'declaration_list'
      ? topLevel(node)
      : [node],
  );
}

/** Drops a tentative definition (`static struct pernet_operations x;`) where the file has the full one as well. */
function withoutForward<T extends { fact: { name: string; fields: readonly unknown[] } }>(all: T[]): T[] {
  return all.filter(
    (each) => each.fact.fields.length > 0 || !all.some((o) => o !== each && o.fact.name === each.fact.name),
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

/** The original text without top-level comments and without the arms that are not taken. */
function liveText(context: Context, prepared: PreparedText, root: SyntaxNode): string {
  const holes = prepared.arms.filter((arm) => !arm.taken).map(({ start, end }) => [start, end] as const);
  for (const child of root.children) if (child?.type === 'comment') holes.push([child.startIndex, child.endIndex]);
  holes.sort((a, b) => a[0] - b[0]);
  let text = '';
  let from = 0;
  for (const [start, end] of holes) {
    if (start < from) continue;
    text += context.original.slice(from, start) + context.original.slice(start, end).replace(/[^\n]/g, ' ');
    from = end;
  }
  return text + context.original.slice(from);
}

const initcallPattern =
  /^[ \t]*((?:\w+_)?initcall(?:_sync)?|__initcall|module_init|module_exit|__exitcall)\s*\(\s*(\w+)\s*\)/gm;

function readInitcalls(context: Context, live: string): InitcallFact[] {
  const calls = [...live.matchAll(initcallPattern)].map((match): InitcallFact => {
    const start = match.index + match[0].indexOf(match[1]!);
    return { macro: match[1]!, fn: match[2]!, at: context.at(start, match.index + match[0].length) };
  });
  // A security module is started from its DEFINE_LSM record (include/linux/lsm_hooks.h).
  for (const match of live.matchAll(/^DEFINE_LSM\s*\(\s*\w+\s*\)\s*=\s*\{[^}]*?\.init\s*=\s*(\w+)/gm)) {
    calls.push({ macro: 'DEFINE_LSM', fn: match[1]!, at: context.at(match.index, match.index + match[0].length) });
  }
  return calls;
}

/** `#define foo_exit() bar_exit()`: a macro that is one call of another name. */
function readAliases(context: Context): Record<string, string> {
  const aliases: Record<string, string> = {};
  for (const match of context.original.matchAll(/^[ \t]*#[ \t]*define[ \t]+(\w+)\([\w, \t.]*\)[ \t]+\(?(\w+)\([^()\n]*\)\)?[ \t]*$/gm)) {
    aliases[match[1]!] = match[2]!;
  }
  return aliases;
}

/** The CONFIG options that decide over text inside a node. */
function optionsInside(prepared: PreparedText, node: SyntaxNode): string[] {
  const options = new Set<string>();
  for (const arm of prepared.arms) {
    if (arm.start < node.startIndex || arm.end > node.endIndex) continue;
    for (const option of arm.options) options.add(option);
  }
  return [...options].sort();
}
