import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { expectSample, Place, readmeLines, type Seen } from './editors.ts';

const hasNeovim = spawnSync('nvim', ['--version']).status === 0;
if (!hasNeovim) console.warn('SKIPPED: there is no nvim here, so the server was not tried with Neovim');

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
  codes = vim.tbl_map(function(diagnostic) return diagnostic.code end, vim.diagnostic.get(0)),
  lens = lenses[2].command.title, hover = found.contents.value,
  actions = vim.tbl_map(function(action) return action.title end, actions or {}),
}) or '')
file:close()
vim.cmd('qall!')
`;

describe.skipIf(!hasNeovim)('Neovim, with the lines of the README', () => {
  const place = new Place();

  test('shows the same diagnostics, lenses, hovers and actions', () => {
    const command = `{ ${place.command.map((word) => `'${word}'`).join(', ')} }`;
    const init = place.write('init.lua', readmeLines('lua', `{ 'pernet-lint', 'lsp', '--stdio' }`, command));
    const script = place.write('probe.lua', probe(place.out));
    const seen = place.run('nvim', ['--headless', '-u', init, '-c', `luafile ${script}`]) as Seen & { lens: string };
    expectSample(seen);
    expect(seen.lens).toContain('registered in sample_init');
  });
});
