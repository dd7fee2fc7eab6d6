import { describe, expect, it } from 'vitest';
import { allPairs, pairsByCall, pairsFromRows, releasesOf, type Pair } from '../../src/lifecycle/resources/index.ts';

const { acquires, releases } = pairsByCall(allPairs);
const named = (pair: Pair): string => `${pair.kind}: ${pair.acquire.join(' ')}`;

/** The names that occur more than once. */
function repeated(names: readonly string[]): string[] {
  return names.filter((name, at) => names.indexOf(name) !== at);
}

describe('the table of the kernel’s pairs', () => {
  it('has each acquiring call once', () => {
    const names = allPairs.flatMap((pair) => pair.acquire);
    expect(repeated(names)).toEqual([]);
    expect(names.length).toBeGreaterThanOrEqual(250);
    expect([...acquires.keys()].sort()).toEqual([...names].sort());
  });

  it('finds every pair by each of its releases', () => {
    for (const pair of allPairs) {
      const calls = releasesOf(pair);
      expect(repeated(calls), named(pair)).toEqual([]);
      for (const call of calls) expect(releases.get(call), call).toContain(pair);
    }
  });

  it('has no call that both acquires and releases, but for what is set and with NULL taken back', () => {
    expect([...acquires.keys()].filter((name) => releases.has(name))).toEqual(['brioctl_set', 'vlan_ioctl_set']);
  });

  it('names things with nouns, and calls with C identifiers', () => {
    expect(allPairs.filter((pair) => !/^[A-Za-z0-9][\w ./-]*\w$/.test(pair.kind)).map(named)).toEqual([]);
    const calls = [...acquires.keys(), ...releases.keys()];
    expect(calls.filter((name) => !/^\w+$/.test(name))).toEqual([]);
  });

  it('knows at the release what the acquire was of', () => {
    for (const pair of allPairs) {
      const count = pair.of === 'result' ? 1 : pair.of === 'fixed' ? 0 : pair.of.length;
      expect(pair.releaseOf, named(pair)).toHaveLength(count);
      if (pair.stores) expect(pair.of, named(pair)).toHaveLength(1);
    }
  });

  it('takes along only kinds that it has', () => {
    const kinds = new Set(allPairs.map((pair) => pair.kind));
    const unknown = allPairs.flatMap((pair) => pair.takesAlong ?? []).filter((kind) => !kinds.has(kind));
    expect(unknown).toEqual([]);
  });

  it('gives the kernel file and function of each fact', () => {
    expect(allPairs.filter((pair) => !/^[\w/-]+\.[ch] \w+\(\)$/.test(pair.source)).map(named)).toEqual([]);
  });

  it('leaves the registration of ops to the model', () => {
    expect([...acquires.keys()].filter((name) => name.startsWith('register_pernet'))).toEqual([]);
  });
});

describe('a row', () => {
  const only = (row: string): Pair | undefined => pairsFromRows(row)[0];

  it('tells where the release has the same things at other places', () => {
    const entry = only('proc entry | a b | r s & t | 0 2 > 0 1 | null lasting exposes | fs/proc/x.c f | dir, entry');
    expect(entry).toEqual({
      kind: 'proc entry',
      acquire: ['a', 'b'],
      release: ['r', 's'],
      of: [0, 2],
      releaseOf: [0, 1],
      fails: 'null',
      lasting: true,
      exposes: true,
      takesAlong: ['dir', 'entry'],
      alsoReleasedBy: [{ call: 't', of: 'result' }],
      source: 'fs/proc/x.c f()',
    });
  });

  it('tells which of its releases take other things along, where not all do', () => {
    const folder = only('folder | a | r all | 0 | never | x.c | folder, file by all');
    expect(folder).toMatchObject({ takesAlong: ['folder', 'file'], takesAlongBy: ['all'] });
    const known = new Set(
      allPairs.flatMap((pair) => [...pair.release, ...(pair.alsoReleasedBy ?? []).map((also) => also.call)]),
    );
    expect(allPairs.flatMap((pair) => pair.takesAlongBy ?? []).filter((call) => !known.has(call))).toEqual([]);
  });

  it('tells which release is of all that share an argument', () => {
    const handler = only('handler | a | r all:1>0 | 1 2 > 0 1 | never | x.c');
    expect(handler).toMatchObject({ release: ['r'], allReleasedBy: [{ call: 'all', of: [1], releaseOf: [0] }] });
  });

  it.each([
    ['0', [0], [0]],
    ['1 2 > 0 1', [1, 2], [0, 1]],
    ['result', 'result', [0]],
    ['result > 1', 'result', [1]],
    ['fixed', 'fixed', []],
    ['&4', [4], [0]],
  ])('names its thing by %s', (names, of, releaseOf) => {
    const pair = only(`thing | a | r | ${names} | never | x.c`);
    expect(pair).toMatchObject({ of, releaseOf, source: 'x.c a()' });
    expect(pair?.stores).toBe(names.startsWith('&') || undefined);
  });

  it.each([
    ['thing | a | r | 0 | sometimes | x.c'],
    ['thing | a | r | 0 | never lastly | x.c'],
    ['thing | a | r | 0 1 > 0 | never | x.c'],
    ['thing | a | r | first | never | x.c'],
    ['thing | a | | 0 | never | x.c'],
    ['thing | a | r | 0 | never'],
  ])('is refused when it is none: %s', (row) => {
    expect(() => pairsFromRows(row)).toThrow('not a row');
  });
});
