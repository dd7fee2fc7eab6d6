import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { timelineOfScenario } from '../../src/engine/index.ts';
import type { Holding, OtherRun, Timeline, TimelineEntry, WhatIf } from '../../src/engine/types.ts';
import { engineOf } from '../check.ts';

const file = 'net/foo/foo.c';
const sample = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample_fixed.c'), 'utf8');
const buggy = readFileSync(path.resolve(import.meta.dirname, '../sample/pernet_sample.c'), 'utf8');

const engine = engineOf([{ path: file, text: sample }]);
const show = (run: string, whatIf?: WhatIf): Timeline =>
  engine.timeline({ file, run: `foo:${run}`, ...(whatIf ? { whatIf } : {}) });

/** What is held after the last entry. */
function heldIn(entries: readonly TimelineEntry[]): Holding[] {
  const held = new Map<number, Holding>();
  for (const { changes } of entries) {
    for (const id of changes?.released ?? []) expect(held.delete(id)).toBe(true);
    if (changes?.acquired) held.set(changes.acquired.id, changes.acquired);
  }
  return [...held.values()];
}
const names = (held: readonly Holding[]) => held.map(({ resource, by, net }) => [resource, by, net]);

function otherOf(timeline: Timeline): OtherRun {
  const { other } = timeline;
  if (!other || 'error' in other) throw new Error(other?.error ?? 'no other run');
  return other;
}
const initOf = ({ entries }: Timeline, ops: string, net: string): number =>
  entries.findIndex(({ event }) => event.event === 'init' && event['ops'] === ops && event['net'] === net);

describe('the run that proves a finding', () => {
  const bad = engineOf([{ path: file, text: buggy }]);
  const finding = bad.analyse(file).findings.find(({ rule }) => rule === 'pernet/left-registered-on-error')!;
  const timeline = bad.timeline({ file, fingerprint: finding.fingerprint });

  it('is shown with the failing step marked and each step in the source', () => {
    expect(timeline.finding).toMatchObject({ rule: finding.rule, fingerprint: finding.fingerprint });
    expect(timeline.failing).toBe(finding.witness.failing);
    expect(timeline.entries.map(({ event }) => event)).toEqual(finding.witness.events);
    const registered = timeline.entries.find(
      ({ event }) => event.event === 'source' && String(event['call']).startsWith('register'),
    );
    expect(buggy.split('\n')[(registered?.source?.line ?? 0) - 1]).toContain('register_pernet_subsys(&sample_net_ops)');
  });

  it('says what is left in the end, and who acquired it', () => {
    expect(names(heldIn(timeline.entries))).toEqual([
      ['registration of sample_net_ops (subsys)', 'sample_init', undefined],
    ]);
  });

  it('can be chosen without naming it first, like those of the other problems', () => {
    const proofs = bad.timeline({ file }).runs.filter(({ group }) => group === 'Problems');
    expect(proofs).toHaveLength(bad.analyse(file).findings.length);
    const { id } = proofs.find(({ label }) => label.includes(finding.rule))!;
    expect(bad.timeline({ file, run: id }).finding?.fingerprint).toBe(finding.fingerprint);
  });
});

describe('the runs of a module', () => {
  const plain = engine.timeline({ file });

  it('are its life, the loads that fail, and each thing that can happen to it', () => {
    const labels = plain.runs.map(({ label }) => label);
    expect(plain.runs.find(({ id }) => id === plain.run)?.label).toBe('load and unload');
    expect(labels).toEqual(
      expect.arrayContaining([
        'load fails: register_pernet_device(&sample_dev_ops) fails',
        'load',
        'a namespace is made',
        'a namespace is made: sample_dev_ops fails',
        'a namespace ends',
        'two namespaces end at once',
        'unload',
      ]) as string[],
    );
    // Each can be told from the others.
    const [life] = plain.runs.filter(({ label }) => label === 'load and unload').map(({ group }) => group);
    const ways = plain.runs.filter(({ group }) => group === life).map(({ label }) => label);
    expect(new Set(ways).size).toBe(ways.length);
    expect(labels.indexOf('a namespace is made: sample_net_ops fails')).toBeLessThan(
      labels.indexOf('a namespace is made: sample_dev_ops fails'),
    );
  });

  it('are told apart, also where two steps have one name or only a loop makes the difference', () => {
    const text = `
static struct pernet_operations a_ops = { .init = a_init };
static int __init foo_init(void)
{
	int i, err;

	foo_cache = kmem_cache_create("foo", 8, 0, 0, NULL);
	if (!foo_cache)
		return -ENOMEM;
	bar_cache = kmem_cache_create("bar", 8, 0, 0, NULL);
	if (!bar_cache)
		goto out;
	if (foo_wide)
		pr_info("wide");
	err = register_pernet_subsys(&a_ops);
	if (err)
		goto out_bar;
	return 0;
out_bar:
	kmem_cache_destroy(bar_cache);
out:
	kmem_cache_destroy(foo_cache);
	return -ENOMEM;
}
module_init(foo_init);
`;
    const two = engineOf([{ path: file, text }]).timeline({ file });
    const labels = two.runs.filter(({ group }) => group.endsWith('load and unload')).map(({ label }) => label);
    expect(labels.filter((label) => label.includes('kmem_cache_create'))).toEqual([
      'load fails: kmem_cache_create("foo", …) fails',
      'load fails: kmem_cache_create("bar", …) fails',
    ]);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('of which something fails say that first, and long conditions without what is in their brackets', () => {
    const text = `
static struct pernet_operations a_ops = { .init = a_init };
static int __init foo_init(void)
{
	if (foo_table[ARRAY_SIZE(foo_table) - 1] > 2)
		foo_cache = kmem_cache_create("foo", 8, 0, SLAB_PANIC, NULL);
	if (register_pernet_subsys(&a_ops))
		pr_warn("no a\\n");
	return 0;
}
fs_initcall(foo_init);
`;
    const { runs } = engineOf([{ path: file, text }]).timeline({ file });
    expect(runs.map(({ label }) => label)).toContain(
      'load (register_pernet_subsys(&a_ops) fails, `foo_table[…] > 2` is true)',
    );
  });

  it('that else have one name are told apart by what each does, does more often, or where it goes along', () => {
    const text = `
static struct pernet_operations a_ops = { .init = a_init };
static int __init foo_init(void)
{
	int err, i;

	for (i = 0; i < count; i++) {
		err = sysfs_create_file(foo_kobj, foo_attr(i));
		if (err)
			goto out;
	}
	if (foo_kind == 1)
		sysfs_create_link(foo_kobj, foo_one, "x");
	else if (foo_kind == 2)
		foo_log();
	foo_dir = debugfs_create_dir("foo", NULL);
	err = register_pernet_subsys(&a_ops);
out:
	while (err && i--)
		sysfs_remove_file(foo_kobj, foo_attr(i));
	return err;
}
static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&a_ops);
	if (!IS_ERR_OR_NULL(foo_one))
		kfree(foo_one);
	if (!IS_ERR_OR_NULL(foo_two))
		kfree(foo_two);
}
module_init(foo_init);
module_exit(foo_exit);
`;
    const labels = engineOf([{ path: file, text }])
      .timeline({ file })
      .runs.filter(({ group }) => group.endsWith('load and unload'))
      .map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    const lives = labels.filter((label) => label.startsWith('load and unload (`foo_kind == 1` is true)'));
    const lineOf = (written: string): number => text.split('\n').findIndex((each) => each.includes(written)) + 1;
    expect(lives.map((label) => label.replace('load and unload (`foo_kind == 1` is true), ', ''))).toEqual([
      'debugfs_create_dir() succeeds, kfree() twice',
      'kfree() twice',
      `debugfs_create_dir() succeeds, kfree() once, through line ${lineOf('kfree(foo_one)')}`,
      `debugfs_create_dir() succeeds, kfree() once, through line ${lineOf('kfree(foo_two)')}`,
      `kfree() once, through line ${lineOf('kfree(foo_one)')}`,
      `kfree() once, through line ${lineOf('kfree(foo_two)')}`,
      'debugfs_create_dir() succeeds, no kfree()',
      'no kfree()',
    ]);
    expect(labels.filter((label) => label.startsWith('load fails'))).toEqual([
      'load fails: sysfs_create_file(foo_kobj, foo_attr(i)) fails, `i < count` is true once',
      'load fails: register_pernet_subsys(&a_ops) fails, `foo_kind == 1` is true, `i--` is true once',
      'load fails: register_pernet_subsys(&a_ops) fails, `i--` is true once, `foo_kind == 1` is false',
      'load fails: sysfs_create_file(foo_kobj, foo_attr(i)) fails, `i < count` is true twice',
      'load fails: register_pernet_subsys(&a_ops) fails, `foo_kind == 1` is true, `i--` is true twice',
      'load fails: register_pernet_subsys(&a_ops) fails, `i--` is true twice, `foo_kind == 1` is false',
    ]);
  });

  it('are one for each step at which a load can fail, in their order, also where the ways of unwinding meet', () => {
    const text = `
static struct pernet_operations a_ops = { .init = a_init };
static int __init foo_init(void)
{
	int err;

	err = register_pernet_device(&a_ops);
	if (err < 0)
		return err;
	err = foo_tunnel_register(&one_handler, AF_INET6);
	if (err < 0)
		goto fail_one;
	err = foo_tunnel_register(&two_handler, AF_INET);
	if (err < 0)
		goto fail_two;
	err = rtnl_link_register(&a_link_ops);
	if (err < 0)
		goto fail_link;
out:
	return err;
fail_link:
	foo_tunnel_deregister(&two_handler, AF_INET);
fail_two:
	foo_tunnel_deregister(&one_handler, AF_INET6);
fail_one:
	unregister_pernet_device(&a_ops);
	goto out;
}
module_init(foo_init);
`;
    const other = engineOf([{ path: file, text }]);
    const fails = other.timeline({ file }).runs.filter(({ label }) => label.startsWith('load fails'));
    expect(fails.map(({ label }) => label)).toEqual([
      'load fails: register_pernet_device(&a_ops) fails',
      'load fails: foo_tunnel_register(&one_handler, AF_INET6) fails',
      'load fails: foo_tunnel_register(&two_handler, AF_INET) fails',
      'load fails: rtnl_link_register() fails',
    ]);
    // Each is the run that its label says, to its end.
    const undone = fails.map(({ id }) =>
      other
        .timeline({ file, run: id })
        .entries.flatMap(({ source, text: said }) => (source && said.includes('unregister') ? [said] : [])),
    );
    expect(undone.map((all) => all.length)).toEqual([0, 1, 1, 1]);
    // And says where in it that step is.
    const causes = fails.map(({ id }) => {
      const { entries, cause } = other.timeline({ file, run: id });
      return text.split('\n')[(entries[cause ?? -1]?.source?.line ?? 0) - 1]?.trim();
    });
    expect(causes).toEqual([
      'err = register_pernet_device(&a_ops);',
      'err = foo_tunnel_register(&one_handler, AF_INET6);',
      'err = foo_tunnel_register(&two_handler, AF_INET);',
      'err = rtnl_link_register(&a_link_ops);',
    ]);
  });

  it('go through the callbacks too: what they acquire for a namespace is held for it, and released with it', () => {
    const one = (timeline: Timeline) => names(heldIn(timeline.entries)).filter(([, , net]) => net === 'one');
    expect(one(show('made'))).toContainEqual(['registered net device', 'sample_dev_init', 'one']);
    expect(one(show('exit'))).toEqual([]);
    const two = show('batch-exit').entries.filter(({ event }) => event.event === 'net_free');
    expect(two.map(({ event }) => event['net']).sort()).toEqual(['one', 'two']);
  });

  it('an init that fails undoes what stands before it, and nothing is left of the namespace', () => {
    const { entries } = show('init-fails:sample_dev_ops');
    const failed = entries.findIndex(({ event }) => event.event === 'init' && event['ret'] === -12);
    const exits = entries.slice(failed).flatMap(({ event }) => (event.event === 'exit' ? [event['ops']] : []));
    expect(exits[0]).toBe('sample_stats_ops');
    expect(exits).not.toContain('sample_dev_ops');
    expect(heldIn(entries).filter(({ net }) => net === 'one')).toEqual([]);
  });

  it('an unload leaves nothing', () => {
    expect(heldIn(show('unload').entries)).toEqual([]);
  });

  it('say which function did a thing, and who had called it', () => {
    const { entries } = show('made');
    const by = (ops: string, net: string) => entries[initOf(show('made'), ops, net)]?.by;
    expect(by('sample_dev_ops', 'one')).toEqual(['ops_init', 'setup_net', 'copy_net_ns']);
    expect(by('sample_dev_ops', 'init_net')).toEqual([
      'ops_init',
      '__register_pernet_operations',
      'register_pernet_operations',
      'register_pernet_device',
    ]);
    expect(by('net_ns_ops', 'init_net')).toEqual([
      'ops_init',
      '__register_pernet_operations',
      'register_pernet_operations',
      'register_pernet_subsys',
      'net_ns_init',
    ]);
  });

  it('of a file without a life are none', () => {
    expect(engineOf([{ path: 'a.c', text: 'int x;\n' }]).timeline({ file: 'a.c' })).toMatchObject({
      runs: [],
      entries: [],
    });
  });
});

describe('what if', () => {
  it('an init fails for a namespace: the other run ends without it', () => {
    const entry = initOf(show('exit'), 'sample_stats_ops', 'one');
    const { label, entries } = otherOf(show('exit', { kind: 'fail-init', entry }));
    expect(label).toBe('if sample_stats_ops.init fails for one');
    expect(entries.some(({ event }) => event.event === 'net_list_add' && event['net'] === 'one')).toBe(false);
    // What the scenario would do with it later is left out: it is not there.
    expect(entries.some(({ event }) => event.event === 'violation')).toBe(false);
  });

  it('an init fails during a registration: the code goes the way that it takes then', () => {
    const life = engine.timeline({ file });
    const entry = initOf(life, 'sample_dev_ops', 'before');
    const { entries } = otherOf(engine.timeline({ file, whatIf: { kind: 'fail-init', entry } }));
    const texts = entries.map(({ text }) => text);
    expect(texts).toContain('ops_init() calls sample_dev_ops.init for init_net');
    expect(texts).toContain('ops_init() calls sample_dev_ops.init for before, which fails with -12');
    expect(texts.some((text) => text.includes('register_pernet_device(&sample_dev_ops) fails'))).toBe(true);
    expect(heldIn(entries)).toEqual([]);
  });

  it('an allocation fails: that of this event and no other', () => {
    const made = show('made');
    const entry = initOf(made, 'sample_dev_ops', 'one');
    const { label, entries } = otherOf(show('made', { kind: 'fail-alloc', entry }));
    expect(label).toBe('if the allocation for the data of sample_dev_ops for one fails');
    const differs = entries.findIndex(({ text }, index) => text !== made.entries[index]?.text);
    expect(differs).toBe(entry);
    const none = show('made', { kind: 'fail-alloc', entry: made.entries.length - 1 }).other;
    expect(none).toEqual({ error: 'Nothing is allocated at this step.' });
  });

  it('two registrations are swapped, each with the call in the source', () => {
    const load = show('load');
    const at = (ops: string) => load.entries.findIndex(({ text }) => text.includes(`(&${ops}) succeeds`));
    const [net, stats] = [at('sample_net_ops'), at('sample_stats_ops')];
    const { label, entries } = otherOf(show('load', { kind: 'swap', entry: net, with: stats }));
    expect(label).toBe('if sample_stats_ops is registered before sample_net_ops');
    expect(entries).toHaveLength(load.entries.length);
    const list = entries.findLast(({ changes }) => changes?.pernet_list)?.changes?.pernet_list ?? [];
    expect(list.indexOf('sample_stats_ops')).toBeLessThan(list.indexOf('sample_net_ops'));
  });

  it('in a scenario: what the later steps would do then is shown as it is', () => {
    const text = JSON.stringify({
      ops: { a: { init: true } },
      steps: [
        { step: 'net_ns_init' },
        { step: 'register_pernet_subsys', ops: 'a' },
        { step: 'unregister_pernet_subsys', ops: 'a' },
      ],
    });
    const plain = timelineOfScenario(text, { file: 'x' }) as Timeline;
    const whatIf: WhatIf = { kind: 'fail-init', entry: initOf(plain, 'a', 'init_net') };
    const other = otherOf(timelineOfScenario(text, { file: 'x', whatIf }) as Timeline);
    expect(other.entries[other.failing ?? -1]?.event).toMatchObject({ kind: 'unregister-unregistered' });
  });

  it('of a step that is not there any more is refused', () => {
    expect(show('load', { kind: 'fail-init', entry: 9999 }).other).toEqual({
      error: 'The run has no such step any more.',
    });
  });
});
