import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Engine } from '../engine/index.ts';
import { diskHost } from '../engine/tree.ts';
import { notAnalysedRule } from '../rules/index.ts';
import type { MemoryReport } from '../server/protocol.ts';
import { toDiagnostic } from '../server/diagnostics.ts';
import { loadWasm, type CParser } from '../syntax/index.ts';
import { BenchedServer, type Answer } from './bench-edits/server.ts';
import { checkout } from './editor-fetch.ts';
import { careful, careless } from './bench-edits/typist.ts';
import { randomFrom } from './random-edits.ts';

// `npm run bench:edits -- TREE [--edits N] [--compare EVERY] [--pile] [--seed N] [FILE…]`: what it takes the language
// server, as it is shipped and over its own protocol, from a keystroke in a real file to the diagnostics of the new text.
// The edits are random, and every other one is an undo; with `--pile` they pile up. Every so many edits the diagnostics
// are compared with those of a fresh analysis, whose cost is printed beside; and what the server's memory comes to is
// printed as it goes.

const someFiles = [
  'net/ipv4/route.c',
  'net/core/rtnetlink.c',
  'net/ipv6/addrconf.c',
  'net/netfilter/nf_tables_api.c',
  'drivers/net/vxlan/vxlan_core.c',
];

/** The bar, in milliseconds of processor time: for half of all edits, and for 95 of a hundred. */
const bar = { half: 50, most: 150 } as const;

/** So many edits go by before garbage is collected for the figures of memory: it takes compiled code along. */
const spared = 100;

interface Options {
  readonly root: string;
  readonly edits: number;
  readonly compare: number;
  readonly doPileUp: boolean;
  readonly seed: number;
  readonly parser: CParser;
}

interface Measured {
  /** By kind of edit, what each took. */
  readonly times: ReadonlyMap<string, readonly number[]>;
  readonly differing: number;
}

async function main(argv: readonly string[]): Promise<number> {
  const [root, ...rest] = argv;
  if (root === undefined) {
    console.error('usage: npm run bench:edits -- TREE [--edits N] [--compare EVERY] [--pile] [--seed N] [FILE…]');
    return 2;
  }
  const numbers = new Map<string, number>();
  const files: string[] = [];
  for (let at = 0; at < rest.length; at++) {
    if (rest[at] === '--pile') numbers.set('pile', 1);
    else if (rest[at]!.startsWith('--')) numbers.set(rest[at]!.slice(2), Number(rest[++at]));
    else files.push(rest[at]!);
  }
  const options: Options = {
    root,
    edits: numbers.get('edits') ?? 100,
    compare: numbers.get('compare') ?? 10,
    doPileUp: numbers.has('pile'),
    seed: numbers.get('seed') ?? 1,
    parser: await serverParser(),
  };
  const all = new Map<string, number[]>();
  let differing = 0;
  for (const file of files.length > 0 ? files : someFiles) {
    const measured = await run(file, options);
    differing += measured.differing;
    for (const [kind, times] of measured.times) all.set(kind, [...(all.get(kind) ?? []), ...times]);
  }
  console.log(`\nall: ${summary([...all.values()].flat())}`);
  for (const [kind, times] of [...all].sort((a, b) => b[1].length - a[1].length))
    console.log(`  ${kind}: ${summary(times)}`);
  console.log(`${differing} of the compared ones differ from a fresh analysis`);
  return differing === 0 ? 0 : 1;
}

async function run(file: string, { root, edits, compare, doPileUp, seed, parser }: Options): Promise<Measured> {
  const original = readFileSync(path.join(root, file), 'utf8');
  const server = new BenchedServer(path.join(root, file));
  try {
    await server.open(original);
    const times = new Map<string, number[]>();
    const passed: number[] = [];
    const fresh: number[] = [];
    const memory: string[] = [];
    let differing = 0;
    const typist = (doPileUp ? careless : careful)(original, randomFrom(seed));
    for (let count = 1; count <= edits; count++) {
      const edit = typist.next();
      const { text } = edit;
      const answer = await server.change(text);
      const kind = edit.kind.replace(/ \d+/, '');
      times.set(kind, [...(times.get(kind) ?? []), answer.processor ?? answer.passed]);
      passed.push(answer.passed);
      if (count % Math.max(Math.ceil(edits / 10), spared) === 0) memory.push(memoryText(await server.memory()));
      if ((count - 1) % compare !== 0) continue;
      const anew = analyseAnew(parser, { root, file, text });
      fresh.push(anew.time);
      if (anew.diagnostics === saidIn(answer.diagnostics)) continue;
      differing++;
      console.log(`${file}: after edit ${count} (${edit.kind}) the diagnostics differ from those of a fresh analysis`);
    }
    console.log(`${file} (${original.split('\n').length} lines): ${summary([...times.values()].flat())}`);
    console.log(
      `  a fresh analysis ${rounded(percentile(fresh, 0.5))} ms; passed: median ${rounded(percentile(passed, 0.5))} ms`,
    );
    if (memory.length > 0)
      console.log(`  memory in MB as the edits went on, resident (of that heap + outside of it): ${memory.join(', ')}`);
    return { times, differing };
  } finally {
    server.close();
  }
}

/** What a fresh analysis says, and the processor time that it takes. */
function analyseAnew(
  parser: CParser,
  { root, file, text }: { readonly root: string; readonly file: string; readonly text: string },
): { readonly diagnostics: string; readonly time: number } {
  const engine = new Engine({ parser, host: diskHost(root) });
  const start = process.cpuUsage();
  engine.setOverlay(file, text);
  const { findings } = engine.analyse(file);
  const { user, system } = process.cpuUsage(start);
  engine.setOverlay(file, undefined);
  const diagnostics = findings.map((finding) => toDiagnostic(finding, (each) => each, {}));
  return { diagnostics: saidIn(diagnostics), time: (user + system) / 1000 };
}

/** Diagnostics as a text, without what could not be analysed and the URIs of related places. */
function saidIn(diagnostics: Answer['diagnostics']): string {
  return JSON.stringify(
    diagnostics
      .filter(({ code }) => code !== notAnalysedRule.id)
      .map(({ range, code, message, relatedInformation }) => [
        range,
        code,
        message,
        relatedInformation?.map((each) => [each.location.range, each.message]),
      ]),
  );
}

/** What the whole process holds, and what of it is known to be in use. */
function memoryText({ resident, own, analysis }: MemoryReport): string {
  const inMB = (...bytes: readonly (number | undefined)[]): number =>
    Math.round(bytes.reduce<number>((sum, each) => sum + (each ?? 0), 0) / 2 ** 20);
  return `${inMB(resident ?? 0)} (${inMB(own?.heap, analysis?.heap)} + ${inMB(own?.external, analysis?.external)})`;
}

function summary(times: readonly number[]): string {
  const within = (most: number): string =>
    `${Math.round((100 * times.filter((time) => time < most).length) / times.length)} % under ${most} ms`;
  return (
    `median ${rounded(percentile(times, 0.5))} ms, 95th percentile ${rounded(percentile(times, 0.95))} ms ` +
    `(${within(bar.half)}, ${within(bar.most)}), ${times.length} edits`
  );
}

function rounded(time: number): number {
  return Math.round(time * 10) / 10;
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
