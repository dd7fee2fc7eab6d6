import { describe, expect, it } from 'vitest';
import { mentionsOf } from '../../src/facts/mentions.ts';

/** What a file's functions count by `users`, where `use` stands among the functions. */
const countersWith = (use: string): readonly string[] =>
  mentionsOf(`static int users;
static void foo_count(void)
{
	users++;
}
static void foo_get(void)
{
	foo_count();
}
${use}`).counters;

describe('what counts', () => {
  it('is a number that only functions change to which no pointer leads', () => {
    expect(countersWith('static int __init foo_init(void)\n{\n\tfoo_get();\n\treturn 0;\n}\n')).toEqual(['users']);
  });

  it.each([
    ['the function itself', 'foo_count'],
    ['a function that calls it', 'foo_get'],
  ])('is no number that is changed behind a pointer to %s', (_, name) => {
    expect(countersWith(`static const struct foo_ops foo_ops = { .open = ${name} };\n`)).toEqual([]);
  });

  it('takes linear time over many of them', () => {
    const of = (index: number): string =>
      `static int users${index};\nstatic void count${index}(void)\n{\n\tusers${index}++;\n\tcount${index + 1}();\n}\n`;
    const text = Array.from({ length: 20_000 }, (_, index) => of(index)).join('');
    const start = performance.now();
    expect(mentionsOf(text).counters).toHaveLength(20_000);
    // Quadratic time would be an hour.
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('a member that a function asks for in a variable', () => {
  it.each(['if (p)', 'while (!p)', 'if (fn && p)', 'if (likely(p))'])('is asked for by `%s`', (question) => {
    const text = `static void foo_use(struct foo_net *fn)\n{\n\tstruct foo *p;\n\n\tp = fn->item;\n\t${question}\n\t\tfoo_go(p);\n}\n`;
    expect(mentionsOf(text).mentions['foo_use']).toContain('"?item');
  });

  it('is not asked for by going behind the variable', () => {
    const text =
      'static void foo_use(struct foo_net *fn)\n{\n\tstruct foo *p;\n\n\tp = fn->item;\n\tif (p->live)\n\t\tfoo_go(p);\n}\n';
    expect(mentionsOf(text).mentions['foo_use']).not.toContain('"?item');
  });
});

describe('a function whose brace is not in the first column', () => {
  it.each([
    ['on one line', 'static void foo_use(struct foo_net *fn) { fn->item->uses++; bar(fn); }\n'],
    ['at the end of its head', 'static void foo_use(struct foo_net *fn) {\n\tfn->item->uses++;\n\tbar(fn);\n}\n'],
    [
      'after parameters on several lines',
      'int foo_use(struct foo_net *fn,\n\t    int (*go)(void)) { fn->item->uses++; bar(fn); }\n',
    ],
  ])('is told as any other: %s', (_, text) => {
    const around = `struct foo_net { int a; /* void foo_use(void) { */ };\n${text}static void bar(struct foo_net *fn)\n{\n\tbaz(fn);\n}\n`;
    const { mentions } = mentionsOf(around);
    expect(mentions['foo_use']).toEqual(expect.arrayContaining(['bar()', '>fn->item']));
    expect(mentions['bar']).toContain('baz()');
  });

  it('is none where something else has the brace', () => {
    const { mentions } = mentionsOf(
      'static struct foo foo_all[FOO(2)] = { { 1 } };\nmodule_init(foo_init);\nenum foo { A = FOO(1) };\nint foo_f(void);\nstruct bar { int a; };\n',
    );
    expect(Object.keys(mentions).filter((name) => /\w/.test(name))).toEqual(['foo_all']);
  });

  it('takes linear time over braces that never close', () => {
    const start = performance.now();
    mentionsOf('static int f(void) {\n'.repeat(30_000));
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
