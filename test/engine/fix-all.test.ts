import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { provenTogether, textsWith } from '../../src/engine/fixes.ts';
import type { Finding, Fix } from '../../src/rules/index.ts';
import { engineOf } from '../check.ts';

const file = 'net/foo/foo.c';
const buggy = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');

describe('fixes that are made at once', () => {
  it('mend all four problems of the sample, also two of lines that stand side by side, and the file still parses', () => {
    const engine = engineOf([{ path: file, text: buggy }]);
    const { findings } = engine.analyse(file);
    const fixes = engine.fixesOf(
      file,
      findings.map(({ fingerprint }) => fingerprint),
    );
    expect(fixes.map(({ fingerprint }) => fingerprint)).toEqual(findings.map(({ fingerprint }) => fingerprint));
    const edits = fixes.flatMap(({ fix }) =>
      fix.edits.map(({ line, column, endLine, endColumn, text }) => ({
        file,
        at: [line, column, endLine, endColumn] as const,
        text,
      })),
    );
    const mended = textsWith({ title: '', edits }, () => buggy)?.get(file) ?? '';
    const after = engineOf([{ path: file, text: mended }]).analyse(file);
    expect(after.findings).toEqual([]);
    expect(after.notAnalysed).toEqual([]);
  });

  /** A line of the file is replaced, which mends the rule of that number. */
  const fixOf = (line: number): { fingerprint: string; fix: Fix; finding: Finding } => ({
    fingerprint: `f${line}`,
    fix: { title: '', edits: [{ file, line, column: 1, endLine: line, endColumn: 2, text: 'x' }] },
    finding: { rule: `r${line}`, file } as Finding,
  });
  const source = { text: () => 'a\nb\nc\nd\n', facts: () => null };
  const judged = (rules: readonly string[]): { findings: Finding[]; notAnalysed: []; unreadable: number } => ({
    findings: rules.map((rule) => ({ rule, file }) as Finding),
    notAnalysed: [],
    unreadable: 0,
  });

  it('leave out one that changes what another one changes', () => {
    const taken = provenTogether([fixOf(1), { ...fixOf(1), fingerprint: 'again' }, fixOf(3)], source, (texts) => {
      const text = texts.get(file) ?? source.text();
      return judged(['r1', 'r3'].filter((rule) => text.split('\n')[Number(rule[1]) - 1] !== 'x'));
    });
    expect(taken.map(({ fingerprint }) => fingerprint)).toEqual(['f1', 'f3']);
  });

  it('leave out one that brings something new together with the others, though it does not alone', () => {
    const taken = provenTogether([fixOf(1), fixOf(2), fixOf(3)], source, (texts) => {
      const lines = (texts.get(file) ?? source.text()).split('\n');
      const left = ['r1', 'r2', 'r3'].filter((rule) => lines[Number(rule[1]) - 1] !== 'x');
      return judged(lines[0] === 'x' && lines[1] === 'x' ? [...left, 'new'] : left);
    });
    expect(taken.map(({ fingerprint }) => fingerprint)).toEqual(['f1', 'f3']);
  });
});
