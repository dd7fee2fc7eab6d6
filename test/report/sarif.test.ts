import { describe, expect, test } from 'vitest';
import { renderSarif } from '../../src/report/sarif.ts';
import { githubLimits, type SarifLimits } from '../../src/report/sarif-limits.ts';
import type { RenderOptions, Report } from '../../src/report/index.ts';
import { ownRules, rules } from '../../src/rules/index.ts';
import { buggy, excused, finding, holding, options, reportOf } from './sample.ts';
import { validateSarif } from './sarif-schema.ts';

interface Message {
  text: string;
}
interface Location {
  physicalLocation: {
    artifactLocation: { uri: string; uriBaseId: string };
    region: { startLine: number; startColumn?: number };
  };
  logicalLocations?: { name: string; kind: string }[];
  message: Message;
}
interface FlowLocation {
  location: Location;
  kinds: string[];
  nestingLevel: number;
  executionOrder: number;
  importance?: string;
}
interface Result {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: Message;
  locations: Location[];
  relatedLocations?: Location[];
  partialFingerprints: Record<string, string>;
  codeFlows?: { message: Message; threadFlows: { locations: FlowLocation[] }[] }[];
  suppressions?: { kind: string; justification: string; location: Location }[];
  fixes?: object[];
  properties: Record<string, string>;
}
interface Rule {
  id: string;
  shortDescription: Message;
  fullDescription: Message;
  help: { markdown: string };
  helpUri?: string;
  defaultConfiguration: { level: string };
  properties: { tags: string[]; precision: string };
}
interface Run {
  tool: { driver: { rules: Rule[] } };
  invocations: { executionSuccessful: boolean; toolExecutionNotifications: { level: string; message: Message }[] }[];
  results: Result[];
}

/** The run of a log, which the published schema has passed. */
function runOf(report: Report, limits: Partial<SarifLimits> = {}, more: Partial<RenderOptions> = {}): Run {
  const text = renderSarif(report, { ...options, ...more }, { ...githubLimits, ...limits });
  const log = JSON.parse(text) as { runs: [Run] };
  expect(validateSarif(log) ? [] : validateSarif.errors).toEqual([]);
  return log.runs[0];
}

const sample = reportOf({ 'net/foo.c': buggy, 'net/bar.c': excused });

describe('a result', () => {
  const run = runOf(sample);
  const [result] = run.results;

  test('has its rule, place, message and fingerprint', () => {
    const [found] = sample.findings;
    expect(run.tool.driver.rules[result!.ruleIndex]?.id).toBe('pernet/left-registered-on-error');
    expect(result).toMatchObject({
      ruleId: 'pernet/left-registered-on-error',
      level: 'error',
      message: { text: found!.message },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'net/foo.c', uriBaseId: 'SRCROOT' },
            region: { startLine: found!.line, startColumn: found!.column, endColumn: found!.endColumn },
          },
          logicalLocations: [
            { name: 'foo_init', kind: 'function' },
            { name: 'foo_net_ops', kind: 'variable' },
          ],
        },
      ],
      partialFingerprints: { 'pernetFingerprint/v1': found!.fingerprint },
      properties: { module: 'foo', severity: 'error' },
    });
    expect(result!.relatedLocations?.map(({ message }) => message.text)).toEqual(
      found!.related.map(({ message }) => message),
    );
  });

  test('has the way through the source as its code flow: calls nest, what fails and what breaks the rule is marked', () => {
    const steps = result!.codeFlows![0]!.threadFlows[0]!.locations;
    const shown = steps.map(
      ({ location, kinds, nestingLevel, importance }) =>
        `${nestingLevel} ${location.physicalLocation.region.startLine} ${location.message.text} [${kinds.join()}]${importance === 'essential' ? ' !' : ''}`,
    );
    expect(shown).toEqual([
      '0 20 foo_init() is called [enter,function]',
      '1 22 foo_register() is called [enter,function]',
      '2 17 foo_register(): register_pernet_subsys(&foo_net_ops) succeeds [call,function] !',
      '2 17 ops_init() calls foo_net_ops.init for init_net [call,handler,implicit]',
      '2 17 ops_init() calls foo_net_ops.init for before [call,handler,implicit]',
      '2 17 foo_register() returns [return]',
      '1 22 foo_register() has returned [return,function]',
      '1 26 foo_init(): alloc_workqueue() fails [call,function,caution] !',
      '1 28 foo_init() returns [return] !',
      '0 20 foo_init() has returned [return,function]',
      '0 28 ops_init() calls foo_net_ops.init for after: here the rule is broken [call,handler,implicit,danger] !',
    ]);
    expect(steps.map(({ executionOrder }) => executionOrder)).toEqual(
      steps.map(({ executionOrder }) => executionOrder).sort((a, b) => a - b),
    );
  });

  test('that a comment suppresses is there, with the reason and the comment', () => {
    const [bar] = run.results.filter(({ suppressions }) => suppressions);
    expect(bar).toMatchObject({
      ruleId: 'pernet/left-registered-on-exit',
      suppressions: [
        {
          kind: 'inSource',
          justification: 'the module is "permanent" & <pinned>',
          location: { physicalLocation: { region: { startLine: 20 } } },
        },
      ],
    });
    expect(run.results.length).toBe(2);
  });

  test('has its fix, and its configuration in the message', () => {
    const edit = { file: 'net/foo.c', line: 3, column: 2, endLine: 3, endColumn: 2, text: 'kfree(a);\n\t' };
    const [fixed] = runOf(
      holding(finding({ config: 'CONFIG_X=n', fix: { title: 'release it', edits: [edit] } })),
    ).results;
    expect(fixed).toMatchObject({
      message: { text: 'it leaks (with CONFIG_X=n)' },
      properties: { config: 'CONFIG_X=n' },
      fixes: [
        {
          description: { text: 'release it' },
          artifactChanges: [
            {
              artifactLocation: { uri: 'net/foo.c' },
              replacements: [{ deletedRegion: { startLine: 3, startColumn: 2 }, insertedContent: { text: edit.text } }],
            },
          ],
        },
      ],
    });
  });

  test('names a file whose path is no URI by one that is', () => {
    const [odd] = runOf(holding(finding({ file: 'net/a b%/ü#?.c' }))).results;
    expect(odd!.locations[0]!.physicalLocation.artifactLocation.uri).toBe('net/a%20b%25/%C3%BC%23%3F.c');
  });
});

describe('the tool', () => {
  test('has every rule, each with its page, a description in one sentence, its level, tags and precision', () => {
    const run = runOf(holding(), {}, { rulePageLink: 'https://example.org/rules/{rule}.md' });
    const described = run.tool.driver.rules;
    expect(described.map(({ id }) => id)).toEqual([...rules, ...ownRules].map(({ id }) => id));
    for (const [index, rule] of rules.entries()) {
      const { shortDescription, fullDescription, help, helpUri, defaultConfiguration, properties } = described[index]!;
      expect(shortDescription.text).toBe(rule.invariant);
      expect(fullDescription.text.length).toBeGreaterThan(60);
      expect(fullDescription.text.length).toBeLessThanOrEqual(1024);
      expect(help.markdown).toBe(rule.page);
      expect(helpUri).toBe(`https://example.org/rules/${rule.id.slice('pernet/'.length)}.md`);
      expect(defaultConfiguration.level).toBe(rule.severity === 'hint' ? 'note' : rule.severity);
      expect(properties.tags.length).toBeLessThanOrEqual(10);
      expect(properties.precision).toMatch(/^(very-)?high$/);
    }
  });

  test('says what was not analysed, and that a run was not whole', () => {
    const report: Report = {
      ...holding(),
      notAnalysed: [{ file: 'net/foo.c', line: 7, function: 'foo', reason: 'it calls itself' }],
      errors: ['net/closed: no permission to read it'],
    };
    expect(runOf(report).invocations).toMatchObject([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          { level: 'error', message: { text: 'net/closed: no permission to read it' } },
          {
            level: 'note',
            descriptor: { id: 'pernet/not-analysed', index: 0 },
            message: { text: 'not analysed: foo(): it calls itself' },
            locations: [{ physicalLocation: { region: { startLine: 7 } } }],
          },
        ],
      },
    ]);
    expect(runOf(holding()).invocations[0]!.executionSuccessful).toBe(true);
  });
});

describe('within the limits of GitHub', () => {
  const [long] = sample.findings;
  const flow = (result: Result | undefined): FlowLocation[] =>
    result?.codeFlows?.flatMap(({ threadFlows }) => threadFlows.flatMap(({ locations }) => locations)) ?? [];
  const noted = (run: Run): string[] =>
    run.invocations[0]!.toolExecutionNotifications.filter(({ level }) => level === 'warning').map(
      (n) => n.message.text,
    );

  test('the quietest results go first, and the log and a note say so', () => {
    const notes: string[] = [];
    const all = (['hint', 'warning', 'error'] as const).map((severity, index) =>
      finding({ severity, line: index + 1, fingerprint: `${index}` }),
    );
    const run = runOf(holding(...all), { results: 2 }, { note: (line) => notes.push(line) });
    expect(run.results.map(({ level }) => level)).toEqual(['warning', 'error']);
    expect(notes).toEqual(['sarif: 1 of 3 results are left out: GitHub takes no more']);
    expect(noted(run)).toEqual(notes);
  });

  test('a flow that is too long keeps what the finding points at and its end', () => {
    const run = runOf(sample, { flowLocations: 5 });
    expect(flow(run.results[0]).map(({ location }) => location.physicalLocation.region.startLine)).toEqual([
      17, 26, 28, 20, 28,
    ]);
    expect(run.results[0]!.codeFlows![0]!.message.text).toContain('6 of its 11 steps are left out');
    expect(noted(run).join()).toMatch(/code flows of 2 results are cut to 5 steps/);
  });

  test('related places are counted', () => {
    const related = Array.from({ length: 9 }, (_, line) => ({ file: 'a.c', line: line + 1, column: 1, message: 'x' }));
    const run = runOf(holding(finding({ related })), { relatedLocations: 4 });
    expect(run.results[0]!.relatedLocations?.length).toBe(4);
    expect(noted(run).length).toBe(1);
  });

  test('a file that is too large when compressed loses flows first, then results', () => {
    const many = holding(...Array.from({ length: 64 }, (_, index) => ({ ...long!, fingerprint: `${index}` })));
    const size = (text: string): number => text.length;
    const whole = renderSarif(many, options).length;
    const bare = renderSarif(many, options, { ...githubLimits, flowLocations: 0 }).length;
    const fits = runOf(many, { gzipBytes: whole }, { gzipSize: size });
    expect([flow(fits.results[0]).length, noted(fits)]).toEqual([11, []]);
    const flat = runOf(many, { gzipBytes: bare + 500 }, { gzipSize: size });
    expect([flow(flat.results[0]).length, flat.results.length]).toEqual([0, 64]);
    const halved = runOf(many, { gzipBytes: bare - 10_000 }, { gzipSize: size });
    expect(halved.results.length).toBe(32);
    expect(noted(halved).join()).toMatch(/32 of 64 results are left out.*code flows of 64 results are left out/);
  });

  test('and within what can be built at all', () => {
    const run = runOf(holding(long!, { ...long!, fingerprint: '2' }), { allFlowLocations: 12, flowLocations: 20 });
    expect(run.results.map((result) => flow(result).length)).toEqual([5, 5]);
  });
});

test('the same report gives the same bytes, whatever the time', () => {
  const later = { ...sample, stats: { ...sample.stats, ms: 99 } };
  expect(renderSarif(later, options)).toBe(renderSarif(sample, options));
});
