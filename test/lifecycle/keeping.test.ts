import { expect, it } from 'vitest';
import { keptOf } from '../../src/lifecycle/bodies/keeping.ts';
import { factsOfText } from '../facts/read.ts';

/** What a function that goes through the links of a tree of nodes does with what it is passed. */
const kept = (body: string): ReturnType<typeof keptOf> =>
  keptOf(
    factsOfText(
      `static int foo_walk(struct foo_node *n)\n{\n\t${body}\n\treturn register_pernet_subsys(&foo_ops);\n}\n`,
      {
        file: 'foo.c',
      },
    ).functions[0]!,
  );

it('a member that is kept is told', () => {
  expect(kept('foo_first = n->left;')).toContainEqual([0, 'left']);
});

it('a variable that goes from one part to the next comes from too many places to be told apart, and soon', () => {
  const start = performance.now();
  expect(kept('while (n->more)\n\t\tn = &n->link.left.head;\n\tfoo_first = n;')).toBeNull();
  const steps = ['left', 'right', 'up', 'down', 'first', 'last'].map((link) => `n = n->${link};`);
  expect(kept(`while (n->more) {\n\t\t${steps.join('\n\t\t')}\n\t}\n\tfoo_first = n;`)).toBeNull();
  expect(performance.now() - start).toBeLessThan(2000);
});
