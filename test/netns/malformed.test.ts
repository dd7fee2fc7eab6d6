/** Malformed scenarios: one clear line that begins with the JSON path of what is wrong. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dialectNamed, parseScenario, parseScenarioText } from '../../src/netns/index.ts';

const folder = path.join(import.meta.dirname, 'reference', 'malformed');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.err'))
  .map((file) => file.replace(/\.err$/, ''));

function pathOf(error: string): string {
  return error.slice(0, error.indexOf(': '));
}

function errorOf(source: string): string {
  const parsed = parseScenarioText(source);
  return parsed.ok ? 'accepted' : parsed.error;
}

describe('scenarios that the reference text rejects', () => {
  it.each(names)('%s', (name) => {
    const error = errorOf(readFileSync(path.join(folder, `${name}.netns.json`), 'utf8'));
    const expected = readFileSync(path.join(folder, `${name}.err`), 'utf8').trim();
    expect(pathOf(error)).toBe(pathOf(expected));
    // Texts about JSON itself are the parser's own.
    if (!expected.startsWith('$: not JSON')) expect(error.startsWith(expected), error).toBe(true);
    expect(error).not.toContain('\n');
  });
});

/** Each case: what is wrong, the scenario, and the whole line. */
const cases: [string, unknown, string][] = [
  ['a description that is no text', { description: 1, steps: [] }, '$.description: a text expected'],
  ['ops that is not an object', { ops: null, steps: [] }, '$.ops: an object expected'],
  ['an ops without a name', { ops: { '': {} }, steps: [] }, '$.ops[""]: a name expected'],
  ['an ops of an odd name', { ops: { 'a b': 1 }, steps: [] }, '$.ops["a b"]: an object expected'],
  ['a callback of later kernels', { ops: { a: { exit_rtnl: true } }, steps: [] }, '$.ops.a.exit_rtnl: unknown member'],
  ['a step that is no text', { steps: [{ step: 1 }] }, '$.steps[0].step: a text expected'],
  ['a step named like a method', { steps: [{ step: 'toString' }] }, '$.steps[0].step: unknown step "toString"'],
  ['an empty name', { steps: [{ step: 'get_net', net: '' }] }, '$.steps[0].net: a name expected'],
  ['a name that is no text', { steps: [{ step: 'get_net', net: 3 }] }, '$.steps[0].net: a name expected'],
  [
    'a net that a failing copy would not make',
    {
      steps: [
        { step: 'copy_net_ns', net: 'n1', flags: [] },
        { step: 'get_net', net: 'n1' },
      ],
    },
    '$.steps[1].net: no earlier step makes a namespace "n1"',
  ],
  [
    'flags that are no list',
    { steps: [{ step: 'copy_net_ns', net: 'n1', flags: 'x' }] },
    '$.steps[0].flags: an array expected',
  ],
  [
    'attributes that are no object',
    { steps: [{ step: 'rtnl_newid', net: 'init_net', attrs: [] }] },
    '$.steps[0].attrs: an object expected',
  ],
  [
    'a fault in what is not declared',
    { steps: [{ step: 'fail_init', ops: 'a' }] },
    '$.steps[0].ops: "a" is not declared in ops',
  ],
  [
    'a net that only another configuration makes',
    { config: { NET_NS: false }, steps: [{ step: 'set_pid', pid: 1, net: 'n1' }] },
    '$.steps[0].net: no earlier step makes a namespace "n1"',
  ],
  [
    'a fraction',
    { steps: [{ step: 'get_net_ns_by_id', net: 'init_net', id: 0.5 }] },
    '$.steps[0].id: an integer expected',
  ],
  [
    'a name with a line break',
    { steps: [{ step: 'get_net', net: 'a\nb' }] },
    '$.steps[0].net: no earlier step makes a namespace "a\\nb"',
  ],
];

describe('scenarios that the format rejects', () => {
  it.each(cases)('%s', (_title, value, error) => {
    expect(parseScenario(value)).toEqual({ ok: false, error });
  });

  it('says in one line what is not JSON', () => {
    expect(errorOf('{\n"steps":\n[ }')).toMatch(/^\$: not JSON: [^\n]+$/);
    expect(errorOf('')).toMatch(/^\$: not JSON: [^\n]+$/);
    expect(errorOf('\u007fELF\0\0')).toBe('$: not JSON: binary data');
    expect(errorOf('\uFEFF{ "steps": [] }')).toBe('accepted');
  });

  it('knows the callbacks of the dialect', () => {
    const scenario = { ops: { a: { exit_rtnl: true, exit_batch_rtnl: true } }, steps: [] };
    const accepts = (name: string) => parseScenario(scenario, { dialect: dialectNamed(name)! }).ok;
    expect(['reference', '6.1', '6.12'].map(accepts)).toEqual([false, false, true]);
  });
});
