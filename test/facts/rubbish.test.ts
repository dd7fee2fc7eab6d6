import { describe, expect, it } from 'vitest';
import { membersApart } from '../../src/facts/apart.ts';
import { bodyMacrosOf } from '../../src/facts/body-macros.ts';
import { callMacrosOf } from '../../src/facts/macros.ts';

/** Far above what it takes where each text is gone through but once, far below what it takes where that is done from each place in it. */
const mostMs = 10_000;

function timeOf(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

describe('a text in which nothing is closed', () => {
  it.each(['struct x ', '/* ', 'struct s { a[ ', 'struct s { int b; struct c a; ', `struct${' '.repeat(190)}`])(
    'is gone through once for the members of structures: %s',
    (part) => {
      const text = `fn->a.b = 0;\n${part.repeat(Math.floor(2e6 / part.length))}`;
      expect(timeOf(() => membersApart(text))).toBeLessThan(mostMs);
    },
  );

  it.each([`do {} ${' '.repeat(4e5)}x`, '/* '.repeat(2e5), 'do { '.concat('} '.repeat(2e5)), '('.repeat(3e5)])(
    'is gone through once for a macro',
    (body) => {
      for (const head of ['X(a)', 'X'])
        expect(timeOf(() => callMacrosOf(`#define ${head} ${body}\n`))).toBeLessThan(mostMs);
    },
  );

  it.each(['\\"', '#x ', '/* ', '// \r', 'y\\', ') '])('is gone through once for a macro that jumps: %s', (part) => {
    const body = `do { return x; } while (0); "${part.repeat(Math.floor(5e5 / part.length))}`;
    expect(timeOf(() => bodyMacrosOf(`#define X(x) ${body}\n`))).toBeLessThan(mostMs);
    const many = Array.from({ length: 50 }, (_, at) => `#define X${at}(x) ${body.slice(0, 10_000)}\n`).join('');
    expect(timeOf(() => bodyMacrosOf(many))).toBeLessThan(mostMs);
  });

  it('is read for what its structures declare beside a part, and nothing else', () => {
    const structs =
      'struct foo_net { struct foo_part a; void *b, *c; }; struct bar { struct foo_part a; union { int b; }; };';
    expect(membersApart(`${structs} void f(struct foo_net *fn) { fn->a.b = fn->a.c = fn->a.d; }`)).toEqual([
      'a.b',
      'a.c',
    ]);
    expect(membersApart('struct bar { struct foo_part a; int (*b)(int c); }; void f(void) { p->a.c = 0; }')).toEqual(
      [],
    );
  });
});
