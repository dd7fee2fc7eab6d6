import { describe, expect, it } from 'vitest';
import { analyseFiles, check } from '../check.ts';
import { parseFixture } from '../fixture.ts';

const callbacks = `
static int __net_init foo_net_init(struct net *net)
{
	return foo_learn(net);
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_forget(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
`;

const entries = `
module_init(foo_init);
module_exit(foo_exit);
`;

/** Two ops that are registered by way of an array; \`undo\` is what an init does that has registered the first \`i\`. */
const arrayOf = (declared: string, undo: string, last = '0'): string => `${callbacks}
static struct pernet_operations foo_dev_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

${declared} foo_all[] = {
	&foo_net_ops,
	&foo_dev_ops,	/* after what it uses */
};

static int __init foo_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(foo_all); i++) {
		err = register_pernet_subsys(foo_all[i]);
		if (err) {
${undo}		}
	}
	return 0;
}

static void __exit foo_exit(void)
{
	int i;

	for (i = ARRAY_SIZE(foo_all) - 1; i >= ${last}; i--)
		unregister_pernet_subsys(foo_all[i]);
}
${entries}`;

const undone = `			while (--i >= 0)
				unregister_pernet_subsys(foo_all[i]);
			return err;
`;

describe('an array of ops that a loop registers', () => {
  it('is undone by one that goes back', () => {
    for (const declared of ['static struct pernet_operations *const', 'static struct pernet_operations *'])
      check(arrayOf(declared, undone));
  });

  it('leaves those that were registered where nothing undoes them', () => {
    check(
      arrayOf(
        'static struct pernet_operations *const',
        `			return err;
//			^^^^^^^^^^^ error: left-registered-on-error: if register_pernet_subsys() fails, foo_init() returns an error with foo_net_ops still registered: its callbacks run for every namespace that is made or dies after the module's text is gone
`,
      ),
    );
  });

  it('leaves the first where exit does not go back as far', () => {
    const { findings } = analyseFiles(parseFixture(arrayOf('static struct pernet_operations *const', undone, '1')));
    expect(findings.map(({ rule, ops }) => [rule, ops])).toEqual([['pernet/left-registered-on-exit', 'foo_net_ops']]);
  });

  it('is not guessed at where something sets its elements', () => {
    const text = `${arrayOf('static struct pernet_operations *', '			return err;\n')}
void foo_use(struct pernet_operations *ops)
{
	foo_all[1] = ops;
}
`;
    const { findings, notAnalysed } = analyseFiles(parseFixture(text));
    expect(findings).toEqual([]);
    expect(notAnalysed.map((gap) => gap.function)).toEqual(['foo_init', 'foo_exit']);
  });
});

/** What a module does step by step, and undoes. */
const parts = `static struct kmem_cache *foo_cache;

static int __init foo_cache_init(void)
{
	foo_cache = kmem_cache_create("foo", 32, 0, 0, NULL);
	return foo_cache ? 0 : -ENOMEM;
}

static void foo_cache_exit(void)
{
	kmem_cache_destroy(foo_cache);
}

static int __init foo_pernet_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void foo_pernet_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

static int __init foo_nb_init(void)
{
	return register_netdevice_notifier(&foo_nb);
}

static void foo_nb_exit(void)
{
	unregister_netdevice_notifier(&foo_nb);
}

`;

/** A module whose steps stand in a table; \`entry\` is one line of it. */
const steps = (
  { struct, entry }: { readonly struct: string; readonly entry: (init: string, exit: string) => string },
  init: string,
): string => `${callbacks}
${parts}${struct} foo_steps[] = {
	${entry('foo_cache_init', 'foo_cache_exit')},
	${entry('foo_pernet_init', 'foo_pernet_exit')},
	${entry('foo_nb_init', 'foo_nb_exit')},
};

${init}
static void __exit foo_exit(void)
{
	int i;

	for (i = ARRAY_SIZE(foo_steps) - 1; i >= 0; i--)
		foo_steps[i].exit();
}
${entries}`;

const named = {
  struct: `struct foo_step {
	int (*init)(void);
	void (*exit)(void);
};

static const struct foo_step`,
  entry: (init: string, exit: string): string => `{ .init = ${init}, .exit = ${exit} }`,
};

const inOrder = { struct: named.struct, entry: (init: string, exit: string): string => `{ ${init}, ${exit} }` };

const anonymous = {
  struct: `static const struct {
	const char *name;
	int (*init)(void);
	void (*exit)(void);
}`,
  entry: (init: string, exit: string): string => `{ "${init}, ${exit}", ${init}, ${exit} }`,
};

const loop = (down: string, marker = ''): string => `static int __init foo_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(foo_steps); i++) {
		err = foo_steps[i].init();
		if (err)
			goto undo;
${marker}	}
	return 0;

undo:
	${down}
		foo_steps[i].exit();
	return err;
}
`;

const byPointer = (down: string, marker = ''): string => `static void foo_undo(int count)
{
	while (count-- > 0) {
		const struct foo_step *step = &foo_steps[count];

		if (step->exit)
			step->exit();
	}
}

static int __init foo_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(foo_steps); i++) {
		const struct foo_step *step = &foo_steps[i];

		err = step->init();
		if (err) {
			foo_undo(${down});
			return err;
${marker}		}
	}
	return 0;
}
`;

/** The same by an array of nothing but what undoes; the markers stand where the ops and the notifier fail. */
const undoing = (from: string, [ofOps, ofNotifier] = ['', '']): string => `typedef void (*foo_undo_t)(void);
static void (*const foo_undo[])(void) = { foo_cache_exit, foo_pernet_exit, foo_nb_exit };

static void foo_down(int n)
{
	while (n-- > 0)
		foo_undo[n]();
}

static int __init foo_init(void)
{
	int err, n = 0;

	err = foo_cache_init();
	if (err)
		return err;
	n++;
	err = foo_pernet_init();
	if (err)
		goto down;
${ofOps}	n++;
	err = foo_nb_init();
	if (err)
		goto down;
${ofNotifier}	return 0;

down:
	foo_down(${from});
	return err;
}

static void __exit foo_exit(void)
{
	foo_down(ARRAY_SIZE(foo_undo));
}
${entries}`;

describe('an array of functions that undo', () => {
  it('undoes as many steps as were done', () => {
    check(callbacks + parts + undoing('n'));
  });

  it('leaves the last one where it is told of one less', () => {
    check(
      callbacks +
        parts +
        undoing('n - 1', [
          '//		^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, foo_init() returns an error and leaves the slab cache foo_cache behind: it points into the module, whose memory is gone\n',
          "//		^^^^^^^^^^ error: left-registered-on-error: if register_netdevice_notifier() fails, foo_init() returns an error with foo_net_ops still registered: its callbacks run for every namespace that is made or dies after the module's text is gone\n",
        ]),
    );
  });
});

describe('a table of steps that a loop goes through', () => {
  it('is undone by one that goes back', () => {
    for (const table of [named, inOrder, anonymous])
      for (const down of ['while (--i >= 0)', 'while (i--)', 'for (i--; i >= 0; i--)']) check(steps(table, loop(down)));
    check(steps(named, byPointer('i')));
  });

  it('is not all undone where that ends one too early', () => {
    check(
      steps(
        inOrder,
        loop(
          'while (--i > 0)',
          `//			^^^^^^^^^^ error: left-behind-on-error: if register_pernet_subsys() fails, foo_init() returns an error and leaves the slab cache foo_cache behind: it points into the module, whose memory is gone
`,
        ),
      ),
    );
  });

  it('is not all undone where that begins one too low, by a pointer to the step', () => {
    const { findings } = analyseFiles(parseFixture(steps(named, byPointer('i - 1'))));
    expect(findings.map(({ rule }) => rule)).toContain('pernet/left-behind-on-error');
  });

  it('is said not to be followed where it is not known which steps are taken', () => {
    const { findings, notAnalysed } = analyseFiles(
      parseFixture(steps(named, loop('while (--i > 0)').replace('ARRAY_SIZE(foo_steps)', 'foo_count'))),
    );
    expect(findings).toEqual([]);
    expect(notAnalysed.map((gap) => gap.function)).toEqual(['foo_init']);
  });

  it('is said not to be followed where a pointer walks through it', () => {
    const walking = `static int __init foo_init(void)
{
	const struct foo_step *step;
	int err;

	for (step = foo_steps; step < foo_steps + ARRAY_SIZE(foo_steps); step++) {
		err = step->init();
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (step-- > foo_steps)
		step->exit();
	return err;
}
`;
    const direct = steps(anonymous, walking.replace('const struct foo_step', 'typeof(foo_steps[0])')).replace(
      /\tint i;\n\n\tfor \(i = A.*\n.*exit\(\);/,
      ['nb', 'pernet', 'cache'].map((each) => `\tfoo_${each}_exit();`).join('\n'),
    );
    expect(direct).toContain('\tfoo_nb_exit();\n\tfoo_pernet_exit();');
    for (const fixture of [steps(named, walking), direct]) {
      const { findings, notAnalysed } = analyseFiles(parseFixture(fixture));
      expect(findings).toEqual([]);
      expect(notAnalysed.map((gap) => gap.function)).toEqual(['foo_init']);
    }
  });
});
