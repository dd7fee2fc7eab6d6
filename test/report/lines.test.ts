import { describe, expect, test } from 'vitest';
import { render, statsJson, type Report } from '../../src/report/index.ts';
import { buggy, finding, holding, options, reportOf } from './sample.ts';

/** A diagnostic as gcc prints it (gcc/diagnostic-format-text.cc), which vim's `errorformat` and emacs' `gnu` read. */
const gccLine =
  /^(?<file>[^\n:]+):(?<line>[1-9]\d*):(?<column>[1-9]\d*): (?<kind>error|warning|note): (?<message>[^\n]+?)(?: \[(?<rule>pernet\/[a-z-]+)\])?$/;

function gcc(report: Report): Record<string, string | undefined>[] {
  const lines = render('gcc', report, options).split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => {
    const groups = gccLine.exec(line)?.groups;
    expect(groups, line).toBeDefined();
    return { ...groups };
  });
}

describe('gcc', () => {
  test('a line a finding, its related places behind it as notes', () => {
    const report = reportOf({ 'net/foo.c': buggy });
    const [found] = report.findings;
    const [first, ...rest] = gcc(report);
    expect(first).toEqual({
      file: 'net/foo.c',
      line: '28',
      column: '3',
      kind: 'error',
      message: found!.message,
      rule: 'pernet/left-registered-on-error',
    });
    expect(rest.map(({ line, kind, message }) => `${line} ${kind} ${message}`)).toEqual([
      '17 note foo_net_ops is registered here',
      '26 note on the path where alloc_workqueue() fails',
    ]);
    expect(rest.every(({ rule }) => rule === undefined)).toBe(true);
  });

  test('a hint is a note; a configuration is said; a message stays on its line', () => {
    expect(gcc(holding(finding({ severity: 'hint', message: 'it\n  waits', config: 'CONFIG_X=n' })))).toMatchObject([
      { kind: 'note', message: 'it waits (with CONFIG_X=n)', rule: 'pernet/exit-leak' },
    ]);
  });

  test('what was not analysed is a note', () => {
    const notAnalysed = [{ file: 'net/foo.c', line: 7, function: 'foo', reason: 'it calls itself' }];
    expect(gcc({ ...holding(), notAnalysed })).toMatchObject([
      { line: '7', kind: 'note', message: 'not analysed: foo(): it calls itself' },
    ]);
  });
});

test('what a tree calls its files moves no cursor and ends no line', () => {
  const notAnalysed = [{ file: 'b\t.c', line: 1, reason: 'it says \x9b2J' }];
  const report = { ...holding(finding({ file: 'a\n\x1b[31m.c', message: 'it\n  waits' })), notAnalysed };
  for (const format of ['text', 'gcc'] as const) {
    const text = render(format, report, options);
    expect(text).toContain('a\\n\\x1b[31m.c:');
    expect(text).toContain('it waits');
    expect(text).toContain('b\\t.c:1:');
    expect(text).toContain('it says \\x9b2J');
  }
});

/** A workflow command as the runner reads one (actions/runner, ActionCommand.cs). */
function github(report: Report): { kind: string; properties: Record<string, string>; message: string }[] {
  const lines = render('github', report, options).split('\n');
  expect(lines.pop()).toBe('');
  const unescape = (text: string): string =>
    text
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%25', '%');
  return lines.map((line) => {
    const [, kind = '', properties = '', message = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
    const pairs = properties.split(',').map((pair) => pair.split('=') as [string, string]);
    return {
      kind,
      properties: Object.fromEntries(pairs.map(([name, value]) => [name, unescape(value)])),
      message: unescape(message),
    };
  });
}

describe('github', () => {
  test('what would end a property or the command is escaped, and read back as it was', () => {
    const file = 'net/a,b:c%0A::d.c';
    const message = '100% of it\nleaks:: here, %3A and there\r\n';
    expect(github(holding(finding({ file, message })))).toEqual([
      {
        kind: 'error',
        properties: { file, line: '3', col: '2', endLine: '3', endColumn: '9', title: 'pernet/exit-leak' },
        message,
      },
    ]);
  });

  test('a range of several lines has no columns, which GitHub would refuse', () => {
    expect(Object.keys(github(holding(finding({ endLine: 5 })))[0]!.properties)).toEqual([
      'file',
      'line',
      'endLine',
      'title',
    ]);
  });

  test('the message carries the configuration and the related places', () => {
    const related = [{ file: 'net/foo.c', line: 9, column: 1, message: 'acquired here' }];
    const [only] = github(holding(finding({ severity: 'warning', config: 'CONFIG_X=n', related })));
    expect(only).toMatchObject({
      kind: 'warning',
      message: 'it leaks (with CONFIG_X=n)\nnet/foo.c:9:1: acquired here',
    });
  });

  test('what was not analysed is one notice for all', () => {
    const notAnalysed = ['a', 'b'].map((name) => ({ file: `${name}.c`, line: 1, function: name, reason: 'x' }));
    expect(github({ ...holding(), notAnalysed })).toEqual([
      {
        kind: 'notice',
        properties: { title: 'pernet/not-analysed' },
        message: 'Not analysed (2):\na.c:1: a(): x\nb.c:1: b(): x',
      },
    ]);
  });
});

test('stats as JSON hold what the report holds, counted', () => {
  const report: Report = {
    ...holding(finding(), finding({ severity: 'hint' })),
    suppressed: [{ finding: finding(), reason: 'meant', comment: { line: 1, column: 1, endLine: 1, endColumn: 2 } }],
    notAnalysed: [{ file: 'a.c', line: 1, reason: 'x' }],
  };
  expect(JSON.parse(statsJson(report))).toEqual({
    ...report.stats,
    findings: { error: 1, warning: 0, information: 0, hint: 1 },
    suppressed: 1,
    notAnalysed: 1,
  });
});
