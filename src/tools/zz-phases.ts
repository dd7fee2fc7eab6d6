import fs from 'node:fs';
import path from 'node:path';
import { loadWasm } from '../syntax/index.ts';
import { phasesOf } from './bench-tree/phases.ts';
async function main(): Promise<void> {
  const wasm = (name: string): Buffer => fs.readFileSync(path.join(__dirname, '..', name));
  const parser = await loadWasm({ coreWasm: wasm('web-tree-sitter.wasm'), languageWasm: wasm('tree-sitter-c.wasm') });
  const p = await phasesOf(process.argv[2]!, parser);
  console.log(JSON.stringify(p), ((p.context + p.link + p.analyse) / p.read).toFixed(2));
}
void main();
