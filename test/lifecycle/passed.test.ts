import { describe, expect, it } from 'vitest';
import { outcomesOf, statesOf } from './outcomes.ts';

/** A function that fills a structure one way or another, and passes it to `make`. */
function filling(members: number, make: string, after = ''): string {
  const names = Array.from({ length: members }, (_, i) => `m${i}`);
  return `static struct pernet_operations a = { .init = a_init };
static struct pernet_operations b = { .init = b_init };
${make}
int foo(int *x)
{
	struct params param = { 0 };
	int err;
${names.map((name, i) => `\tif (x[${i}] > limit)\n\t\tparam.${name} = 1;`).join('\n')}
	err = make(&param);
	${after}
	return err;
}
`;
}

const takesNone = 'static int make(struct params *p)\n{\n\treturn register_pernet_subsys(&a);\n}';
const takesOne =
  'static int make(struct params *p)\n{\n\tif (p->m0)\n\t\treturn register_pernet_subsys(&b);\n\treturn register_pernet_subsys(&a);\n}';
const handsOn = 'static int make(struct params *p)\n{\n\tlater(p);\n\treturn register_pernet_subsys(&a);\n}';

describe('what is passed in a structure', () => {
  it('tells no paths apart where the called function does not look at it', () => {
    // The 64 ways to fill it are one when it is passed.
    expect(statesOf(filling(6, handsOn)) - statesOf(filling(6, takesNone))).toBeGreaterThan(60);
  });

  it('is asked for by the called function as before', () => {
    expect(outcomesOf(filling(2, takesOne))).toEqual(
      outcomesOf(
        filling(2, takesOne).replace('err = make(&param);', 'log(1);\n\terr = make(&param);\n\tlog(param.m1);'),
      ),
    );
    expect(outcomesOf(filling(2, takesOne)).some((each) => each.includes('+b'))).toBe(true);
    expect(outcomesOf(filling(2, takesNone)).some((each) => each.includes('+b'))).toBe(false);
  });

  it('matters where it is looked at later', () => {
    const asked = outcomesOf(filling(1, takesNone, 'if (param.m0)\n\t\treturn -EINVAL;'));
    expect(asked.some((each) => /\+a .*EINVAL/.test(each))).toBe(true);
  });
});
