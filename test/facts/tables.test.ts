import { expect, test } from 'vitest';
import { tablesOf } from '../../src/facts/tables.ts';

test('a generated file with thousands of arrays is gone through once', () => {
  const arrays = Array.from({ length: 20_000 }, (_, index) => `static const int foo_${index}[] = { A, B, C };\n`);
  const steps = 'static const foo_fn foo_steps[] = { foo_a, foo_b };\nvoid foo(int i)\n{\n\tfoo_steps[i]();\n}\n';
  const start = performance.now();
  expect([...tablesOf(arrays.join('') + steps).keys()]).toEqual(['foo_steps']);
  // Each looked for by itself took minutes.
  expect(performance.now() - start).toBeLessThan(5000);
});
