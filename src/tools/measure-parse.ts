// `npm run measure:parse -- TREE…`: how much of the code that a lifecycle can reach parses without an error.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type CParser, loadNative, prepare, type Prepared, type SyntaxNode, withTree } from '../syntax/index.ts';

/** A function as a plain scan of the prepared text finds it: the line of its `{` in the first column to that of its `}`. */
interface ScannedFunction {
  name: string;
  /** The line of the opening brace, from 1. */
  line: number;
  start: number;
  end: number;
}

interface ParseError {
  line: number;
  source: string;
}

interface FileResult {
  file: string;
  functions: ScannedFunction[];
  reachable: Set<string>;
  broken: { function: ScannedFunction; errors: ParseError[] }[];
  opsScanned: string[];
  opsParsed: string[];
  units: number;
  prepareMs: number;
  parseMs: number;
}

const callbackFields = 'init|pre_exit|exit|exit_batch|exit_batch_rtnl|exit_rtnl';
const initcall =
  /\b(?:module_init|module_exit|(?:early|pure|core|postcore|arch|subsys|fs|rootfs|device|late)_initcall(?:_sync)?)\s*\(\s*(\w+)/g;
const registration = /\b(?:un)?register_pernet_(?:subsys|device)\b/;

function* cFiles(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* cFiles(full);
    else if (entry.isFile() && entry.name.endsWith('.c')) yield full;
  }
}

/** The name that is declared before a function's opening brace: what stands before its last outermost parentheses. */
function nameBefore(text: string, brace: number): string | undefined {
  let at = text.lastIndexOf(')', brace);
  if (at < 0 || /[;{}=]/.test(text.slice(at, brace))) return undefined;
  for (let depth = 0; at >= 0; at--) {
    if (text[at] === ')') depth++;
    if (text[at] === '(' && --depth === 0) break;
  }
  return /(\w+)\s*$/.exec(text.slice(Math.max(0, at - 200), at))?.[1];
}

/** The functions of a text by its layout alone, so that one which the parser loses is still counted. */
function scanFunctions(text: string): ScannedFunction[] {
  const found: ScannedFunction[] = [];
  for (const match of text.matchAll(/^(?:\w[^\n;=]*\)[ \t]*)?\{[ \t]*\r?$/gm)) {
    const start = match.index + match[0].indexOf('{');
    const name = nameBefore(text, start);
    const end = text.indexOf('\n}', start);
    if (name === undefined || end < 0) continue;
    found.push({ name, line: text.slice(0, start).split('\n').length, start, end: end + 2 });
  }
  return found;
}

/** The comments of a text as blanks. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replaceAll(/[^\n]/g, ' '));
}

/** The names of the ops definitions, found in the user's own text with no parser. */
function scanOps(text: string): string[] {
  const definitions = /\bstruct\s+pernet_operations\s+((?:\w+\s+)*?\w+(?:\s+__\w+)*)\s*=\s*\{/g;
  return [...withoutComments(text).matchAll(definitions)].map((match) => {
    const words = match[1]!.split(/\s+/).filter((word) => !word.startsWith('__'));
    return words.at(-1) ?? match[1]!;
  });
}

function* descendants(node: SyntaxNode): Generator<SyntaxNode> {
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    yield next;
    for (const child of next.children.toReversed()) if (child) stack.push(child);
  }
}

/** The ops definitions that the tree holds without an error. */
function parsedOps(root: SyntaxNode): string[] {
  const names: string[] = [];
  for (const node of root.namedChildren) {
    if (node?.type !== 'declaration') continue;
    const type = node.childForFieldName('type');
    if (type?.type !== 'struct_specifier' || type.childForFieldName('name')?.text !== 'pernet_operations') continue;
    const declarator = node.childForFieldName('declarator');
    const value = declarator?.childForFieldName('value');
    if (value?.type === 'initializer_list' && !node.hasError)
      names.push(declarator?.childForFieldName('declarator')?.text ?? '');
  }
  return names;
}

/** The names that a lifecycle starts from in one file. */
function seeds(text: string, functions: readonly ScannedFunction[]): Set<string> {
  const found = new Set<string>();
  for (const match of text.matchAll(new RegExp(`\\.(?:${callbackFields})\\s*=\\s*&?(\\w+)`, 'g'))) found.add(match[1]!);
  for (const match of text.matchAll(initcall)) found.add(match[1]!);
  for (const one of functions) if (registration.test(text.slice(one.start, one.end))) found.add(one.name);
  return found;
}

/** What the seeds call, and what that calls, within the file. */
function reach(text: string, functions: readonly ScannedFunction[]): Set<string> {
  const byName = new Map(functions.map((one) => [one.name, one]));
  const reached = new Set<string>();
  const work = [...seeds(text, functions)].filter((name) => byName.has(name));
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const { start, end } = byName.get(name)!;
    for (const call of text.slice(start, end).matchAll(/\b([A-Za-z_]\w*)\s*\(/g))
      if (byName.has(call[1]!)) work.push(call[1]!);
  }
  return reached;
}

function errorsIn(root: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.isError || node.isMissing) found.push(node);
    else if (node.hasError) for (const child of node.children) if (child) stack.push(child);
  }
  return found.sort((a, b) => a.startIndex - b.startIndex);
}

function bodies(root: SyntaxNode): Set<number> {
  const starts = new Set<number>();
  for (const node of descendants(root)) {
    if (node.type === 'function_definition') starts.add(node.childForFieldName('body')?.startIndex ?? -1);
  }
  return starts;
}

function readTree(
  root: SyntaxNode,
  text: string,
  functions: readonly ScannedFunction[],
): Pick<FileResult, 'broken' | 'opsParsed'> {
  const errors = errorsIn(root);
  const known = bodies(root);
  const lines = text.split('\n');
  const broken = functions.flatMap((one, index) => {
    const from = functions[index - 1]?.end ?? 0;
    const own = errors
      .filter((node) => node.startIndex < one.end && node.endIndex >= one.start && node.startIndex >= from)
      .map(({ startPosition: { row } }) => ({ line: row + 1, source: lines[row]?.trim() ?? '' }));
    if (own.length === 0 && !known.has(one.start)) own.push({ line: one.line, source: '(not found as a function)' });
    return own.length > 0 ? [{ function: one, errors: own }] : [];
  });
  return { broken, opsParsed: parsedOps(root) };
}

function measure(file: string, text: string, parser: CParser): FileResult {
  const begin = performance.now();
  const prepared: Prepared = prepare(text);
  const prepareMs = performance.now() - begin;
  const functions = scanFunctions(prepared.text);
  let parseMs = 0;
  const parsing = performance.now();
  const read = withTree(parser, prepared, (root) => {
    parseMs = performance.now() - parsing;
    return readTree(root, text, functions);
  });
  const { length: units } = text;
  return {
    file,
    functions,
    reachable: reach(prepared.text, functions),
    opsScanned: scanOps(text),
    ...read,
    units,
    prepareMs,
    parseMs,
  };
}

function total(results: readonly FileResult[], count: (result: FileResult) => number): number {
  return results.reduce((sum, result) => sum + count(result), 0);
}

function report(tree: string, results: readonly FileResult[]): void {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const lost = results.flatMap(({ file, opsScanned, opsParsed }) =>
    opsScanned.filter((name) => !opsParsed.includes(name)).map((name) => `${file}: ${name}`),
  );
  const reachable = (result: FileResult): FileResult['broken'] =>
    result.broken.filter((one) => result.reachable.has(one.function.name));
  say(`${tree}: ${results.length} .c files mention pernet_`);
  say(`ops definitions: ${total(results, (r) => r.opsScanned.length)}, lost or with an error: ${lost.length}`);
  for (const name of lost) say(`  ${name}`);
  const list = (title: string, all: number, broken: (result: FileResult) => FileResult['broken']): void => {
    say(`${title}: ${all}, with an ERROR or MISSING node: ${total(results, (r) => broken(r).length)}`);
    for (const result of results)
      for (const { function: one, errors } of broken(result))
        say(`  ${result.file}:${errors[0]!.line}: ${one.name}: ${errors[0]!.source}`);
  };
  list(
    'functions that a lifecycle reaches',
    total(results, (r) => r.reachable.size),
    reachable,
  );
  const rest = (result: FileResult): FileResult['broken'] =>
    result.broken.filter((one) => !reachable(result).includes(one));
  list(
    'all other functions',
    total(results, (r) => r.functions.length - r.reachable.size),
    rest,
  );
  const megabytes = total(results, (r) => r.units) / 1e6;
  say(
    `prepared ${megabytes.toFixed(1)} MB at ${(megabytes / (total(results, (r) => r.prepareMs) / 1e3)).toFixed(1)} MB/s, parsed at ${(megabytes / (total(results, (r) => r.parseMs) / 1e3)).toFixed(1)} MB/s`,
  );
}

const trees = process.argv.slice(2);
if (trees.length === 0 || trees.some((tree) => !statSync(tree, { throwIfNoEntry: false })?.isDirectory())) {
  process.stderr.write('usage: npm run measure:parse -- TREE…\n');
  process.exit(2);
}

/** Measures one tree, file by file. */
async function main(): Promise<void> {
  const parser = await loadNative();
  for (const tree of trees) {
    const results: FileResult[] = [];
    for (const file of cFiles(tree)) {
      const bytes = readFileSync(file);
      if (!bytes.includes('pernet_')) continue;
      results.push(measure(path.relative(tree, file), bytes.toString('utf8'), parser));
      // The native binding frees trees only when the event loop turns.
      await new Promise((resolve) => setImmediate(resolve));
    }
    report(tree, results);
  }
}

void main();
