// Parses one file and compares the tree with what a plain scan of the text finds.
import {
  type Configuration,
  type CParser,
  everyOption,
  prepare,
  type SyntaxNode,
  variantsFor,
  withTree,
} from '../../syntax/index.ts';
import { reach, type ScannedFunction, scanFunctions, scanOps } from './scan.ts';

export interface BrokenFunction {
  name: string;
  reachable: boolean;
  /** The line of the first ERROR or MISSING node, from 1, and what stands there. */
  line: number;
  construct: string;
}

export interface FileResult {
  file: string;
  functions: number;
  reachable: number;
  broken: BrokenFunction[];
  /** ERROR and MISSING nodes outside all functions, as `line: construct`. */
  elsewhere: string[];
  opsScanned: string[];
  opsParsed: Set<string>;
  /** Why the file was not parsed at all. */
  refused: string | undefined;
  units: number;
  prepareMs: number;
  parseMs: number;
}

/** Measures one file: under every option, and again for pernet code in arms that this leaves out. */
export function measureFile(file: string, text: string, parser: CParser): FileResult {
  const result: FileResult = {
    file,
    functions: 0,
    reachable: 0,
    broken: [],
    elsewhere: [],
    opsScanned: scanOps(text),
    opsParsed: new Set(),
    refused: undefined,
    units: text.length,
    prepareMs: 0,
    parseMs: 0,
  };
  const seen = new Set<string>();
  for (const configuration of [everyOption, ...variantsFor(text, /pernet_(?:operations|subsys|device)/)])
    parseOnce(result, { text, parser, configuration, seen });
  return result;
}

interface Pass {
  text: string;
  parser: CParser;
  configuration: Configuration;
  /** The functions of earlier passes, which are not counted again. */
  seen: Set<string>;
}

function parseOnce(result: FileResult, { text, parser, configuration, seen }: Pass): void {
  const begin = performance.now();
  const prepared = prepare(text, configuration);
  const prepareEnd = performance.now();
  result.refused = prepared.refused;
  const all = scanFunctions(prepared.text);
  const reached = reach(prepared.text, all);
  const functions = all.filter(({ name }) => !seen.has(name));
  const isFirst = seen.size === 0;
  for (const { name } of functions) seen.add(name);
  result.functions += functions.length;
  result.reachable += functions.filter(({ name }) => reached.has(name)).length;
  const parseBegin = performance.now();
  withTree(parser, prepared, (root) => {
    if (isFirst) {
      result.prepareMs = prepareEnd - begin;
      result.parseMs = performance.now() - parseBegin;
    }
    for (const name of parsedOps(root)) result.opsParsed.add(name);
    compare(result, { root, lines: text.split('\n'), functions, all, reached });
  });
}

interface Comparison {
  root: SyntaxNode;
  lines: readonly string[];
  functions: readonly ScannedFunction[];
  all: readonly ScannedFunction[];
  reached: ReadonlySet<string>;
}

function compare(result: FileResult, { root, lines, functions, all, reached }: Comparison): void {
  const errors = errorsIn(root);
  const known = bodiesOf(root);
  const at = (row: number): string => lines[row]?.trim() ?? '';
  for (const one of functions) {
    const inside = errors.find((node) => node.startIndex < one.end && node.endIndex >= one.start);
    if (!inside && known.has(one.start)) continue;
    const row = inside ? Math.max(inside.startPosition.row, one.line - 1) : one.line - 1;
    const construct = inside ? at(row) : 'not found as a function';
    result.broken.push({ name: one.name, reachable: reached.has(one.name), line: row + 1, construct });
  }
  for (const node of errors)
    if (!all.some((one) => node.startIndex < one.end && node.endIndex >= one.start))
      result.elsewhere.push(`${node.startPosition.row + 1}: ${at(node.startPosition.row)}`);
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

/** Where the bodies of the functions that the tree knows begin. */
function bodiesOf(root: SyntaxNode): Set<number> {
  const definitions = root.namedChildren.filter((node) => node?.type === 'function_definition');
  return new Set(definitions.map((node) => node?.childForFieldName('body')?.startIndex ?? -1));
}

/** The ops definitions that the tree holds without an error. */
function parsedOps(root: SyntaxNode): string[] {
  return root.namedChildren.flatMap((node) => {
    if (node?.type !== 'declaration' || node.hasError) return [];
    const type = node.childForFieldName('type');
    if (type?.childForFieldName('name')?.text !== 'pernet_operations') return [];
    const declarator = node.childForFieldName('declarator');
    if (declarator?.childForFieldName('value')?.type !== 'initializer_list') return [];
    return [declarator.childForFieldName('declarator')?.text ?? ''];
  });
}
