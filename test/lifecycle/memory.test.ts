import { describe, expect, it } from 'vitest';
import { outcomesOf } from './outcomes.ts';

const ops = `
static struct pernet_operations a = { .init = a_init };
static struct pernet_operations b = { .init = b_init };
static int up;
`;

describe('a global that a call may change', () => {
  const get = `${ops}
static void try(void)
{
	up = really_try();
}
static int get(void)
{
	if (!up) {
		try();
		if (up)
			unregister_pernet_subsys(&a);
	}
	return 0;
}
`;

  it('is not what the function was entered with any more', () => {
    expect(outcomesOf(get, { fn: 'get' })).toEqual(['[up !=0] => 0', '[up 0] -a up = !=0 => 0', '[up 0] up = 0 => 0']);
  });

  it('leaves both ways open to a caller', () => {
    expect(outcomesOf(`${get}int foo(void)\n{\n\treturn get();\n}\n`)).toEqual(outcomesOf(get, { fn: 'get' }));
    expect(outcomesOf(`${get}int foo(void)\n{\n\tup = 0;\n\treturn get();\n}\n`)).toEqual([
      '-a up = !=0 => 0',
      'up = 0 => 0',
    ]);
    expect(outcomesOf(`${get}int foo(void)\n{\n\tup = 1;\n\treturn get();\n}\n`)).toEqual(['up = 1 => 0']);
  });

  it('is forgotten with what was asked of it', () => {
    const text = (between: string): string => `${ops}
static int get(void)
{
	if (up == LIMIT)
		return 0;
	${between}
	if (up == LIMIT)
		unregister_pernet_subsys(&a);
	return 1;
}
int foo(void)
{
	return get();
}
`;
    expect(outcomesOf(text(''))).toEqual(['[?up == LIMIT 0] => 1', '[?up == LIMIT >0] => 0']);
    expect(outcomesOf(text('change(&up);'))).toEqual([
      '[?up == LIMIT 0] -a up = any => 1',
      '[?up == LIMIT 0] up = any => 1',
      '[?up == LIMIT >0] => 0',
    ]);
  });
});
