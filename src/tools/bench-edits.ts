import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Engine, type AnalysisResult } from '../engine/index.ts';
import { diskHost } from '../engine/tree.ts';
import { loadWasm, type CParser } from '../syntax/index.ts';
import { checkout } from './editor-fetch.ts';
import { editOf, randomFrom } from './random-edits.ts';

// `npm run bench:edits -- TREE [--edits N] [FILE…]`: how long it takes from a keystroke to the findings of the file, in
// processor time of the engine, over random edits of real files (half of them are undone again, as a person does), beside
// what a fresh analysis takes; and whether the two find the same.

const someFiles = ['net/ipv4/route.c', 'net/core/rtnetlink.c', 'net/ipv6/addrconf.c', 'drivers/net/vxlan/vxlan_core.c'];
/** Every so many edits the findings are compared with those of a fresh analysis. */
const compareEvery = 10;

async function main(argv: readonly string[]): Promise<number> {
  const [root, ...rest] = argv;
  if (root === undefined) {
    console.error('usage: npm run bench:edits -- TREE [--edits N] [FILE…]');
    return 2;
  }
  const at = rest.indexOf('--edits');
  const edits = at < 0 ? 100 : Number(rest[at + 1]);
  const files = rest.filter((_, index) => at < 0 || (index !== at && index !== at + 1));
  const parser = await serverParser();
  let wrong = 0;
  const all: number[] = [];
  for (const file of files.length > 0 ? files : someFiles) {
    const { times, differing, fresh, lines } = run(parser, { root, file, edits });
    wrong += differing;
    all.push(...times);
    console.log(`${file} (${lines} lines): ${summary(times)}; a fresh analysis ${fresh} ms`);
  }
  console.log(`all: ${summary(all)}; ${wrong} of the compared ones differ from a fresh analysis`);
  return wrong === 0 ? 0 : 1;
}

function run(
  parser: CParser,
  { root, file, edits }: { readonly root: string; readonly file: string; readonly edits: number },
): { times: number[]; differing: number; fresh: number; lines: number } {
  const random = randomFrom(1);
  const original = readFileSync(path.join(root, file), 'utf8');
  const host = diskHost(root);
  const fresh = (text: string): { result: AnalysisResult; ms: number } => {
    const engine = new Engine({ parser, host });
    const start = process.cpuUsage();
    engine.setOverlay(file, text);
    const result = engine.analyse(file);
    engine.setOverlay(file, undefined);
    return { result, ms: since(start) };
  };
  const engine = new Engine({ parser, host });
  const analyse = (text: string): AnalysisResult => {
    engine.setOverlay(file, text);
    return engine.analyse(file);
  };
  analyse(original);
  const times: number[] = [];
  const freshTimes: number[] = [];
  let differing = 0;
  let text = original;
  let before = original;
  for (let count = 1; count <= edits; count++) {
    const { kind, text: edited } = count % 2 === 0 ? { kind: 'undo', text: before } : editOf(text, random);
    before = text;
    text = edited;
    const start = process.cpuUsage();
    const result = analyse(text);
    times.push(since(start));
    if (count % compareEvery !== 1) continue;
    const anew = fresh(text);
    freshTimes.push(anew.ms);
    if (JSON.stringify(anew.result) === JSON.stringify(result)) continue;
    differing++;
    console.log(`${file}: after edit ${count} (${kind}) the findings differ from those of a fresh analysis`);
  }
  return { times, differing, fresh: percentile(freshTimes, 0.5), lines: original.split('\n').length };
}

/** Processor time since `start`, in milliseconds. */
function since(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return Math.round((user + system) / 100) / 10;
}

function summary(times: readonly number[]): string {
  return `median ${percentile(times, 0.5)} ms, 95th percentile ${percentile(times, 0.95)} ms, ${times.length} edits`;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

/** The parser that the server has, from where the build has put it. */
function serverParser(): Promise<CParser> {
  const wasm = (name: string): Buffer => readFileSync(path.join(checkout, 'dist', name));
  return loadWasm({ coreWasm: wasm('web-tree-sitter.wasm'), languageWasm: wasm('tree-sitter-c.wasm') });
}
