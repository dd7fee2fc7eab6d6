import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleServer } from './client.ts';

const sampleFile = path.resolve(import.meta.dirname, '../sample/pernet_sample.c');
const hasNeovim = spawnSync('nvim', ['--version']).status === 0;
if (!hasNeovim) console.warn('SKIPPED: there is no nvim here, so the server was not tried with Neovim');

/** The lines of the README for Neovim, with another command in them. */
function readmeLines(command: readonly string[]): string {
  const readme = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const lua = /```lua\n([\s\S]*?)```/.exec(readme)?.[1];
  const written = `{ 'pernet-lint', 'lsp', '--stdio' }`;
  if (lua?.includes(written) !== true) throw new Error('the README has no lines for Neovim');
  return lua.replace(written, `{ ${command.map((word) => `'${word}'`).join(', ')} }`);
}

/** Waits for the diagnostics, asks for what the server tells of the first ops, and writes all of it down. */
const probe = (out: string): string => `
vim.cmd('edit ' .. vim.env.PERNET_FILE)
vim.wait(30000, function() return #vim.diagnostic.get(0) >= 4 end, 100)
local buffer = vim.api.nvim_get_current_buf()
local document = vim.lsp.util.make_text_document_params(buffer)
local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 30000) or {}
  for _, answer in pairs(answers) do return answer.result end
end
local seen = {}
for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
  table.insert(seen, diagnostic.lnum + 1 .. ' ' .. diagnostic.code)
end
local lenses = ask('textDocument/codeLens', { textDocument = document })
local symbols = ask('textDocument/documentSymbol', { textDocument = document })
local found = ask('textDocument/hover', { textDocument = document, position = symbols[1].selectionRange.start })
local last = vim.diagnostic.get(0)[#vim.diagnostic.get(0)].user_data.lsp
local diagnostic = { range = symbols[1].range, source = 'pernet', code = last.code, data = last.data, message = '' }
local actions = ask('textDocument/codeAction', {
  textDocument = document, range = symbols[1].range, context = { diagnostics = { diagnostic } },
})
local file = io.open('${out}', 'w')
file:write(vim.json and vim.json.encode({
  diagnostics = seen, lens = lenses[2].command.title, hover = found.contents.value,
  actions = vim.tbl_map(function(action) return action.title end, actions or {}),
}) or '')
file:close()
vim.cmd('qall!')
`;

describe.skipIf(!hasNeovim)('Neovim, with the lines of the README', () => {
  let bundle: Awaited<ReturnType<typeof bundleServer>>;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pernet-nvim-'));
  beforeAll(async () => {
    bundle = await bundleServer();
  });
  afterAll(() => {
    bundle.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('shows the same diagnostics, lenses, hovers and actions', () => {
    const file = path.join(folder, 'pernet_sample.c');
    writeFileSync(file, readFileSync(sampleFile));
    const out = path.join(folder, 'out.json');
    writeFileSync(path.join(folder, 'init.lua'), readmeLines([process.execPath, bundle.file, '--stdio']));
    writeFileSync(path.join(folder, 'probe.lua'), probe(out));
    const { stderr, status } = spawnSync(
      'nvim',
      ['--headless', '-u', path.join(folder, 'init.lua'), '-c', `luafile ${path.join(folder, 'probe.lua')}`],
      { timeout: 60_000, encoding: 'utf8', env: { ...process.env, PERNET_FILE: file, HOME: folder } },
    );
    expect({ stderr, status }).toMatchObject({ status: 0 });
    const seen = JSON.parse(readFileSync(out, 'utf8')) as {
      diagnostics: string[];
      lens: string;
      hover: string;
      actions: string[];
    };
    expect(seen.diagnostics.map((each) => each.replace(/^\d+ /, '')).sort()).toEqual([
      'pernet/id-without-size',
      'pernet/left-registered-on-error',
      'pernet/left-registered-on-exit',
      'pernet/unregister-kind-mismatch',
    ]);
    expect(seen.lens).toContain('registered in sample_init');
    expect(seen.hover).toContain('sample_');
    expect(seen.actions).toContain('Show the run that proves this');
  });
});
