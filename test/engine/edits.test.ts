import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Engine } from '../../src/engine/index.ts';
import { loadNative, type CParser } from '../../src/syntax/index.ts';
import { editOf, randomFrom } from '../../src/tools/random-edits.ts';
import { memoryHost } from '../fixture.ts';
import { wasm } from '../syntax/parsers.ts';

const parser = await loadNative();
const sample = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');

/** A module of two files, with an option that decides over code, a suppression, and a helper that only one calls. */
const pair = {
  'net/foo/Makefile': 'obj-m := foo.o\nfoo-y := main.o net.o\n',
  'net/foo/main.c': `#include <linux/module.h>

int foo_net_start(void);
void foo_net_stop(void);

static int foo_count(int x)
{
	return x + 1;
}

static int __init foo_init(void)
{
	int err;

	err = foo_net_start();
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		return err;
	return foo_count(0) - 1;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	/* pernet-lint: ignore unused-suppression -- a comment to move */
	foo_net_stop();
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("Dual MIT/GPL");
`,
  'net/foo/net.c': `static int __net_init foo_up(struct net *net)
{
	net->foo = kzalloc(8, GFP_KERNEL);
	return net->foo ? 0 : -ENOMEM;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_up,
};

int foo_net_start(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

void foo_net_stop(void)
{
#ifdef CONFIG_FOO_STOP
	unregister_pernet_subsys(&foo_net_ops);
#endif
}
`,
} as const;

/** A handler that init lets the outside call before the ops is there, and that may use the ops' state. */
const asked = `static unsigned int foo_net_id;

static int foo_near(struct net_device *dev)
{
	return 1;
}

static int foo_far(struct net_device *dev)
{
	return foo_touch(net_generic(dev_net(dev), foo_net_id));
}

static int foo_event(struct notifier_block *this, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	/* nothing */
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_event,
};

static int __net_init foo_up(struct net *net)
{
	return 0;
}

static void __net_exit foo_down(struct net *net)
{
	foo_clean(net_generic(net, foo_net_id));
}

static struct pernet_operations foo_net_ops = {
	.init = foo_up,
	.exit = foo_down,
	.id = &foo_net_id,
	.size = sizeof(int),
};

static int __init foo_init(void)
{
	int err;

	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		return err;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		unregister_netdevice_notifier(&foo_notifier);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
MODULE_LICENSE("Dual MIT/GPL");
`;

/** Two modules that are built in: an exit of the one that is linked first uses what the other one has by then torn down. */
const across = {
  'net/foo/Makefile': 'obj-y += first.o second.o\n',
  'net/foo/first.c': `static void __net_exit first_net_exit(struct net *net)
{
	second_forget(net);
}

static struct pernet_operations first_net_ops = {
	.exit = first_net_exit,
};

static int __init first_init(void)
{
	return register_pernet_subsys(&first_net_ops);
}

fs_initcall(first_init);
`,
  'net/foo/second.c': `static unsigned int second_net_id;

void second_forget(struct net *net)
{
	struct second_net *sn = net_generic(net, second_net_id);

	list_del_init(&sn->users);
}

static void __net_exit second_net_exit(struct net *net)
{
	second_free_all(net_generic(net, second_net_id));
}

static struct pernet_operations second_net_ops = {
	.exit = second_net_exit,
	.id = &second_net_id,
	.size = sizeof(struct second_net),
};

static int __init second_init(void)
{
	return register_pernet_subsys(&second_net_ops);
}

fs_initcall(second_init);
`,
};

/** How many edits a seed has; `PERNET_EDITS=1000` for a long run. */
const edits = Number(process.env['PERNET_EDITS'] ?? 50);

describe(
  'after any edits the findings, gaps and ops are those of a fresh analysis',
  { timeout: 5_000 + edits * 1_000 },
  () => {
    test.each([1, 2, 3])('of a file alone, seed %i', (seed) => {
      follow({ 'net/foo/pernet_sample.c': sample }, ['net/foo/pernet_sample.c'], { seed, edits });
    });

    test.each([4, 5, 6])('of two files of one module, seed %i', (seed) => {
      follow(pair, ['net/foo/main.c', 'net/foo/net.c'], { seed, edits });
    });

    test.each([7, 8])('of two modules of which the order is known, seed %i', (seed) => {
      follow(across, ['net/foo/first.c', 'net/foo/second.c'], { seed, edits });
    });

    test('of a function that is told which steps to take, and that then takes others', () => {
      const name = 'net/foo/foo.c';
      const files = new Map([
        [
          name,
          `static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static void foo_undo(int step)
{
	switch (step) {
	case 2:
		unregister_netdevice_notifier(&foo_nb);
		fallthrough;
	case 1:
		unregister_pernet_subsys(&foo_net_ops);
	}
}

static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	err = register_netdevice_notifier(&foo_nb);
	if (err)
		foo_undo(1);
	return err;
}

static void __exit foo_exit(void)
{
	foo_undo(2);
}

module_init(foo_init);
module_exit(foo_exit);
`,
        ],
      ]);
      const engine = new Engine({ parser, host: memoryHost(files) });
      expect(engine.analyse(name).findings).toEqual([]);
      files.set(name, files.get(name)!.replace('case 1:', 'case 3:'));
      engine.invalidate(name);
      expect(engine.analyse(name).findings.map(({ rule }) => rule)).toContain('pernet/left-registered-on-error');
    });

    test('of two modules, and of what says in which order they start', () => {
      const files = new Map<string, string>(Object.entries(across));
      const host = memoryHost(files);
      const engine = new Engine({ parser, host });
      const name = 'net/foo/first.c';
      const isFoundAfter = (file: string, from: string, to: string): boolean => {
        files.set(file, files.get(file)!.replace(from, to));
        engine.invalidate(file);
        const result = engine.analyse(name);
        expect(result, `${file}: ${to}`).toEqual(new Engine({ parser, host }).analyse(name));
        return result.findings.some(({ rule }) => rule === 'pernet/exit-uses-later-ops');
      };
      const second = 'net/foo/second.c';
      expect(isFoundAfter(name, 'static', 'static')).toBe(true);
      expect(isFoundAfter('net/foo/Makefile', 'first.o second.o', 'second.o first.o')).toBe(false);
      expect(isFoundAfter(second, 'fs_initcall', 'late_initcall')).toBe(true);
      expect(isFoundAfter(second, 'late_initcall', 'core_initcall')).toBe(false);
      expect(isFoundAfter(second, 'register_pernet_subsys', 'register_pernet_device')).toBe(true);
      expect(isFoundAfter(second, 'register_pernet_device', 'register_pernet_subsys')).toBe(false);
      expect(isFoundAfter(name, 'fs_initcall', 'early_initcall')).toBe(true);
      expect(isFoundAfter(second, '	list_del', '	if (!sn->users)\n		return;\n	list_del')).toBe(false);
    });

    test('of a function that no lifecycle follows, whatever rules ask of it', () => {
      const name = 'net/foo/asked.c';
      const { engine, fresh } = engines({ [name]: asked }, [name]);
      const rulesIn = (text: string): string[] => {
        engine.setOverlay(name, text);
        const result = engine.analyse(name);
        expect(result, text).toEqual(fresh({ [name]: text }).analyse(name));
        return result.findings.map(({ rule }) => rule);
      };
      const quiet = rulesIn(asked);
      const uses = asked.replace('/* nothing */', 'foo_touch(net_generic(dev_net(dev), foo_net_id));');
      expect(rulesIn(uses)).toEqual([...quiet, 'pernet/registered-too-late'].sort());
      expect(rulesIn(asked)).toEqual(quiet);
      // By way of another one that is called or not, whose result is one thing or another, that is there or not.
      for (const body of [
        'foo_far(dev);',
        'foo_near(dev);',
        'return foo_near(dev);',
        'if (dev return 0;',
        'foo_init();',
      ])
        rulesIn(asked.replace('/* nothing */', body));
      expect(rulesIn(asked.replace('/* nothing */', 'foo_far(dev);'))).toContain('pernet/registered-too-late');
      rulesIn(asked.replace('static int foo_near', 'static int foo_nearer'));
      rulesIn(asked.replace('return 1;', 'return -EINVAL;\n'));
      rulesIn(asked.replace('return 1;', 'return 1 +;'));
      expect(rulesIn(asked)).toEqual(quiet);
    });

    test('of a function that is followed and comes to the same, which is not analysed anew', () => {
      const name = 'net/foo/asked.c';
      const { fresh } = engines({ [name]: asked }, [name]);
      let analyses = 0;
      const engine = new Engine({
        parser,
        host: memoryHost(new Map([[name, asked]])),
        clock: (phase, work) => {
          if (phase === 'analyse') analyses++;
          return work();
        },
      });
      const analysesOf = (text: string): number => {
        analyses = 0;
        engine.setOverlay(name, text);
        const result = engine.analyse(name);
        expect(result, text).toEqual(fresh({ [name]: text }).analyse(name));
        return analyses;
      };
      const within = (fn: string, from: string, to: string): string => {
        const at = asked.indexOf(`${fn}(`, asked.indexOf('foo_notifier = {'));
        return asked.slice(0, at) + asked.slice(at).replace(from, to);
      };
      expect(analysesOf(asked)).toBe(1);
      for (const text of [
        within('foo_init', 'int err;\n', 'int err;\n\n\tpr_info("up\\n");\n'),
        within('foo_init', 'int err;', 'int err, other = 3;'),
        within('foo_exit', 'unregister_net', 'pr_info("down %d\\n", 1); unregister_net'),
        within('foo_exit', 'unregister_pernet', 'foo_log(1);\n\tunregister_pernet'),
      ]) {
        expect(analysesOf(text), text).toBe(0);
        expect(analysesOf(asked)).toBe(0);
      }
      for (const text of [
        within('foo_init', 'int err;\n', 'int err;\n\n\tif (foo_near(NULL))\n\t\treturn -EINVAL;\n'),
        within(
          'foo_init',
          'err = register_pernet',
          'unregister_netdevice_notifier(&foo_notifier);\n\terr = register_pernet',
        ),
        within('foo_exit', 'unregister_netdevice_notifier(&foo_notifier);', ''),
        within('foo_exit', 'unregister_netdevice_notifier(&foo_notifier);', 'foo_far(NULL);'),
        within('foo_down', 'foo_clean(', 'rtnl_lock();\n\tfoo_clean('),
        within('foo_up', 'return 0;', 'return 1;'),
        within('foo_up', 'return 0;', 'return foo_up(net);'),
        within('foo_up', 'return 0;', 'net->foo = kzalloc(8, GFP_KERNEL);\n\treturn 0;'),
      ]) {
        expect(analysesOf(text), text).toBe(1);
        expect(analysesOf(asked)).toBe(0);
      }
    });

    test('of who speaks of an exit that no ops names, followed or not', () => {
      const name = 'net/foo/unnamed.c';
      const text = asked
        .replace('.exit = foo_down,', '')
        .replace('static int foo_near', 'static void foo_early(void)\n{\n\t/* early */\n}\n\nstatic int foo_near');
      expect(text).not.toContain('.exit');
      const { engine, fresh } = engines({ [name]: text }, [name]);
      const rulesIn = (now: string): string[] => {
        engine.setOverlay(name, now);
        const result = engine.analyse(name);
        expect(result, now).toEqual(fresh({ [name]: now }).analyse(name));
        return result.findings.map(({ rule }) => rule);
      };
      expect(rulesIn(text)).toContain('pernet/exit-missing');
      const spoken = text.replace('/* early */', 'foo_down(NULL);');
      expect(rulesIn(spoken)).not.toContain('pernet/exit-missing');
      expect(rulesIn(`${spoken}\nstatic void __net_exit foo_late(struct net *net)\n{\n}\n`)).toContain(
        'pernet/exit-missing',
      );
      expect(rulesIn(spoken)).not.toContain('pernet/exit-missing');
      expect(rulesIn(text)).toContain('pernet/exit-missing');
    });

    test('of who speaks of an init that no ops names, in an arm that is not read as well', () => {
      const name = 'net/foo/unnamed-init.c';
      const unnamed = (init: string): string => `${init}static int foo_setup(struct net *net)
{
	return foo_make(net);
}

static struct pernet_operations foo_ops = {
	.exit = foo_down,
};

static int __init foo_start(void)
{
	return register_pernet_subsys(&foo_ops);
}
module_init(foo_start);
`;
      const { engine, fresh } = engines({ [name]: unnamed('') }, [name]);
      const rulesIn = (now: string): string[] => {
        engine.setOverlay(name, now);
        const result = engine.analyse(name);
        expect(result, now).toEqual(fresh({ [name]: now }).analyse(name));
        return result.findings.map(({ rule }) => rule);
      };
      const rule = 'pernet/unregister-not-registered';
      expect(rulesIn(unnamed(''))).toContain(rule);
      expect(rulesIn(unnamed('#if 0\n#define foo_up foo_setup\n#endif\n'))).not.toContain(rule);
      expect(rulesIn(unnamed('/* foo_setup() */\n'))).toContain(rule);
      expect(rulesIn(`${unnamed('')}#ifdef CONFIG_FOO_OFF\nint foo_up = (int)foo_setup;\n#endif\n`)).not.toContain(
        rule,
      );
      expect(rulesIn(unnamed(''))).toContain(rule);
    });

    test('of what is included, which counts where something is found that the file asks for', () => {
      const name = 'net/foo/included.c';
      const getter = `static inline struct foo_net *foo_pernet(struct net *net)
{
	return net_generic(net, foo_net_id);
}
`;
      const text = `#include <linux/errno.h>
#include <linux/slab.h>
#include "foo.h"

${asked.replace('/* nothing */', 'foo_touch(foo_pernet(dev_net(dev)));')}`;
      const files = new Map([
        [name, text],
        ['net/foo/foo.h', getter],
        ['include/linux/slab.h', 'void *kzalloc(size_t size, gfp_t flags);\n'],
        ['include/net/more.h', '/* Nothing yet. */\n'],
      ]);
      const host = memoryHost(files);
      let analyses = 0;
      let last: string | undefined;
      const clock = <T>(phase: string, work: () => T): T => {
        if (phase === 'analyse') analyses++;
        return work();
      };
      const engine = new Engine({ parser, host, clock });
      const analysesOf = (now: string): number => {
        analyses = 0;
        if (now !== last) engine.setOverlay(name, (last = now));
        const result = engine.analyse(name);
        const fresh = new Engine({ parser, host });
        fresh.setOverlay(name, now);
        expect(result, now).toEqual(fresh.analyse(name));
        return analyses;
      };
      expect(analysesOf(text)).toBe(1);
      const more = text.replace('<linux/slab.h>', '<net/more.h>');
      for (const now of [
        text.replace('<linux/errno.h>', '<linux/errn.h>'),
        text.replace('#include <linux/slab.h>\n', ''),
        more,
      ])
        expect(analysesOf(now), now.slice(0, 60)).toBe(0);
      // What was looked into and holds nothing may hold it later.
      files.set('include/net/more.h', getter);
      engine.invalidate('include/net/more.h');
      expect(analysesOf(more)).toBe(1);
      expect(analysesOf(more.replace('#include "foo.h"\n', ''))).toBe(1);
      expect(analysesOf(text.replace('#include "foo.h"\n', ''))).toBe(1);
    });

    test('of the other files of its folder, which are searched again where they have changed', () => {
      const name = 'net/foo/main.c';
      const main = `static int __net_init foo_up(struct net *net)
{
	return foo_setup(net);
}

static void __net_exit foo_down(struct net *net)
{
	foo_teardown(net);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_up,
	.exit = foo_down,
};

int __init foo_start(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
`;
      const setup = (body: string): string => `int foo_setup(struct net *net)\n{\n\t${body}\n}\n`;
      const teardown = 'void foo_teardown(struct net *net)\n{\n\tkfree(net->foo);\n}\n';
      const caller = `static int __init foo_init(void)
{
	int err;

	err = foo_start();
	if (err)
		return err;
	return register_netdevice_notifier(&foo_notifier);
}
module_init(foo_init);
`;
      const files = new Map([[name, main]]);
      const host = memoryHost(files);
      const opened = (): Engine => {
        const made = new Engine({ parser, host });
        made.setOverlay(name, text);
        return made;
      };
      let text = main;
      const engine = opened();
      const found = new Set<string>();
      const makes = 'net->foo = kzalloc(8, GFP_KERNEL);\n\treturn net->foo ? 0 : -ENOMEM;';
      const steps: (readonly [file: string, text: string | undefined])[] = [
        ['net/foo/setup.c', setup(makes)],
        ['net/foo/other.c', teardown],
        ['net/foo/setup.c', setup('return 0;')],
        ['net/foo/init.c', caller],
        ['net/foo/setup.c', setup(makes)],
        ['net/foo/other.c', teardown.replace('teardown', 'leardown')],
        ['net/foo/init.c', undefined],
        ['net/foo/setup.c', `${setup(makes)}${teardown}`],
        ['net/foo/other.c', undefined],
        ['net/foo/more.c', caller.replace('foo_init', 'foo_more')],
      ];
      for (const [index, [file, now]] of steps.entries()) {
        if (now === undefined) files.delete(file);
        else files.set(file, now);
        engine.invalidate(file);
        // With an edit of its own or without.
        text =
          index % 3 === 0 ? text : main.replace('return foo_setup(net);', `return foo_setup(net);\n\tfoo_${index}();`);
        engine.setOverlay(name, text);
        const result = engine.analyse(name);
        expect(result, `step ${index}`).toEqual(opened().analyse(name));
        found.add(JSON.stringify([result.findings.map(({ rule }) => rule), result.stats.files]));
      }
      expect(found.size).toBeGreaterThan(2);
    });

    test('which are taken back: nothing is read again, and what comes next is read beside the version before', () => {
      const name = 'net/foo/pernet_sample.c';
      const parses: (string | null)[] = [];
      const noting: CParser = {
        kind: wasm.kind,
        spendsTrees: wasm.spendsTrees,
        parse: (text, previous) => {
          parses.push(previous?.text ?? null);
          return wasm.parse(text, previous);
        },
        free: (tree) => {
          wasm.free(tree);
        },
      };
      const engine = new Engine({ parser: noting, host: memoryHost(new Map([[name, sample]])) });
      const parsesOf = (text: string): typeof parses => {
        parses.length = 0;
        engine.setOverlay(name, text);
        expect(engine.analyse(name)).toEqual(engines({ [name]: text }, [name]).engine.analyse(name));
        return [...parses];
      };
      parsesOf(sample);
      const [whole] = parsesOf(sample.replace('static', 'static /* x */'));
      parsesOf(sample.slice(0, sample.length / 2));
      expect(parsesOf(sample)).toEqual([]);
      const [near] = parsesOf(sample.replace('static', 'static /* y */'));
      expect(Math.abs(near!.length - whole!.length)).toBeLessThan(20);
    });

    test('a timeline after a comment has moved all lines is the one of a fresh analysis', () => {
      const name = 'net/foo/pernet_sample.c';
      const { engine, fresh } = engines({ [name]: sample }, [name]);
      engine.analyse(name);
      const moved = sample.replace('static int sample_show', '/* Of no\n * bearing. */\n\nstatic int sample_show');
      engine.setOverlay(name, moved);
      const { findings } = engine.analyse(name);
      expect(findings.length).toBe(4);
      for (const { fingerprint } of findings)
        expect(engine.timeline({ file: name, fingerprint })).toEqual(
          fresh({ [name]: moved }).timeline({ file: name, fingerprint }),
        );
    });

    test('an analysis that is given up does no harm to the next', () => {
      const name = 'net/foo/pernet_sample.c';
      const { engine, fresh } = engines({ [name]: sample }, [name]);
      const stop = new Error('given up');
      for (const after of [1, 5, 20]) {
        let count = 0;
        engine.checkpoint = () => {
          if (++count === after) throw stop;
        };
        engine.setOverlay(name, `${sample}\nint grown_${after};\nstatic void grow_${after}(void) { }\n`);
        expect(() => engine.analyse(name)).toThrow(stop);
      }
      engine.checkpoint = undefined;
      engine.setOverlay(name, sample);
      expect(engine.analyse(name)).toEqual(fresh({ [name]: sample }).analyse(name));
    });
  },
);

function engines(
  files: Readonly<Record<string, string>>,
  open: readonly string[],
): { engine: Engine; fresh: (texts: Readonly<Record<string, string>>) => Engine } {
  const host = memoryHost(new Map(Object.entries(files)));
  const fresh = (texts: Readonly<Record<string, string>>): Engine => {
    const engine = new Engine({ parser, host });
    for (const name of open) engine.setOverlay(name, texts[name]);
    return engine;
  };
  return { engine: fresh(files), fresh };
}

/** Edits the open files at random, half of the time undone again, and compares after each edit. */
function follow(
  files: Readonly<Record<string, string>>,
  open: readonly string[],
  { seed, edits }: { readonly seed: number; readonly edits: number },
): void {
  const random = randomFrom(seed);
  const { engine, fresh } = engines(files, open);
  const texts: Record<string, string> = { ...files };
  const undo: { name: string; text: string }[] = [];
  for (let count = 0; count < edits; count++) {
    const back = random() < 0.5 ? undo.pop() : undefined;
    const name = back?.name ?? open[Math.floor(random() * open.length)]!;
    const edit = back ? { kind: 'undo', text: back.text } : editOf(texts[name]!, random);
    if (!back) undo.push({ name, text: texts[name]! });
    texts[name] = edit.text;
    engine.setOverlay(name, edit.text);
    const anew = fresh(texts);
    for (const each of open)
      expect(engine.analyse(each), `${each} after edit ${count}: ${edit.kind} in ${name}`).toEqual(anew.analyse(each));
  }
}
