/**
 * `npm run list:unknown-calls -- TREE [--top N] [--pairs] [--json]`: which calls in the callbacks of pernet_operations
 * and in module init and exit functions of a tree (and in what these call) neither the table of pairs knows nor the
 * program defines, most used first. That is where the table grows. `--pairs`: only those that look like one of a pair.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Scanner } from '../engine/scan.ts';
import { findProject } from '../engine/project/find.ts';
import { tableWith } from '../lifecycle/index.ts';
import { moduleOfFile, Program } from '../program/index.ts';
import { unknownCalls, type UnknownCall } from './unknown-calls/collect.ts';

const dist = path.join(__dirname, '..');

function usage(reason: string): never {
  console.error(`${reason}\nusage: npm run list:unknown-calls -- TREE [--top N] [--pairs] [--json]`);
  process.exit(2);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { top: { type: 'string' }, pairs: { type: 'boolean' }, json: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [tree] = positionals;
  if (tree === undefined || positionals.length > 1) usage('one TREE is wanted');
  if (!fs.statSync(tree, { throwIfNoEntry: false })?.isDirectory()) usage(`${tree} is not a folder`);
  if (values.top !== undefined && !/^[1-9]\d*$/.test(values.top))
    usage(`--top ${values.top}: a number from 1 is wanted`);
  const scanner = new Scanner({
    root: tree,
    jobs: Math.min(8, os.availableParallelism()),
    config: null,
    workerFile: path.join(dist, 'worker.cjs'),
  });
  const { hits } = await scanner.find([{ kind: 'below', path: '' }]);
  const read = await scanner.read(hits.map((hit) => hit.path));
  await scanner.close();
  const facts = read.flatMap(({ result }) => ('facts' in result ? [result.facts] : []));
  const text = (file: string): string | undefined => {
    const full = path.join(tree, file);
    return fs.existsSync(full) ? fs.readFileSync(full, 'utf8') : undefined;
  };
  const program = new Program(facts, (file) => moduleOfFile(file, text));
  const definedIn = new Definitions(tree);
  const all = unknownCalls(program, { facts, table: tableWith(findProject(tree).pairs) });
  const chosen = all.filter(({ partner }) => values.pairs !== true || partner !== null);
  const shown = chosen.slice(0, values.top === undefined ? undefined : Number(values.top));
  if (values.json === true) {
    console.log(JSON.stringify(shown, null, 1));
    return;
  }
  for (const each of shown) console.log(`${lineOf(each)}${definedIn.beside(each)}`);
  const pairs = all.filter(({ partner }) => partner !== null).length;
  console.log(
    `${all.length} calls that are not known, ${pairs} of them with a partner in the tree; ${shown.length} shown`,
  );
}

/** The files beside a caller: what its callbacks call there is read and followed, so that a row would only hide it. */
class Definitions {
  private readonly folders = new Map<string, string>();

  constructor(private readonly tree: string) {}

  beside({ file, name }: UnknownCall): string {
    const folder = path.join(this.tree, path.dirname(file));
    let text = this.folders.get(folder);
    if (text === undefined) {
      const sources = fs.readdirSync(folder).filter((each) => each.endsWith('.c'));
      text = sources.map((each) => fs.readFileSync(path.join(folder, each), 'utf8')).join('\n');
      this.folders.set(folder, text);
    }
    return new RegExp(`^\\w[^\\n;]*\\b${name}\\([^;{}]*\\)\\s*\\{`, 'm').test(text) ? ' (defined beside)' : '';
  }
}

function lineOf({ name, count, partner, file, line, caller }: UnknownCall): string {
  const beside = partner === null ? '' : `with ${partner}`;
  return `${String(count).padStart(5)}  ${name.padEnd(38)} ${beside.padEnd(42)} ${file}:${line} ${caller}()`;
}

void main();
