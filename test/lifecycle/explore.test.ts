import { describe, expect, it } from 'vitest';
import { conditionsIn, outcomesOf, statesOf } from './outcomes.ts';

const ops = `
static struct pernet_operations a = { .init = a_init };
static struct pernet_operations b = { .init = b_init };
`;

/** The outcomes of `int foo(…)` with a body. */
function of(body: string, parameters = 'void'): string[] {
  return outcomesOf(`${ops}static int foo(${parameters})\n{\n${body}\n}\n`);
}

describe('loops', () => {
  it('run no time, once and twice', () => {
    expect(of('int i;\nfor (i = 0; i < n; i++)\nunregister_pernet_subsys(&a);\nreturn 0;', 'int n')).toEqual([
      '[$0 <=0] => 0',
      '[$0 >0] -a -a => 0',
      '[$0 >0] -a => 0',
    ]);
    expect(of('while (foo_more())\nunregister_pernet_subsys(&a);\nreturn 0;')).toEqual([
      '-a -a => 0',
      '-a => 0',
      '=> 0',
    ]);
    expect(of('list_for_each_entry(each, &all, node) {\nunregister_pernet_subsys(&a);\n}\nreturn 0;')).toEqual([
      '-a -a => 0',
      '-a => 0',
      '=> 0',
    ]);
  });

  it('with their condition at the end run once more', () => {
    expect(of('do {\nunregister_pernet_subsys(&a);\n} while (foo_more());\nreturn 0;')).toEqual([
      '-a -a -a => 0',
      '-a -a => 0',
      '-a => 0',
    ]);
    expect(of('do {\nunregister_pernet_subsys(&a);\n} while (0);\nreturn 0;')).toEqual(['-a => 0']);
  });

  it('are left by break, continue, goto and return', () => {
    expect(
      of('while (foo_more()) {\nif (foo_odd())\ncontinue;\nunregister_pernet_subsys(&a);\nbreak;\n}\nreturn 0;'),
    ).toEqual(['-a => 0', '=> 0']);
    expect(
      of(
        'for (;;) {\nif (foo_odd())\ngoto out;\nif (foo_even())\nreturn 1;\n}\nout:\nunregister_pernet_subsys(&a);\nreturn 0;',
      ),
    ).toEqual(['-a => 0', '=> 1']);
    expect(
      of(
        'struct foo *each, *inner;\nlist_for_each_entry(each, &all, node) {\nlist_for_each_entry(inner, &each->all, node) {\nif (inner->done)\ngoto found;\n}\n}\nreturn -ENOENT;\nfound:\nunregister_pernet_subsys(&a);\nreturn 0;',
      ),
    ).toEqual(['-a => 0', '=> -ENOENT']);
  });

  it('that search for something remember whether they found it', () => {
    const body = `int err = -ENOENT;
	list_for_each_entry(each, &all, node) {
		if (each == act) {
			err = 0;
			break;
		}
	}
	if (!err)
		unregister_pernet_subsys(&a);
	return err;`;
    expect(of(body, 'struct act *act')).toEqual(['-a => 0', '=> -ENOENT']);
  });

  it('that never end have no outcome but those that leave them', () => {
    expect(of('for (;;)\nfoo_work();\nreturn 0;')).toEqual([]);
  });
});

describe('a switch', () => {
  const body = (last: string): string => `switch (mode) {
	case 1:
		unregister_pernet_subsys(&a);
		break;
	case 2:
		unregister_pernet_subsys(&b);
		fallthrough;
	case 3:
		return 3;
	${last}
	}
	return 0;`;

  it('takes each case, falls through, and its default', () => {
    expect(of(body('default:\nreturn -EINVAL;'), 'int mode')).toEqual(['-a => 0', '-b => 3', '=> -EINVAL', '=> 3']);
  });

  it('without a default goes past', () => {
    expect(of(body(''), 'int mode')).toEqual(['-a => 0', '-b => 3', '=> 0', '=> 3']);
  });
});

describe('labels', () => {
  it('undo in order, however they are reached', () => {
    const body = `int err;

	err = register_pernet_subsys(&a);
	if (err)
		goto out;
	err = foo_link();
	if (err)
		goto out_a;
	err = register_pernet_device(&b);
	if (err)
		goto out_link;
	return 0;

out_link:
	foo_unlink();
out_a:
	unregister_pernet_subsys(&a);
out:
	return err;`;
    // What fails before and after leaves alike; the first of the paths that agree on what was registered stands for all.
    expect(of(body)).toEqual(['!a => <0', '+a !b d -a => <0', '+a +b d => 0', '+a -a => <0']);
  });

  it('can lead back', () => {
    expect(
      of(
        'int err;\nagain:\nerr = foo_try();\nif (err == -EAGAIN)\ngoto again;\nif (err)\nreturn err;\nunregister_pernet_subsys(&a);\nreturn 0;',
      ),
    ).toEqual(['-a => 0', '=> <0']);
  });
});

describe('loops that undo', () => {
  const foo = (loop: string): string => `${ops}
static void drop(struct item *item)
{
	kfree(NULL);
}
int foo(void)
{
	struct item *item;
	LIST_HEAD(all);

	${loop}
	unregister_pernet_subsys(&a);
	return 0;
}
`;

  it('are left again where a pass of them leaves all as it was', () => {
    expect(outcomesOf(foo('list_for_each_entry(item, &items, node)\n\t\tdrop(item);'))).toEqual(['-a => 0']);
    expect(outcomesOf(foo('list_for_each_entry(net, net_exit_list, exit_list)\n\t\tdrop(NULL);'))).toEqual(['-a => 0']);
  });
});

describe('helpers', () => {
  const helpers = `${ops}
static int add(bool pernet, bool device, struct pernet_operations *ops)
{
	int err = 0;

	foo_prepare();
	if (pernet) {
		err = device ? register_pernet_device(ops) : register_pernet_subsys(ops);
		if (err)
			goto out;
	}
	foo_finish();
out:
	return err;
}
static void del(bool pernet, struct pernet_operations *ops)
{
	if (!pernet)
		return;
	unregister_pernet_subsys(ops);
}
`;

  it('do what their arguments say', () => {
    const call = (body: string): string[] => outcomesOf(`${helpers}int foo(bool on)\n{\n${body}\n}\n`);
    expect(call('return add(false, false, &a);')).toEqual(['=> 0']);
    expect(call('return add(true, false, &a);')).toEqual(['!a => <0', '+a => 0']);
    expect(call('return add(true, true, &b);')).toEqual(['!b d => <0', '+b d => 0']);
    expect(call('del(false, &a);\ndel(true, &b);\nreturn 0;')).toEqual(['-b => 0']);
  });

  it('agree with each other on a flag that the caller passes on', () => {
    expect(
      outcomesOf(
        `${helpers}int foo(bool on)\n{\n\tint err = add(on, false, &a);\n\n\tif (err)\n\t\treturn err;\n\terr = foo_link();\n\tif (err)\n\t\tdel(on, &a);\n\treturn err;\n}\n`,
      ),
    ).toEqual(['[$0 !=0] !a => <0', '[$0 !=0] +a -a => <0', '[$0 !=0] +a => 0', '[$0 0] => 0', '[$0 0] => <0']);
  });

  it('hand on what they set, by pointer and by global', () => {
    const text = `${ops}
static int mode;
static void choose(int *out)
{
	*out = 1;
	mode = 0;
	unregister_pernet_subsys(&b);
}
int foo(void)
{
	int local = 0;

	choose(&local);
	if (local && !mode)
		return register_pernet_subsys(&a);
	return -EINVAL;
}
`;
    expect(outcomesOf(text)).toEqual(['-b !a mode = 0 => <0', '-b +a mode = 0 => 0']);
  });

  it('that ask what lies behind an unknown pointer ask again at each call', () => {
    const text = `${ops}
static void each(struct pernet_operations *ops)
{
	struct foo *first = foo_first();

	if (first->done)
		unregister_pernet_subsys(ops);
}
void foo(void)
{
	each(&a);
	each(&b);
}
`;
    expect(outcomesOf(text)).toEqual(['-a -b => void', '-a => void', '-b => void', '=> void']);
  });

  it('of other files are followed', () => {
    const main = `int foo(void)\n{\n\tint err = bar_init();\n\n\treturn err ? err : baz();\n}\n`;
    expect(
      outcomesOf(main, {
        files: { 'bar.c': `${ops}int bar_init(void)\n{\n\treturn register_pernet_subsys(&a);\n}\n` },
      }),
    ).toEqual(['!a => <0', '+a => any']);
  });

  it('that call each other are said, not followed for ever', () => {
    const text = `${ops}
static int even(int n)
{
	unregister_pernet_subsys(&a);
	return n ? odd(n - 1) : 0;
}
static int odd(int n)
{
	return n ? even(n - 1) : 1;
}
int foo(void)
{
	return even(4);
}
`;
    expect(outcomesOf(text).every((line) => line.startsWith('-a'))).toBe(true);
  });
});

describe('macros without their semicolon', () => {
  it('assign nothing, and do what they stand for', () => {
    const drop = '#define drop(ops) unregister_pernet_subsys(ops)\n';
    const body = 'register_pernet_subsys(&a);\nif (on) {\n\tFOO_END(on)\n}\ndrop(&a)';
    expect(outcomesOf(`${drop}int foo(int on)\n{\n${body}\n}\n`)).toEqual(['!a -a unasked => void', '+a -a => void']);
  });

  it('have all their arguments', () => {
    const drop = '#define drop(x, ops, y) unregister_pernet_subsys(ops)\n';
    expect(outcomesOf(`${drop}int foo(int on)\n{\n\tdrop(on, &a, 2)\n}\n`)).toEqual(['-a => void']);
  });
});

describe('of what comes to the same', () => {
  it('one goes on, where they differ in a value of which nothing is known', () => {
    const text = 'if (on)\n\tfoo_count--;\nreturn register_pernet_subsys(&a);';
    expect(of(text, 'int on')).toEqual(['!a foo_count = any => <0', '+a foo_count = any => 0']);
  });
});

describe('what the compiler answers', () => {
  it('is no condition', () => {
    const asking = (call: string): string =>
      `${ops}int foo(void)\n{\n\t${call}(foo_size > 64);\n\treturn register_pernet_subsys(&a);\n}\n`;
    expect(conditionsIn(asking('BUG_ON'))).toEqual(['foo_size > 64']);
    expect(conditionsIn(asking('BUILD_BUG_ON'))).toEqual([]);
    expect(outcomesOf(asking('BUILD_BUG_ON'))).toEqual(['!a => <0', '+a => 0']);
  });
});

describe('bounds', () => {
  it('are reported: a function with too many ways out is not guessed at', () => {
    const conditions = Array.from(
      { length: 24 },
      (_, index) => `if (foo_ask())\nunregister_pernet_subsys(&a${index});`,
    ).join('\n');
    const all = Array.from(
      { length: 24 },
      (_, index) => `static struct pernet_operations a${index} = { .init = x };\n`,
    ).join('');
    expect(() => outcomesOf(`${all}int foo(void)\n{\n${conditions}\nreturn 0;\n}\n`)).toThrow(
      /more than \d+ (states|outcomes)/,
    );
  });

  it('are met sooner where what is called comes to much', () => {
    const members = Array.from({ length: 90 }, (_, index) => `\tkfree(x->m${index});\n`).join('');
    const helper = `static void drop(struct x *x)\n{\n${members}\tif (foo_ask())\n\t\tfoo_mode = 1;\n}\n`;
    const conditions = Array.from({ length: 9 }, (_, i) => `if (foo_flag${i})\n\tfoo_set${i} = 1;\ndrop(x);`).join(
      '\n',
    );
    const text = (calls: string): string => `${helper}int foo(struct x *x)\n{\n${calls}\nreturn 0;\n}\n`;
    expect(() => outcomesOf(text(conditions))).toThrow(/more than 1000 states, with more than 90000 steps/);
    expect(() => outcomesOf(text(conditions.replaceAll('drop(x);', '')))).toThrow(/more than \d+ outcomes/);
  });

  it('are not met by what elements hold that loops have left behind', () => {
    const fill = (name: string): string => `if (p->has_${name})\np->${name} = kzalloc(8, GFP_KERNEL);\n`;
    const within = (loops: number): string =>
      loops === 0
        ? `${fill('a')}${fill('b')}`
        : `list_for_each_entry(p, &foo_all${loops}, node) {\n${within(loops - 1)}}\n`;
    const states = (loops: number): number =>
      statesOf(`static int foo(void)\n{\nstruct foo *p;\n${within(loops)}return 0;\n}\n`);
    expect(states(3)).toBeLessThan(1.8 * states(1));
  });

  it('are not met by many conditions that decide over nothing', () => {
    const conditions = Array.from({ length: 60 }, (_, index) => `if (foo_ask(${index}))\nfoo_do(${index});`).join('\n');
    expect(of(`${conditions}\nreturn register_pernet_subsys(&a);`)).toEqual(['!a => <0', '+a => 0']);
  });

  it('are soon met by a path that goes round and takes more each time', () => {
    expect(() => of('again:\nregister_pernet_subsys(&a);\nunregister_pernet_subsys(&b);\ngoto again;')).toThrow(
      /more than \d+ things to undo/,
    );
  });

  it('are not met where a label stands twice, as while a line is typed', () => {
    const text = 'if (x)\ngoto err;\nreturn 0;\nerr:\nerr:\nunregister_pernet_subsys(&a);\nreturn -1;';
    expect(of(text, 'int x')).toEqual(of(text.replace('err:\nerr:', 'err:'), 'int x'));
  });
});
