import { describe, expect, test } from 'vitest';
import { timelineOfScenario } from '../../src/engine/scenario.ts';
import type { Timeline, WhatIf } from '../../src/engine/types.ts';
import { draw, overview, rowAt, tracksOf } from '../../src/webview/drawing.ts';
import { exported } from '../../src/webview/export.ts';
import { questionsAt } from '../../src/webview/questions.ts';
import { filtered, lanesOf, matches, namesIn, noFilter, partedFrom, rowsOf } from '../../src/webview/rows.ts';
import { failedLoad } from './sample-run.ts';

const scenario = {
  ops: { a: { init: true, exit: true, id: true, size: 8 }, b: { init: true, exit: true } },
  steps: [
    { step: 'net_ns_init' },
    { step: 'register_pernet_subsys', ops: 'a' },
    { step: 'register_pernet_subsys', ops: 'b' },
    { step: 'copy_net_ns', net: 'n1' },
  ],
};

function run(whatIf?: (timeline: Timeline) => WhatIf): Timeline {
  const text = JSON.stringify(scenario);
  const plain = timelineOfScenario(text, { file: 'x.netns.json' }) as Timeline;
  return whatIf ? (timelineOfScenario(text, { file: 'x.netns.json', whatIf: whatIf(plain) }) as Timeline) : plain;
}
const initOf =
  (ops: string, net: string) =>
  ({ entries }: Timeline) =>
    entries.findIndex(({ event }) => event.event === 'init' && event['ops'] === ops && event['net'] === net);

describe('rows', () => {
  test.each([
    ['a(&b) succeeds', 'a(&b) fails', 'a(&b) ', 'succeeds'],
    ['a(&b) fails', 'a(&b) succeeds', 'a(&b) ', 'fails'],
    ['a for n1', 'a for n1, which fails', 'a for n1', ''],
    ['a for n1, which fails', 'a for n1', 'a for n1', ', which fails'],
    ['returns -12', 'returns -13', 'returns -', '12'],
    [`a ${'b'.repeat(40)}`, 'a c', `a ${'b'.repeat(40)}`, ''],
  ])('what is its own of %o beside %o', (text, other, begins, own) => {
    expect(partedFrom(text, other)).toEqual([begins, own]);
  });

  test('of one run are its entries', () => {
    expect(rowsOf(failedLoad()).map(({ first, kind }) => [first?.index, kind])).toEqual(
      failedLoad().entries.map(({ index }) => [index, 'same']),
    );
  });

  test('of two: what both do stands in one row, what differs is told apart, and nothing is lost', () => {
    const timeline = run((plain) => ({ kind: 'fail-init', entry: initOf('b', 'n1')(plain) }));
    const rows = rowsOf(timeline);
    expect(rows.flatMap(({ first }) => first ?? [])).toEqual(timeline.entries);
    expect(rows.flatMap(({ second }) => second ?? [])).toEqual(
      'entries' in timeline.other! ? timeline.other.entries : [],
    );
    const first = rows.find(({ kind }) => kind !== 'same');
    expect([first?.kind, first?.first?.text, first?.second?.text]).toEqual([
      'both',
      'ops_init() calls b.init for n1',
      'ops_init() calls b.init for n1, which fails with -12',
    ]);
    const only = rows.filter(({ kind }) => kind === 'second').map(({ second }) => second?.event.event);
    expect(only).toContain('synchronize_rcu');
  });
});

describe('filter and search', () => {
  const rows = rowsOf(failedLoad());
  test('by ops, by namespace, by both; what breaks the rule stays', () => {
    const texts = (ops: string, net: string) => filtered(rows, { ops, net }, 11).map(({ index }) => index);
    expect(filtered(rows, noFilter, 11)).toBe(rows);
    expect(texts('sample_dev_ops', '')).toEqual([4, 5, 6, 8, 9, 11]);
    expect(texts('', 'n1')).toEqual([3, 6, 11]);
    expect(texts('sample_dev_ops', 'n1')).toEqual([6, 11]);
  });
  test('search is in any case, and finds the kind of an event too', () => {
    expect(matches(rows, 'IDA_alloc')).toEqual([1]);
    expect(matches(rows, 'rcu_barrier')).toEqual([10]);
    expect(matches(rows, '  ')).toEqual([]);
  });
  test('the names to choose from', () => {
    expect(namesIn(failedLoad())).toEqual({ ops: ['sample_net_ops', 'sample_dev_ops'], nets: ['init_net', 'n1'] });
    expect(lanesOf(failedLoad().entries)).toEqual(['module', 'core', 'init_net', 'n1']);
  });
});

describe('the drawing', () => {
  const rows = rowsOf(failedLoad());
  const tracks = tracksOf(rows, false);
  test('has a lane for the module, the core and each namespace, and grace periods through all of them', () => {
    const drawing = draw(rows, tracks, { from: 0, scale: 20, width: 240 });
    expect(drawing.lanes.map(({ lane }) => lane)).toEqual(['module', 'core', 'init_net', 'n1']);
    expect(drawing.height).toBe(80);
    // Steps 8 and 11 of 12, each 20 pixels wide.
    expect(drawing.points).toBe('M150 0v80M210 0v80');
    expect(drawing.marks.find(({ shape }) => shape === 'failed')?.d).toContain('M126 66L134 74');
  });
  test('what differs without a break is one stretch', () => {
    const kinds = ['same', 'both', 'first', 'same', 'second', 'second'] as const;
    const differing = rows.slice(0, kinds.length).map((row, index) => ({ ...row, kind: kinds[index]! }));
    const { differences } = draw(differing, tracks, { from: 0, scale: 20, width: 240 });
    expect(differences).toBe('M20 0h40v80h-40ZM80 0h40v80h-40Z');
  });
  test('draws what is in view only, and ticks where there is no room for marks', () => {
    const part = draw(rows, tracks, { from: 6, scale: 20, width: 40 });
    expect(part.marks.map(({ shape }) => shape).sort()).toEqual(['exit', 'failed', 'point']);
    const small = draw(rows, tracks, { from: 0, scale: 2, width: 24 });
    expect(small.marks.find(({ shape }) => shape === 'failed')?.d).toBe('M13 62v16');
  });
  test('finds the row under the pointer, and the overview shows what matters most', () => {
    expect(rowAt({ from: 2.5, scale: 10, width: 100 }, 4, 12)).toBe(2);
    expect(rowAt({ from: 0, scale: 10, width: 100 }, 999, 12)).toBe(11);
    expect(overview(rows, 2)).toEqual([
      { x: 0, shape: 'source' },
      { x: 1, shape: 'failed' },
    ]);
  });
});

describe('questions', () => {
  test('an init can fail, its allocation too where it has data, and registrations can be swapped', () => {
    const timeline = run();
    const at = (index: number) => questionsAt(timeline, timeline.entries[index]!);
    const labels = (index: number) => at(index).faults.map(({ label }) => label);
    expect(labels(initOf('a', 'n1')(timeline))).toEqual(['this init fails', 'its allocation fails']);
    expect(labels(initOf('b', 'n1')(timeline))).toEqual(['this init fails']);
    expect(at(initOf('a', 'init_net')(timeline)).swaps.map(({ ops }) => ops)).toEqual(['b']);
    expect(at(initOf('a', 'n1')(timeline)).swaps).toEqual([]);
  });
});

describe('export', () => {
  const timeline = failedLoad();
  const rows = rowsOf(timeline);
  test('text: for a commit message, no line wider than 72, what breaks the rule marked', () => {
    const text = exported('text', timeline, rows);
    const lines = text.split('\n');
    expect(lines.filter((line) => line.length > 72)).toEqual([]);
    expect(text).toMatch(/^pernet\/left-registered-on-error: sample_net_ops is left registered/);
    expect(lines.filter((line) => line.startsWith('>'))).toEqual([
      expect.stringContaining('sample_init() returns -12'),
    ]);
    expect(text).toMatch(/Not released in the end: registration of sample_net_ops \(subsys\)\s\(sample_init\)\./);
    expect(text).not.toContain('ida_alloc_min');
  });
  test('JSON: the scenario, which can be run again', () => {
    const again = timelineOfScenario(exported('json', run(), []), { file: 'x.netns.json' }) as Timeline;
    expect(again.entries).toEqual(run().entries);
  });
  test('SVG: stands alone, and text of the workspace is never markup', () => {
    const svg = exported('svg', { ...timeline, title: '<img src=x>&"' }, rows);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toMatch(/<img|NaN|undefined/);
    expect(svg).toContain('&#60;img src=x&#62;&#38;&#34;');
  });
  test('SVG: the caption is as wide as the drawing, on as many lines as it takes', () => {
    const finding = { rule: 'pernet/x', message: 'a word '.repeat(60).trim(), fingerprint: 'f' };
    const svg = exported('svg', { ...timeline, finding }, rows);
    const width = Number(/width="(\d+)"/.exec(svg)![1]);
    const lines = [...svg.matchAll(/<text x="8" y="(\d+)">([^<]*word[^<]*)</g)];
    expect(lines.length).toBeGreaterThan(2);
    for (const [, , text] of lines) expect(text!.length * 6.5).toBeLessThan(width);
    // The lanes begin below.
    expect(Number(/translate\(\d+ (\d+)\)/.exec(svg)![1])).toBeGreaterThan(Number(lines.at(-1)![1]));
  });
});
