import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadNative, loadWasm, type CParser } from '../syntax/index.ts';

/**
 * The parser for this program. Both bindings give the same trees. The WASM one that lies beside the bundle is taken: it
 * is the one that the editor uses, and needs no build for the machine; the native one where it does not lie there (tests
 * that run from the sources). PERNET_PARSER=native or wasm decides otherwise.
 */
export async function loadParser(): Promise<CParser> {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const coreWasm = path.join(here, 'web-tree-sitter.wasm');
  const languageWasm = path.join(here, 'tree-sitter-c.wasm');
  const wanted = process.env['PERNET_PARSER'];
  if (wanted === 'native' || (wanted !== 'wasm' && !fs.existsSync(coreWasm))) return loadNative();
  return loadWasm({ coreWasm: fs.readFileSync(coreWasm), languageWasm: fs.readFileSync(languageWasm) });
}
