import { describe, expect, it } from 'vitest';
import type { AnalysisResult } from '../../src/engine/index.ts';
import { analyseFiles, check, engineOf } from '../check.ts';
import { parseFixture } from '../fixture.ts';

const good = `static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
const bad = good.replace('\tunregister_pernet_subsys(&foo_net_ops);\n', '');

function analyse(text: string): AnalysisResult {
  return analyseFiles([{ path: 'net/foo/foo.c', text }]);
}

describe('bad input', () => {
  it('an empty file', () => {
    expect(analyse('')).toEqual({
      findings: [],
      suppressed: [],
      notAnalysed: [],
      ops: [],
      readings: [],
      stats: { files: 1, parsed: 1, ops: 0, modules: 0, functions: 0 },
    });
  });

  it.each([
    ['binary bytes', `\x7fELF\0\0\x01${good}`, /^binary/],
    ['a NUL far down', `${good}${'/* x */\n'.repeat(4000)}\0`, /NUL|binary/],
    ['five megabytes', `${good}${'/* filler */\n'.repeat(400_000)}`, /^larger than 4 MB \(5 MB\)$/],
    ['brackets without an end', `static int x = ${'('.repeat(3000)};\n${good}`, /brackets nested/],
    ['a statement without an end', `static int x[] = { ${'a b '.repeat(20_000)} };\n${good}`, /without a separator/],
  ])('%s is said to be not analysed, and why', (_name, text, reason) => {
    const { findings, notAnalysed, stats } = analyse(text);
    expect(findings).toEqual([]);
    expect(notAnalysed).toEqual([{ file: 'net/foo/foo.c', line: 1, reason: expect.stringMatching(reason) as string }]);
    expect(stats).toMatchObject({ files: 1, parsed: 0 });
    // An open document is read another way.
    const engine = engineOf([{ path: 'net/foo/foo.c', text: '' }]);
    engine.setOverlay('net/foo/foo.c', text);
    expect(engine.analyse('net/foo/foo.c').notAnalysed).toEqual(notAnalysed);
  });

  it('a file that cannot be read', () => {
    const engine = engineOf([{ path: 'net/foo/foo.c', text: good }]);
    engine.setIndex(['net/foo/foo.c', 'net/foo/gone.c']);
    expect(engine.analyse().notAnalysed).toEqual([{ file: 'net/foo/gone.c', line: 1, reason: 'it is not there' }]);
  });

  it('an exit or an init that no path leaves is said to be not analysed', () => {
    const stuck = (call: string): string => good.replace(`\t${call}`, `\tfor (;;)\n\t\tfoo_wait();\n\t${call}`);
    const reason = 'no path through it was found to come to its end';
    expect(analyse(stuck('unregister_pernet_subsys')).notAnalysed).toEqual([
      { file: 'net/foo/foo.c', line: 11, function: 'foo_exit', reason },
    ]);
    expect(analyse(stuck('return')).notAnalysed).toEqual([
      { file: 'net/foo/foo.c', line: 6, function: 'foo_init', reason },
    ]);
    expect(analyse(good).notAnalysed).toEqual([]);
  });

  it('a half-typed struct beside a whole module', () => {
    const { findings, ops } = analyse(`${bad}\nstatic struct pernet_operations bar_net_ops = {\n\t.init = bar_`);
    expect(findings.map(({ rule }) => rule)).toEqual(['pernet/left-registered-on-exit']);
    expect(ops.map(({ name }) => name)).toContain('foo_net_ops');
  });

  it('a function that cannot be parsed is named, with its line, when a life reaches it', () => {
    check(`
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	if (foo_mode
//! not analysed: cannot be parsed: ) is missing
		return -EINVAL;
	return register_pernet_subsys(&foo_net_ops);
}

static int foo_unreached(void)
{
	if (foo_mode
		return -EINVAL;
	return 0;
}

module_init(foo_init);
`);
  });

  it.each([
    ['an #if without #endif', `#ifdef CONFIG_FOO\n${bad}`],
    ['an #endif without #if', `#endif\n${bad}`],
    ['an #else without #if', `#else\n${bad}`],
  ])('%s', (_name, text) => {
    expect(analyse(text).findings.map(({ rule }) => rule)).toEqual(['pernet/left-registered-on-exit']);
  });

  it('carriage returns count as ends of lines do', () => {
    const places = (result: AnalysisResult): unknown[] =>
      result.findings.map(({ rule, line, column, endLine, endColumn }) => ({ rule, line, column, endLine, endColumn }));
    expect(places(analyse(bad.replaceAll('\n', '\r\n')))).toEqual(places(analyse(bad)));
  });

  it('a text cut off anywhere is no exception', () => {
    for (let end = 0; end < bad.length; end += 7) expect(analyse(bad.slice(0, end)).stats.files).toBe(1);
  });
});

describe('an open document', () => {
  it('counts as it is being typed, and the file counts again when it is closed', () => {
    const engine = engineOf([{ path: 'net/foo/foo.c', text: good }]);
    const rules = (): string[] => engine.analyse('net/foo/foo.c').findings.map(({ rule }) => rule);
    expect(rules()).toEqual([]);
    engine.setOverlay('net/foo/foo.c', bad);
    expect(rules()).toEqual(['pernet/left-registered-on-exit']);
    engine.setOverlay('net/foo/foo.c', good);
    expect(rules()).toEqual([]);
    engine.setOverlay('net/foo/foo.c', bad);
    engine.setOverlay('net/foo/foo.c', undefined);
    expect(rules()).toEqual([]);
  });

  it('read edit by edit gives what it gives when read at once', () => {
    const engine = engineOf([{ path: 'net/foo/foo.c', text: good }]);
    for (let end = 0; end <= bad.length; end += 11) {
      const text = bad.slice(0, end);
      engine.setOverlay('net/foo/foo.c', text);
      expect(engine.analyse('net/foo/foo.c')).toEqual(analyse(text));
    }
  });

  it('of another file changes what is found in this one', () => {
    const files = parseFixture(`
//- net/foo/main.c
static int __init foo_init(void)
{
	return foo_pernet_init();
}
static void __exit foo_exit(void)
{
	foo_pernet_exit();
}
module_init(foo_init);
module_exit(foo_exit);
//- net/foo/pernet.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};
int __init foo_pernet_init(void)
{
	return register_pernet_subsys(&foo_net_ops);
}
void foo_pernet_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
}
`);
    const engine = engineOf(files);
    expect(engine.analyse('net/foo/main.c').findings).toEqual([]);
    engine.setOverlay('net/foo/pernet.c', files[1]!.text.replace('\tunregister_pernet_subsys(&foo_net_ops);\n', ''));
    expect(engine.analyse('net/foo/main.c').findings.map(({ rule }) => rule)).toEqual([
      'pernet/left-registered-on-exit',
    ]);
  });
});

describe('a file beside that of the ops, which does a part of the work', () => {
  const files = parseFixture(`
//- net/foo/main.c
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};
static int __init foo_init(void)
{
	int err = register_pernet_subsys(&foo_net_ops);

	if (err)
		return err;
	err = foo_nl_register();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}
static void __exit foo_exit(void)
{
	foo_nl_unregister();
	unregister_pernet_subsys(&foo_net_ops);
}
module_init(foo_init);
module_exit(foo_exit);
//- net/foo/nl.c
int __init foo_nl_register(void)
{
	return genl_register_family(&foo_family);
}
static void foo_drop_family(void)
{
	genl_unregister_family(&foo_family);
}
void foo_nl_unregister(void)
{
	foo_drop_family();
}
`);

  it('is read as far when it is open as when it is not', () => {
    const engine = engineOf(files);
    for (const { path, text } of files) engine.setOverlay(path, text);
    expect(engine.analyse('net/foo/main.c').findings).toEqual([]);
  });

  it('is read as far when it is what is asked about', () => {
    const renamed = files.map(({ path, text }) => ({
      path,
      text: text.replaceAll('foo_nl_unregister', 'foo_nl_purge'),
    }));
    expect(engineOf(renamed).analyseThrough(['net/foo/nl.c']).findings).toEqual([]);
  });

  it('is read as far when it is given by name beside the other', () => {
    const renamed = files.map(({ path, text }) => ({
      path,
      text: text.replaceAll('foo_nl_unregister', 'foo_nl_purge'),
    }));
    const engine = engineOf(renamed);
    engine.setIndex(renamed.map(({ path }) => path));
    expect(engine.analyse().findings).toEqual([]);
  });
});

describe('severities', () => {
  it('can be set and turned off by rule', () => {
    const files = [{ path: 'net/foo/foo.c', text: bad }];
    expect(
      analyseFiles(files, { severities: { 'pernet/left-registered-on-exit': 'hint' } }).findings.map(
        ({ severity }) => severity,
      ),
    ).toEqual(['hint']);
    expect(analyseFiles(files, { severities: { 'pernet/left-registered-on-exit': 'off' } }).findings).toEqual([]);
  });
});

describe('a given configuration', () => {
  const text = bad.replace(
    'static void __exit foo_exit(void)\n{\n',
    'static void __exit foo_exit(void)\n{\n#ifdef CONFIG_FOO\n\tunregister_pernet_subsys(&foo_net_ops);\n#endif\n',
  );

  it('is the only one that is looked at', () => {
    const found = (config?: Record<string, boolean>): unknown[] =>
      analyseFiles([{ path: 'net/foo/foo.c', text }], config ? { config } : {}).findings.map(
        ({ rule, config: needed }) => [rule, needed],
      );
    expect(found()).toEqual([['pernet/left-registered-on-exit', 'CONFIG_FOO=n']]);
    expect(found({ CONFIG_FOO: true })).toEqual([]);
    expect(found({ CONFIG_BAR: true })).toEqual([['pernet/left-registered-on-exit', undefined]]);
  });
});

describe('summaries of ops', () => {
  it('say how and where each is registered, and by what it is described', () => {
    const { ops } = analyseFiles(
      parseFixture(`
static struct pernet_operations a_ops = {
	.init = a_init,
	.id   = &a_id,
	.size = sizeof(struct a),
};
static struct pernet_operations b_ops = {
	.exit_batch = b_exit,
};
static struct pernet_operations c_ops = {
	.init = c_init,
};
static int __init add(struct pernet_operations *ops)
{
	return register_pernet_device(ops);
}
static int __init foo_init(void)
{
	int err = register_pernet_subsys(&a_ops);

	if (!err)
		err = add(&b_ops);
	return err;
}
static void __exit foo_exit(void)
{
}
module_init(foo_init);
module_exit(foo_exit);
`),
    );
    expect(
      ops.map(({ name, kind, registeredIn, problems, fields }) => ({ name, kind, registeredIn, problems, fields })),
    ).toEqual([
      {
        name: 'a_ops',
        kind: 'subsys',
        registeredIn: ['foo_init'],
        problems: 1,
        fields: { init: 'a_init', id: '&a_id', size: 'sizeof(struct a)' },
      },
      { name: 'b_ops', kind: 'device', registeredIn: ['add'], problems: 1, fields: { exit_batch: 'b_exit' } },
      { name: 'c_ops', kind: undefined, registeredIn: [], problems: 0, fields: { init: 'c_init' } },
    ]);
  });
});
