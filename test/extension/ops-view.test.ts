import { describe, expect, test } from 'vitest';
import { nodesOf, summaryOf, type Look, type Node } from '../../src/extension/ops-view/model.ts';
import type { ListedOps, OpsList } from '../../src/server/protocol.ts';

const range = { line: 3, column: 1, endLine: 3, endColumn: 5 };

function ops(name: string, more: Partial<ListedOps> = {}): ListedOps {
  const file = more.file ?? `net/${name}.c`;
  const tree = more.tree ?? 'file:///src/linux';
  return {
    ...{
      name,
      file,
      tree,
      uri: `${tree}/${file}`,
      range,
      module: name,
      kind: 'subsys',
      registeredIn: [`${name}_init`],
    },
    ...{ callbacks: [{ field: 'init', function: `${name}_up`, range }], problems: 0, worst: null },
    ...more,
  };
}

function listOf(...all: ListedOps[]): OpsList {
  return { ops: all, isReading: false, isChecked: true };
}

const byModule: Look = { order: 'module', filter: '', lists: [] };

/** A node and what is below it, a line each. */
function drawn(nodes: readonly Node[], indent = ''): string[] {
  return nodes.flatMap((node) => [
    `${indent}${node.label} | ${node.description}`,
    ...drawn(node.kind === 'ops' ? [] : node.children, `${indent}  `),
  ]);
}

describe('the view of all ops', () => {
  test('by module: each with its ops, how many, and the problems', () => {
    const list = listOf(
      ops('b', { module: 'm', file: 'net/m/b.c', problems: 2, worst: 'error' }),
      ops('c', { module: 'm', file: 'net/m/c.c', kind: 'device', problems: 1, worst: 'hint' }),
      ops('a'),
    );
    const nodes = nodesOf(list, byModule);
    expect(drawn(nodes)).toEqual([
      'a | net · 1 ops',
      '  a | subsys',
      'm | net/m · 2 ops · 3 problems',
      '  b | subsys · 2 problems',
      '  c | device · 1 problem',
    ]);
    expect(nodes.map(({ worst }) => worst)).toEqual([null, 'error']);
    expect(nodes[0]!.children[0]!.children).toMatchObject([
      { kind: 'callback', label: '.init', description: 'a_up()' },
    ]);
  });

  test('in the order of pernet_list: the boundary, and below what is not there when the kernel has booted', () => {
    const list = listOf(ops('a'), ops('dev', { kind: 'device' }), ops('z', { kind: 'device' }), ops('y'));
    const order = [
      { ops: 'gone', uri: 'file:///src/linux/net/gone.c', level: 'core_initcall' },
      { ops: 'a', uri: 'file:///src/linux/net/a.c', level: 'subsys_initcall' },
      { ops: 'dev', uri: 'file:///src/linux/net/dev.c', level: 'device_initcall' },
    ];
    const lists = [{ tree: 'file:///src/linux', config: '.config', order, firstDevice: 2 }];
    expect(drawn(nodesOf(list, { order: 'list', filter: '', lists }))).toEqual([
      '2  a | subsys · subsys_initcall · net/a.c',
      "first_device | a module's subsys ops go above, its device ops to the end",
      '3  dev | device · device_initcall · net/dev.c',
      'Not there when the kernel has booted | 2 ops',
      '  y | subsys · y',
      '  z | device · z',
    ]);
    // Before the order is known, and in what is no kernel tree.
    expect(drawn(nodesOf(list, { order: 'list', filter: '', lists: [] })).map((line) => line[0])).toEqual([
      ...['a', 'y', 'd', 'z'],
    ]);
  });

  test('filtered by parts of names, modules, files and callbacks', () => {
    const list = listOf(ops('alpha'), ops('beta', { module: 'tunnel' }));
    const shown = (filter: string): string[] => nodesOf(list, { ...byModule, filter }).map(({ label }) => label);
    expect(shown('ALPHA_UP')).toEqual(['alpha']);
    expect(shown('tun net/')).toEqual(['tunnel']);
    expect(shown('tun alpha')).toEqual([]);
    expect(summaryOf(list, { ...byModule, filter: 'tun' })).toBe('"tun": 1 of 2');
  });

  test('several trees have a node each', () => {
    const list = listOf(ops('a'), ops('a', { tree: 'file:///src/linux-6.1' }));
    expect(drawn(nodesOf(list, byModule)).filter((line) => !line.startsWith(' '))).toEqual([
      'linux | 1 ops',
      'linux-6.1 | 1 ops',
    ]);
  });

  test('every node has an id of its own', () => {
    const list = listOf(
      ops('a', { file: 'x/a.c' }),
      ops('a', { file: 'y/a.c' }),
      ops('b', { module: 'a', file: 'x/b.c' }),
    );
    const ids: string[] = [];
    const note = (node: Node): void => {
      ids.push(node.id);
      node.children.forEach(note);
    };
    nodesOf(list, byModule).forEach(note);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says while it reads, and whose problems are known', () => {
    expect(summaryOf({ ops: [], isReading: true, isChecked: false }, byModule)).toBe('Reading the workspace …');
    expect(summaryOf({ ...listOf(ops('a')), isChecked: false }, byModule)).toBe('problems are those of opened files');
    expect(summaryOf(listOf(ops('a')), byModule)).toBe('');
  });
});
