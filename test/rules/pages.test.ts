import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules, type Rule } from '../../src/rules/index.ts';
import { check } from '../check.ts';

const folder = path.resolve(import.meta.dirname, '../../src/rules');

/** The modules of src/rules that declare a rule; the others are what the rules have in common. */
const declarations = await Promise.all(
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && file !== 'registry.ts' && file !== 'index.ts')
    .map(async (file) => {
      const module = (await import(path.join(folder, file))) as Record<string, unknown>;
      return { name: file.replace(/\.ts$/, ''), found: Object.values(module).filter(isRule) };
    }),
);
const declared = declarations.filter(({ found }) => found.length > 0);

const sections = ['What it does', 'Why is this bad', 'Example', 'Use instead', 'Real cases', 'References'];

describe('the rules', () => {
  it('each have a file of their own, named as they are', () => {
    expect(declared.map(({ name, found }) => ({ name, ids: found.map(({ id }) => id) }))).toEqual(
      declared.map(({ name }) => ({ name, ids: [`pernet/${name}`] })),
    );
  });

  it('are all in the registry, once', () => {
    const ids = rules.map(({ id }) => id);
    expect([...ids].sort()).toEqual(declared.map(({ name }) => `pernet/${name}`).sort());
  });

  it('are the only ones that have a page or a test', () => {
    const named = (where: string, ending: string): string[] =>
      readdirSync(where)
        .filter((file) => file.endsWith(ending))
        .map((file) => file.slice(0, -ending.length));
    const names = declared.map(({ name }) => name).sort();
    expect(named(folder, '.md').sort()).toEqual(names);
    expect(
      named(import.meta.dirname, '.test.ts')
        .filter((name) => name !== 'pages')
        .sort(),
    ).toEqual(names);
  });
});

describe.each(declared.flatMap(({ name, found }) => found.map((rule) => ({ name, rule }))))(
  '$name',
  ({ name, rule }) => {
    it('has its page, with every section', () => {
      expect(existsSync(path.join(folder, `${name}.md`))).toBe(true);
      expect(rule.page).toBe(readFileSync(path.join(folder, `${name}.md`), 'utf8'));
      expect(rule.page.split('\n', 1)[0]).toBe(`# ${rule.id}`);
      expect([...rule.page.matchAll(/^## (.*)$/gm)].map((match) => match[1])).toEqual(sections);
      for (const section of sections) expect(sectionOf(rule.page, section).length, section).toBeGreaterThan(20);
    });

    it('finds what its examples show, and nothing in what to use instead', () => {
      const [bad, good] = [examplesIn(rule.page, 'Example'), examplesIn(rule.page, 'Use instead')];
      expect(good).toHaveLength(bad.length);
      for (const each of bad) {
        const { findings } = check(each);
        expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set([rule.id]));
      }
      for (const each of good) expect(check(each).findings).toEqual([]);
    });
  },
);

function isRule(value: unknown): value is Rule {
  return typeof value === 'object' && value !== null && 'id' in value && 'check' in value && 'page' in value;
}

function sectionOf(page: string, section: string): string {
  return (page.split(`\n## ${section}\n`)[1] ?? '').split(/^## /m)[0]!.trim();
}

function examplesIn(page: string, section: string): string[] {
  const code = [...sectionOf(page, section).matchAll(/^```c\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  if (code.length === 0) throw new Error(`no C in the section "${section}"`);
  return code;
}
