import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { render, type RenderOptions, type Report } from '../../src/report/index.ts';
import { buggy, excused, finding, holding, options, reportOf } from './sample.ts';

const sample = reportOf({ 'net/foo.c': buggy, 'net/bar.c': excused });

function page(report: Report, more: Partial<RenderOptions> = {}): string {
  return render('html', report, { ...options, tree: 'linux', ...more });
}

/** The text of an element's children, without tags and entities. */
function textOf(html: string): string {
  return html
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|quot|#39);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', '#39': "'" })[name] ?? '')
    .replaceAll('&amp;', '&');
}

test('holds each finding with its way and its run, what is suppressed and why, the ops, the rules and the counts', () => {
  const text = textOf(page(sample));
  const [found] = sample.findings;
  for (const words of [
    'pernet-lint: linux',
    found!.message,
    'foo_net_ops is registered here net/foo.c:17:9',
    'The run that proves it',
    '✗ here the rule is broken',
    '“the module is "permanent" & <pinned>” (comment at line 20)',
    'subsystems, before first_device',
    'bar_net_ops',
    'When module init has failed, none of its ops is in pernet_list.',
    'files looked at',
  ]) {
    expect(text).toContain(words);
  }
});

test('what a tree holds is text, wherever it stands', () => {
  const nasty = `<img src=x onerror=alert(1)> & "quoted" 'single' \u0000`;
  const event = { event: 'source', file: nasty, line: 1, column: 1, function: nasty, call: nasty, outcome: nasty };
  const report: Report = {
    ...holding(
      finding({
        file: nasty,
        message: nasty,
        function: nasty,
        ops: nasty,
        module: nasty,
        config: nasty,
        fingerprint: nasty,
        rule: nasty,
        related: [{ file: nasty, line: 1, column: 1, message: nasty }],
        witness: { scenario: {}, events: [event], failing: 0 },
      }),
    ),
    suppressed: [
      { finding: finding({ file: nasty }), reason: nasty, comment: { line: 1, column: 1, endLine: 1, endColumn: 2 } },
    ],
    notAnalysed: [{ file: nasty, line: 1, function: nasty, reason: nasty }],
    errors: [nasty],
    ops: [
      {
        name: nasty,
        file: nasty,
        range: { line: 1, column: 1, endLine: 1, endColumn: 2 },
        kind: 'subsys',
        registeredIn: [nasty],
        module: nasty,
        problems: 1,
        fields: { id: nasty },
      },
    ],
  };
  const html = page(report, { tree: nasty });
  expect(html).not.toContain('<img');
  expect(html).not.toContain('\u0000');
  expect(
    html.match(/onerror=alert\(1\)&gt; &amp; &quot;quoted&quot; &#39;single&#39; \ufffd/g)?.length,
  ).toBeGreaterThan(20);
  // No quote of a value ends an attribute: what stands between tags' angle brackets is all of the page's own making.
  expect(html.match(/<[^>]*onerror[^>]*>/g)?.filter((tag) => !/="[^"]*onerror[^"]*"/.test(tag)) ?? []).toEqual([]);
});

test('needs nothing else: its policy names the hashes of its style and its script, and nothing in it asks for more', () => {
  const html = page(sample);
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  const hash = (tag: string): string => {
    const [, inside = ''] = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(html) ?? [];
    return `&#39;sha256-${createHash('sha256').update(inside).digest('base64')}&#39;`;
  };
  expect(policy.split('; ').sort()).toEqual(
    [
      `default-src &#39;none&#39;`,
      `style-src ${hash('style')}`,
      `script-src ${hash('script')}`,
      `base-uri &#39;none&#39;`,
      `form-action &#39;none&#39;`,
    ].sort(),
  );
  expect(html).not.toMatch(/https?:|url\(|@import|<link|<img|<iframe|\ssrc=|\sstyle=|\son[a-z]+=/);
});

test('every link leads to a place in the page, and no two places share a name', () => {
  const html = page(sample);
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const links = [...html.matchAll(/\shref="#([^"]*)"/g)].map(([, id]) => id);
  expect(links.length).toBeGreaterThan(1);
  expect(links.filter((id) => !ids.includes(id))).toEqual([]);
});

test('the same report gives the same bytes, whatever the time', () => {
  expect(page({ ...sample, stats: { ...sample.stats, ms: 99 } })).toBe(page(sample));
});

test('nothing found is said', () => {
  const text = textOf(page(holding()));
  expect(text).toContain('No problem found.');
  expect(text).not.toContain('every rule');
});

test('a page that would be too large keeps the runs of the loudest, and says so', () => {
  const notes: string[] = [];
  const [found] = sample.findings;
  const long = { ...found!.witness, events: Array(4500).fill(found!.witness.events[0]!) };
  const many = Array.from({ length: 9 }, (_, index) => ({
    ...found!,
    witness: long,
    severity: index === 8 ? ('error' as const) : ('hint' as const),
    line: index + 1,
    fingerprint: `${index}`,
  }));
  const html = page(holding(...many), { note: (line) => notes.push(line) });
  expect(notes).toEqual(['html: the runs of 5 findings are left out: the page would be too large']);
  expect(html.match(/class="run"/g)?.length).toBe(4);
  expect(html.match(/The run is left out here/g)?.length).toBe(5);
  expect(/id="f-8".*?<\/article>/s.exec(html)?.[0]).toContain('class="run"');
});
