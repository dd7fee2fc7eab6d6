import { describe, expect, it } from 'vitest';
import { configurationOf, optionIn } from '../../src/engine/config.ts';
import { outcomesOf } from './outcomes.ts';

const ops = `
static struct pernet_operations a = { .init = a_init };
static struct pernet_operations b = { .init = b_init };
`;

/** The outcomes of `int foo(…)` with a body. */
function of(body: string, parameters = 'void', before = ''): string[] {
  return outcomesOf(`${ops}${before}\nstatic int foo(${parameters})\n{\n${body}\n}\n`);
}

describe('a registration', () => {
  it('succeeds with 0 and fails with an error', () => {
    expect(of('return register_pernet_subsys(&a);')).toEqual(['!a => <0', '+a => 0']);
  });

  it.each([
    ['register_pernet_device(&a);\n\treturn 0;', ['+a d => 0']],
    ['int err = register_pernet_device(&a);\n\terr = 0;\n\treturn err;', ['+a d => 0']],
    [
      'int err = register_pernet_device(&a);\n\tif (err)\n\t\treturn -ENOMEM;\n\treturn 0;',
      ['!a d => -ENOMEM', '+a d => 0'],
    ],
    ['return register_pernet_device(&a);', ['!a d => <0', '+a d => 0']],
  ])('without init and id fails only for who asks: %j', (body, expected) => {
    expect(outcomesOf(`static struct pernet_operations a = { .exit = x };\nint foo(void)\n{\n\t${body}\n}\n`)).toEqual(
      expected,
    );
  });

  it.each([
    ['if (err) return err;'],
    ['if (err < 0) return err;'],
    ['if (err != 0) return err;'],
    ['if (0 != err) return err;'],
    ['if (0 > err) return err;'],
    ['if (unlikely(err)) return err;'],
    ['if (!!err) return err;'],
    ['if (!(err == 0)) return err;'],
    ['if (err && err < 0) return err;'],
    ['if (err >= 0) ; else return err;'],
    ['if ((err)) { return err; }'],
    ['if (IS_ERR_VALUE(err)) return err;'],
    ['if (WARN_ON(err)) return err;'],
  ])('is asked for by %s', (ask) => {
    expect(of(`int err = register_pernet_subsys(&a);\n${ask}\nreturn foo_more();`)).toEqual(['!a => <0', '+a => any']);
  });

  it('is asked for where it is made', () => {
    expect(of('if (register_pernet_subsys(&a) < 0)\nreturn -ENOMEM;\nreturn 0;')).toEqual(['!a => -ENOMEM', '+a => 0']);
    expect(of('int err;\nif ((err = register_pernet_subsys(&a)))\nreturn err;\nreturn 0;')).toEqual([
      '!a => <0',
      '+a => 0',
    ]);
  });

  it('that nobody asks for is noted', () => {
    expect(of('register_pernet_subsys(&a);\nreturn 0;')).toEqual(['!a unasked => 0', '+a => 0']);
    expect(of('int err = register_pernet_subsys(&a);\nerr = foo_more();\nreturn err;')).toEqual([
      '!a unasked => any',
      '+a => any',
    ]);
  });

  it('fails once on a path: each step in turn', () => {
    expect(of('register_pernet_subsys(&a);\nregister_pernet_subsys(&b);\nreturn 0;')).toEqual([
      '!a +b unasked => 0',
      '+a !b unasked => 0',
      '+a +b => 0',
    ]);
  });
});

describe('results joined', () => {
  it('by ?: are the first that is not zero', () => {
    expect(of('return register_pernet_subsys(&a) ?: register_pernet_subsys(&b);')).toEqual([
      '!a => <0',
      '+a !b => <0',
      '+a +b => 0',
    ]);
  });

  it('by |= stay an error', () => {
    expect(
      of('int err = 0;\nerr |= register_pernet_subsys(&a);\nerr |= register_pernet_subsys(&b);\nreturn err;'),
    ).toEqual(['!a +b => <0', '+a !b => <0', '+a +b => 0']);
  });

  it('by ? : follow the condition', () => {
    expect(of('int err = register_pernet_subsys(&a);\nreturn err < 0 ? err : 1;')).toEqual(['!a => <0', '+a => 1']);
    expect(of('return on ? register_pernet_subsys(&a) : -EINVAL;', 'bool on')).toEqual([
      '[$0 !=0] !a => <0',
      '[$0 !=0] +a => 0',
      '[$0 0] => -EINVAL',
    ]);
  });

  it('by && and || stop where C does', () => {
    expect(of('if (on && register_pernet_subsys(&a))\nreturn -EIO;\nreturn 0;', 'bool on')).toEqual([
      '[$0 !=0] !a => -EIO',
      '[$0 !=0] +a => 0',
      '[$0 0] => 0',
    ]);
    expect(of('if (off || !register_pernet_subsys(&a))\nreturn 0;\nreturn -EIO;', 'bool off')).toEqual([
      '[$0 !=0] => 0',
      '[$0 0] !a => -EIO',
      '[$0 0] +a => 0',
    ]);
  });
});

describe('pointers', () => {
  it('are NULL or not', () => {
    expect(
      of(
        'p = foo_make();\nif (!p)\nreturn -ENOMEM;\nif (p == NULL)\nregister_pernet_subsys(&b);\nreturn register_pernet_subsys(&a);',
        'void',
        'static void *p;',
      ),
    ).toEqual(['!a p = !=0 => <0', '+a p = !=0 => 0', 'p = 0 => -ENOMEM']);
  });

  it('carry errors', () => {
    const body = 'void *p = foo_make();\nif (IS_ERR(p))\nreturn PTR_ERR(p);\nreturn register_pernet_subsys(&a);';
    expect(of(body)).toEqual(['!a => <0', '+a => 0', '=> <0']);
    expect(
      of(
        'void *p = foo_make();\nint err = PTR_ERR_OR_ZERO(p);\nif (err)\nreturn err;\nreturn register_pernet_subsys(&a);',
      ),
    ).toEqual(['!a => <0', '+a => 0', '=> <0']);
    expect(
      of('void *p = foo_make();\nif (IS_ERR_OR_NULL(p))\nreturn -EIO;\nreturn register_pernet_subsys(&a);'),
    ).toEqual(['!a => <0', '+a => 0', '=> -EIO']);
  });

  it('to an ops are followed through locals, fields and parameters', () => {
    expect(of('struct pernet_operations *ops = &a;\nreturn register_pernet_subsys(ops);')).toEqual([
      '!a => <0',
      '+a => 0',
    ]);
    expect(of('struct box box = { .ops = &a };\nreturn register_pernet_subsys(box.ops);')).toEqual([
      '!a => <0',
      '+a => 0',
    ]);
    expect(
      outcomesOf(`${ops}
static int add(struct box *box, struct pernet_operations *ops)
{
	box->ops = ops;
	return register_pernet_subsys(box->ops);
}
int foo(void)
{
	struct box box;

	return add(&box, &b);
}
`),
    ).toEqual(['!b => <0', '+b => 0']);
  });
});

describe('conditions', () => {
  it('that are not known are answered both ways, and the same way again', () => {
    expect(
      of('if (foo_mode)\nregister_pernet_subsys(&a);\nif (foo_mode)\nunregister_pernet_subsys(&a);\nreturn 0;'),
    ).toEqual([
      // What is registered and unregistered again leaves nothing, but says who unregisters: it is not one with never registering.
      '[foo_mode !=0] !a -a unasked => 0',
      '[foo_mode !=0] +a -a => 0',
      '[foo_mode 0] => 0',
    ]);
  });

  it('on two values are remembered until one of them changes', () => {
    const twice = (between: string): string[] =>
      of(
        `int x = foo_get();\nif (x == limit)\nunregister_pernet_subsys(&a);\n${between}\nif (x == limit)\nunregister_pernet_subsys(&b);\nreturn 0;`,
        'int limit',
      );
    expect(twice('')).toEqual(['-a -b => 0', '=> 0']);
    expect(twice('x = foo_get();')).toEqual(['-a -b => 0', '-a => 0', '-b => 0', '=> 0']);
    expect(twice('foo_change(&x);')).toEqual(['-a -b => 0', '-a => 0', '-b => 0', '=> 0']);
  });

  it('on a call are asked for again', () => {
    expect(
      of('if (foo_ready())\nunregister_pernet_subsys(&a);\nif (foo_ready())\nunregister_pernet_subsys(&b);\nreturn 0;'),
    ).toHaveLength(4);
  });

  it("on an option are the configuration's", () => {
    const body = 'if (IS_ENABLED(CONFIG_IPV6))\nunregister_pernet_subsys(&a);\nreturn 0;';
    const text = `${ops}int foo(void)\n{\n${body}\n}\n`;
    expect(outcomesOf(text, { option: () => true })).toEqual(['-a => 0']);
    expect(outcomesOf(text, { option: () => false })).toEqual(['=> 0']);
    expect(outcomesOf(text)).toHaveLength(2);
  });

  it('are told apart by what asks for an option', () => {
    const body =
      'if (IS_MODULE(CONFIG_IPV6))\nunregister_pernet_subsys(&a);\nif (IS_BUILTIN(CONFIG_IPV6))\nunregister_pernet_subsys(&b);\nreturn 0;';
    const text = `${ops}int foo(void)\n{\n${body}\n}\n`;
    const whole = (set: Record<string, boolean> | null): string[] =>
      outcomesOf(text, { option: optionIn(configurationOf(set)) });
    expect(whole({ CONFIG_IPV6: true })).toEqual(['-b => 0']);
    expect(whole({ CONFIG_IPV6_MODULE: true })).toEqual(['-a => 0']);
    expect(whole({})).toEqual(['=> 0']);
    // With all options on, nothing says whether they are modules.
    expect(whole(null)).toHaveLength(4);
  });

  it('on errnos tell them apart', () => {
    expect(
      of(
        'int err = -EEXIST;\nif (err == -EEXIST)\nerr = 0;\nif (err == -ENOENT)\nunregister_pernet_subsys(&a);\nif (!err)\nunregister_pernet_subsys(&b);\nreturn err;',
      ),
    ).toEqual(['-b => 0']);
    expect(
      of(
        'int err = foo_add();\nif (err == -EEXIST)\nerr = 0;\nif (err)\nreturn err;\nunregister_pernet_subsys(&a);\nreturn 0;',
      ),
    ).toEqual(['-a => 0', '=> <0']);
  });

  it('on what a call has returned hold for the errno that it is', () => {
    expect(
      of('int err = foo_add();\nif (err && err != -EEXIST)\nreturn err;\nunregister_pernet_subsys(&a);\nreturn 0;'),
    ).toEqual(['-a => 0', '=> <0']);
  });
});

describe('ends of paths', () => {
  it('are panic() and BUG()', () => {
    expect(of('if (register_pernet_subsys(&a))\npanic("foo");\nreturn 0;')).toEqual(['+a => 0']);
    expect(of('BUG_ON(register_pernet_subsys(&a));\nreturn 0;')).toEqual(['+a => 0']);
    expect(of('if (foo_mode)\nBUG();\nunregister_pernet_subsys(&a);\nreturn 0;')).toEqual(['[foo_mode 0] -a => 0']);
  });

  it('run off the end of a function', () => {
    expect(outcomesOf(`${ops}void foo(void)\n{\n\tunregister_pernet_device(&a);\n}\n`)).toEqual(['-a d => void']);
  });
});

describe('calls that are not followed', () => {
  it('make what they are passed uncertain, and leave the rest', () => {
    const pass = (argument: string): string[] =>
      of(`int done = 0;\nfoo_fill(${argument});\nif (done)\nunregister_pernet_subsys(&a);\nreturn 0;`);
    expect(pass('&done')).toEqual(['-a => 0', '=> 0']);
    expect(pass('done')).toEqual(['=> 0']);
  });

  it('that set a global of the program make it uncertain', () => {
    const text = (helper: string): string => `${ops}
static int foo_up;
static void helper(void)
{
	${helper}
}
int foo(void)
{
	foo_up = 0;
	helper();
	if (foo_up)
		unregister_pernet_subsys(&a);
	return 0;
}
`;
    expect(outcomesOf(text('foo_up = foo_try();'))).toEqual(['-a foo_up = !=0 => 0', 'foo_up = 0 => 0']);
    expect(outcomesOf(text('foo_other = 1;'))).toEqual(['foo_up = 0 => 0']);
  });

  it('return what their return statements say', () => {
    const text = (body: string): string => `${ops}
static int helper(void)
{
	${body}
}
int foo(void)
{
	if (helper() < 0)
		unregister_pernet_subsys(&a);
	return 0;
}
`;
    expect(outcomesOf(text('return 0;'))).toEqual(['=> 0']);
    expect(outcomesOf(text('return foo_mode ? 1 : 0;'))).toEqual(['=> 0']);
    expect(outcomesOf(text('return foo_mode;'))).toHaveLength(2);
    expect(outcomesOf(text('if (x)\n\t\treturn -EINVAL;\n\treturn 0;'))).toEqual(['-a => 0', '=> 0']);
    expect(outcomesOf(text('return !x;'))).toEqual(['=> 0']);
  });
});
