// `npm run measure:parse -- TREE…`: how much of the code that a lifecycle can reach parses without an error.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { loadNative } from '../syntax/index.ts';
import { type BrokenFunction, type FileResult, measureFile } from './measure-parse/measure.ts';

function* cFiles(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* cFiles(full);
    else if (entry.isFile() && entry.name.endsWith('.c')) yield full;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function total(results: readonly FileResult[], count: (result: FileResult) => number): number {
  return results.reduce((sum, result) => sum + count(result), 0);
}

function listBroken(
  title: string,
  all: number,
  results: readonly FileResult[],
  which: (one: BrokenFunction) => boolean,
): void {
  const lines = results.flatMap(({ file, broken }) =>
    broken.filter(which).map(({ name, line, construct }) => `  ${file}:${line}: ${name}: ${construct}`),
  );
  say(`${title}: ${all}, with an ERROR or MISSING node: ${lines.length}`);
  for (const line of lines) say(line);
}

function list(title: string, lines: readonly string[]): void {
  say(`${title}: ${lines.length}`);
  for (const line of lines) say(`  ${line}`);
}

function report(tree: string, results: readonly FileResult[]): void {
  say(`${tree}: ${results.length} .c files mention pernet_`);
  const lost = results.flatMap(({ file, opsScanned, opsParsed }) =>
    opsScanned.filter((name) => !opsParsed.has(name)).map((name) => `${file}: ${name}`),
  );
  list(`ops definitions: ${total(results, (r) => r.opsScanned.length)}, lost or with an error`, lost);
  const reachable = total(results, (r) => r.reachable);
  listBroken('functions that a lifecycle reaches', reachable, results, (one) => one.reachable);
  const others = total(results, (r) => r.functions) - reachable;
  listBroken('all other functions', others, results, (one) => !one.reachable);
  list(
    'ERROR and MISSING nodes outside functions',
    results.flatMap(({ file, elsewhere }) => elsewhere.map((one) => `${file}:${one}`)),
  );
  list(
    'files not parsed',
    results.flatMap(({ file, refused }) => (refused === undefined ? [] : [`${file}: ${refused}`])),
  );
  const megabytes = total(results, (r) => r.units) / 1e6;
  const speed = (milliseconds: number): string => ((megabytes * 1e3) / milliseconds).toFixed(1);
  const prepareSpeed = speed(total(results, (r) => r.prepareMs));
  const parseSpeed = speed(total(results, (r) => r.parseMs));
  say(`${megabytes.toFixed(1)} MB, each file once: prepared at ${prepareSpeed} MB/s, parsed at ${parseSpeed} MB/s`);
}

async function main(trees: readonly string[]): Promise<void> {
  const parser = await loadNative();
  for (const tree of trees) {
    const results: FileResult[] = [];
    for (const file of cFiles(tree)) {
      const bytes = readFileSync(file);
      if (!bytes.includes('pernet_')) continue;
      results.push(measureFile(path.relative(tree, file), bytes.toString('utf8'), parser));
      // The native binding frees trees only when the event loop turns.
      await new Promise((resolve) => setImmediate(resolve));
    }
    report(tree, results);
  }
}

const trees = process.argv.slice(2);
if (trees.length === 0 || trees.some((tree) => !statSync(tree, { throwIfNoEntry: false })?.isDirectory())) {
  process.stderr.write('usage: npm run measure:parse -- TREE…\n');
  process.exitCode = 2;
} else {
  void main(trees);
}
