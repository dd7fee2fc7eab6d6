import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** An ops whose init sets up a table of settings over `fn->ports`, with the exit that a test is about. */
const withTable = (exit: string, handler = 'bitmap_parse_user(buffer, *lenp, fn->ports, 1024)'): string => `
static unsigned int foo_net_id;

static int foo_ports_handler(const struct ctl_table *ctl, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	struct foo_net *fn = ctl->extra1;

	return ${handler};
}

static struct ctl_table foo_template[] = {
	{
		.procname	= "ports",
		.proc_handler	= foo_ports_handler,
	},
};

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->ports = kzalloc(1024 / 8, GFP_KERNEL);
	if (!fn->ports)
		return -ENOMEM;
	fn->table = kmemdup(foo_template, sizeof(foo_template), GFP_KERNEL);
	if (!fn->table)
		goto err_table;
	fn->header = register_net_sysctl(net, "net/foo", fn->table);
	if (!fn->header)
		goto err_header;
	return 0;

err_header:
	kfree(fn->table);
err_table:
	kfree(fn->ports);
	return -ENOMEM;
}

${exit}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
`;

/** A module whose notifier queues a work item of the namespace. */
const withWork = (exit: string, rest = ''): string => `
static unsigned int foo_net_id;

static int foo_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct foo_net *fn = container_of(nb, struct foo_net, nb);

	schedule_work(&fn->work);
	return NOTIFY_DONE;
}
${rest}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_WORK(&fn->work, foo_work);
	fn->nb.notifier_call = foo_netdev_event;
	return foo_start(fn) ?: register_netdevice_notifier_net(net, &fn->nb);
}

${exit}
static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
`;

describe('pernet/exit-order', () => {
  it('memory that the handlers of a table use is freed before the table is unregistered', () => {
    check(
      withTable(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->ports);
//	^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net_generic(net, foo_net_id)->ports before sysctl table net_generic(net, foo_net_id)->header, which uses it: until unregister_net_sysctl_table() it can still be reached
	unregister_net_sysctl_table(fn->header);
	kfree(fn->table);
}`),
    );
  });

  it('the table itself is freed while it is registered', () => {
    check(
      withTable(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->table);
//	^^^^^^^^^^^^^^^^ error: exit-order: releases memory net_generic(net, foo_net_id)->table before sysctl table
	unregister_net_sysctl_table(fn->header);
	kfree(fn->ports);
}`),
    );
  });

  it('a helper that frees: the place is the call in the callback', () => {
    check(
      withTable(`
static void foo_free(struct foo_net *fn)
{
	kfree(fn->ports);
	kfree(fn->name);
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_free(fn);
//	^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net_generic(net, foo_net_id)->ports by foo_free() before
	unregister_net_sysctl_table(fn->header);
	kfree(fn->table);
}`),
    );
  });

  it('members of struct net that the settings point at', () => {
    check(`
static struct ctl_table foo_template[] = {
	{
		.procname	= "ports",
		.data		= &init_net.foo.ports,
		.proc_handler	= proc_do_large_bitmap,
	},
};

static int __net_init foo_net_init(struct net *net)
{
	struct ctl_table *table;

	table = kmemdup(foo_template, sizeof(foo_template), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	net->foo.header = register_net_sysctl(net, "net/foo", table);
	if (!net->foo.header)
		goto err_header;
	net->foo.ports = kzalloc(65536 / 8, GFP_KERNEL);
	if (!net->foo.ports)
		goto err_ports;
	return 0;

err_ports:
	unregister_net_sysctl_table(net->foo.header);
err_header:
	kfree(table);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	const struct ctl_table *table;

	kfree(net->foo.ports);
//	^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net->foo.ports before sysctl table net->foo.header
	table = net->foo.header->ctl_table_arg;
	unregister_net_sysctl_table(net->foo.header);
	kfree(table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
`);
  });

  it("is what a table's element points into, by the function that fills it in", () => {
    const module = (exit: string): string => `
static int __net_init foo_net_init(struct net *net)
{
	struct ctl_table *table;

	net->foo.limits = kzalloc(64, GFP_KERNEL);
	if (!net->foo.limits)
		return -ENOMEM;
	table = kmemdup(foo_template, sizeof(foo_template), GFP_KERNEL);
	if (!table)
		goto err_table;
	table[0].procname = "high";
	table[0].data = &net->foo.limits->high;
	net->foo.header = register_net_sysctl(net, "net/foo", table);
	if (!net->foo.header)
		goto err_header;
	return 0;

err_header:
	kfree(table);
err_table:
	kfree(net->foo.limits);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
{
	const struct ctl_table *table = net->foo.header->ctl_table_arg;
${exit}
	kfree(table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`;
    check(
      module(`
	kfree(net->foo.limits);
//	^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net->foo.limits before sysctl table net->foo.header, which uses it
	unregister_net_sysctl_table(net->foo.header);`),
    );
    check(
      module(`
	unregister_net_sysctl_table(net->foo.header);
	kfree(net->foo.limits);`),
    );
    // The same of what the ops' own data leads to.
    const inData = (exit: string): string =>
      module(exit)
        .replaceAll(
          'struct net *net)\n{\n',
          'struct net *net)\n{\n	struct foo_net *fn = net_generic(net, foo_net_id);\n',
        )
        .replaceAll('net->foo.', 'fn->')
        .replace(
          '	.exit = foo_net_exit,\n',
          '	.exit = foo_net_exit,\n	.id = &foo_net_id,\n	.size = sizeof(struct foo_net),\n',
        );
    check(
      inData(`
	kfree(net->foo.limits);
//	^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net_generic(net, foo_net_id)->limits before sysctl table net_generic(net, foo_net_id)->header, which uses it
	unregister_net_sysctl_table(net->foo.header);`),
    );
    check(
      inData(`
	unregister_net_sysctl_table(net->foo.header);
	kfree(net->foo.limits);`),
    );
    // An element of an array, and a table that is kept.
    const early = `
	kfree(net->foo.limits);
//	^^^^^^^^^^^^^^^^^ error: exit-order: limits before sysctl table
	unregister_net_sysctl_table(net->foo.header);`;
    const late = `
	unregister_net_sysctl_table(net->foo.header);
	kfree(net->foo.limits);`;
    const inArray = (exit: string): string => inData(exit).replace('limits->high', 'limits[0]');
    check(inArray(early));
    check(inArray(late));
    const inKept = (exit: string): string =>
      inArray(exit)
        .replace('	struct ctl_table *table;\n', '')
        .replace('	const struct ctl_table *table = fn->header->ctl_table_arg;\n', '')
        .replace(/(?<=[\t!( ])table(?=[;)[]| =)/g, 'fn->table');
    check(inKept(early));
    check(inKept(late));
    // Another structure that has a member of that name.
    const other = (pointer: string, to: string): string =>
      inData(early.replace(/^\/\/.*\n/m, ''))
        .replace('&fn->limits->high', `&${pointer}->limits[0]`)
        .replace('	struct ctl_table *table;\n', `	struct ctl_table *table;\n${to}`);
    check(other('foo_config', ''));
    check(other('sub', '	struct foo_sub *sub = &foo_subs;\n'));
    check(other('sub', '	struct foo_sub *sub = foo_sub_of(net);\n'));
    // What is written last counts, and for other namespaces than the first.
    const filled = (exit: string, data: string): string =>
      inArray(exit).replace('	table[0].data = &fn->limits[0];\n', data);
    const high = 'table[0].data = &fn->limits[0];';
    const value = 'table[0].data = &fn->value;';
    check(filled(early, `	${value}\n	${high}\n`));
    check(filled(early, `	if (!net_eq(net, &init_net))\n		${high}\n`));
    check(filled(early.replace(/^\/\/.*\n/m, ''), `	${high}\n	${value}\n`));
    check(filled(early.replace(/^\/\/.*\n/m, ''), `	if (net_eq(net, &init_net))\n		${high}\n	else\n		${value}\n`));
    // A getter that is in a header elsewhere.
    const byGetter = (exit: string): string =>
      inData(exit)
        .replaceAll('net_generic(net, foo_net_id)', 'foo_pernet(net)')
        .replace(/error: .*/, 'error: exit-order');
    check(byGetter(early));
    check(byGetter(late));
  });

  it('work that a notifier can queue is cancelled before the notifier goes', () => {
    check(
      withWork(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	cancel_work_sync(&fn->work);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() stops fn->work by cancel_work_sync() before per-net netdevice notifier net_generic(net, foo_net_id)->nb, which can queue it again until unregister_netdevice_notifier_net()
	unregister_netdevice_notifier_net(net, &fn->nb);
}`),
    );
  });

  it('a helper that the teardown calls afterwards queues the work', () => {
    check(
      withWork(
        `
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_netdevice_notifier_net(net, &fn->nb);
	cancel_work_sync(&fn->work);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() stops fn->work by cancel_work_sync() before foo_flush(), which queues it again
	foo_flush(fn);
}`,
        `
static void foo_flush(struct foo_net *fn)
{
	kfree(fn->queue);
	schedule_work(&fn->work);
}
`,
      ),
    );
  });

  it('a helper that queues the work and does nothing else', () => {
    const run = (exit: string): void => {
      check(
        withWork(
          `
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_netdevice_notifier_net(net, &fn->nb);
${exit}	kfree(fn->queue);
}`,
          `
static void foo_stop(struct foo_net *fn)
{
	fn->going = true;
	schedule_work(&fn->work);
}
`,
        ),
      );
    };
    run(`	cancel_work_sync(&fn->work);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() stops fn->work by cancel_work_sync() before foo_stop(), which queues it again
	foo_stop(fn);
`);
    run(`	foo_stop(fn);
	cancel_work_sync(&fn->work);
`);
    run(`	cancel_work_sync(&fn->work);
	if (fn->busy) {
		foo_stop(fn);
		cancel_work_sync(&fn->work);
	}
`);
  });

  it('a helper that ends a timer which queues the work', () => {
    check(
      withWork(
        `
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_netdevice_notifier_net(net, &fn->nb);
	cancel_work_sync(&fn->work);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: before fn->timer, from which foo_timeout() can queue it again until timer_shutdown_sync()
	foo_stop(fn);
}`,
        `
static void foo_timeout(struct timer_list *t)
{
	struct foo_net *fn = from_timer(fn, t, timer);

	schedule_work(&fn->work);
}

static int foo_start(struct foo_net *fn)
{
	timer_setup(&fn->timer, foo_timeout, 0);
	mod_timer(&fn->timer, jiffies + HZ);
	return 0;
}

static void foo_stop(struct foo_net *fn)
{
	timer_shutdown_sync(&fn->timer);
	kfree(fn->queue);
}
`,
      ),
    );
  });

  describe('a timer that queues the work', () => {
    const timer = `
static void foo_tick(struct timer_list *t)
{
	struct foo_net *fn = from_timer(fn, t, timer);

	schedule_work(&fn->work);
}

static int foo_start(struct foo_net *fn)
{
	timer_setup(&fn->timer, foo_tick, 0);
	mod_timer(&fn->timer, jiffies + HZ);
	return 0;
}
`;
    const withExit = (stops: string): string =>
      withWork(
        `
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_netdevice_notifier_net(net, &fn->nb);
${stops}}`,
        timer,
      );

    it('is stopped after that', () => {
      check(
        withExit(`	cancel_work_sync(&fn->work);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() stops fn->work by cancel_work_sync() before fn->timer, from which foo_tick() can queue it again until del_timer_sync()
	del_timer_sync(&fn->timer);
`),
      );
    });

    it('is stopped by a function that does nothing else, with that', () => {
      const stops = (first: string, second: string): string =>
        withExit('	foo_stop_all(fn);\n').replace(
          '\nstatic void __net_exit foo_net_exit',
          `\nstatic void foo_stop_all(struct foo_net *fn)\n{\n${first}${second}}\n\nstatic void __net_exit foo_net_exit`,
        );
      const [work, tick] = ['	cancel_work_sync(&fn->work);\n', '	del_timer_sync(&fn->timer);\n'];
      const marker =
        '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_stop_all() stops fn->work by cancel_work_sync() before fn->timer, from which foo_tick() can queue it again\n';
      check(stops(work + marker, tick));
      check(stops(tick, work));
    });

    it('was stopped before as well, and the work does not start it', () => {
      check(withExit('	del_timer_sync(&fn->timer);\n	cancel_work_sync(&fn->work);\n	del_timer_sync(&fn->timer);\n'));
    });

    it('is stopped after a flag that keeps out who queues, or another one', () => {
      const exit = (test: string, marker = ''): string =>
        withExit(`	if (!${test})
		cancel_work_sync(&fn->work);
${marker}	del_timer_sync(&fn->timer);
`);
      check(exit('test_and_set_bit(FOO_STOPPED, &fn->flags)'));
      check(exit('xchg(&fn->stopped, true)'));
      check(exit('fn->idle', '//		^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() stops fn->work\n'));
    });

    it('asks first for what the exit has set', () => {
      const asking = (test: string, before: string, marker = ''): string =>
        withExit(`	${before};
	cancel_work_sync(&fn->work);
${marker}	del_timer_sync(&fn->timer);
`).replace(
          '	schedule_work(&fn->work);\n}\n\nstatic int foo_start',
          `	if (${test})\n		schedule_work(&fn->work);\n}\n\nstatic int foo_start`,
        );
      check(asking('fn->live', 'fn->live = false'));
      check(asking('!READ_ONCE(fn->dying)', 'WRITE_ONCE(fn->dying, true)'));
      check(asking('!test_bit(FOO_DYING, &fn->flags)', 'set_bit(FOO_DYING, &fn->flags)'));
      const marker = '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() stops fn->work\n';
      check(asking('fn->live', 'fn->idle = true', marker));
    });

    describe('asks first, but', () => {
      const marker = '//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() stops fn->work\n';
      const queued = '\tschedule_work(&fn->work);\n';
      const asking = ({ before, tick, wrong = true }: { before: string; tick: string; wrong?: boolean }): string =>
        withExit(`${before}	cancel_work_sync(&fn->work);
${wrong ? marker : ''}	del_timer_sync(&fn->timer);
`).replace(`${queued}}\n\nstatic int foo_start`, `${tick}}\n\nstatic int foo_start`);
      const close = '	fn->live = false;\n';
      const gated = `	if (!fn->live)\n		return;\n${queued}`;

      it('has been told to go on', () => {
        check(asking({ before: close, tick: gated, wrong: false }));
        check(asking({ before: '	fn->live = true;\n', tick: gated }));
        check(
          asking({
            before: '	set_bit(FOO_LIVE, &fn->flags);\n',
            tick: `	if (test_bit(FOO_LIVE, &fn->flags))\n	${queued}`,
          }),
        );
        check(asking({ before: '	fn->state = 2;\n', tick: `	if (fn->state == 2)\n	${queued}` }));
        check(asking({ before: '	fn->state = 2;\n', tick: `	if (fn->state != 2)\n	${queued}`, wrong: false }));
        check(asking({ before: `${close}	fn->live = true;\n`, tick: gated }));
      });

      it('asks another structure', () => {
        const bar = '	struct foo_bar *bar = fn->bar;\n\n';
        check(asking({ before: `	struct foo_bar *bar = fn->bar;\n\n	bar->live = false;\n`, tick: gated }));
        check(asking({ before: `${bar}	bar->live = false;\n`, tick: `${bar}	if (bar->live)\n	${queued}`, wrong: false }));
      });

      it('asks for something else', () => {
        check(asking({ before: close, tick: `	if (fn->live)\n		fn->ticks++;\n${queued}` }));
        check(asking({ before: close, tick: `${queued}	if (!fn->live)\n		return;\n	fn->ticks++;\n` }));
        check(asking({ before: close, tick: `	if (fn->live || fn->forced)\n	${queued}` }));
        check(asking({ before: close, tick: `	if (fn->live && fn->forced)\n	${queued}`, wrong: false }));
        check(
          asking({ before: close, tick: `	bool live = READ_ONCE(fn->live);\n\n	if (live)\n	${queued}`, wrong: false }),
        );
        check(asking({ before: close, tick: `	if (foo_may(fn->live))\n	${queued}`, wrong: false }));
      });

      it('is told by bits of a word, or in a way that is not followed', () => {
        const dead = '	fn->flags |= FOO_DEAD;\n';
        const live = '	fn->flags &= ~FOO_LIVE;\n';
        check(asking({ before: dead, tick: `	if (!(fn->flags & FOO_DEAD))\n	${queued}`, wrong: false }));
        check(asking({ before: live, tick: `	if (fn->flags & FOO_LIVE)\n	${queued}`, wrong: false }));
        check(asking({ before: dead, tick: `	if (!(fn->flags & FOO_IDLE))\n	${queued}` }));
        check(asking({ before: dead, tick: `	if (fn->flags & FOO_DEAD)\n	${queued}` }));
        check(
          asking({ before: '	atomic_inc(&fn->dead);\n', tick: `	if (!atomic_read(&fn->dead))\n	${queued}`, wrong: false }),
        );
        check(asking({ before: '	fn->state = state;\n', tick: `	if (fn->state == 2)\n	${queued}`, wrong: false }));
        check(asking({ before: close, tick: `	if (FOO_MAY(fn))\n	${queued}`, wrong: false }));
      });

      it('is told by macros of the file', () => {
        const macros = '#define foo_dead(p) ((p)->flags & FOO_DEAD)\n#define foo_die(p) ((p)->flags |= FOO_DEAD)\n';
        const tick = `	if (foo_dead(fn))\n		return;\n${queued}`;
        check(macros + asking({ before: '	foo_die(fn);\n', tick, wrong: false }));
        check(macros + asking({ before: '	fn->flags |= FOO_IDLE;\n', tick }));
      });

      it('is told so on one way only', () => {
        check(asking({ before: '	if (fn->idle)\n		fn->live = false;\n', tick: gated }));
        check(asking({ before: '	if (fn->idle)\n		fn->live = false;\n	else\n		fn->live = 0;\n', tick: gated, wrong: false }));
      });
    });

    it('is stopped before, or the work a second time', () => {
      check(
        withExit(`	del_timer_sync(&fn->timer);
	cancel_work_sync(&fn->work);
`),
      );
      check(
        withExit(`	cancel_work_sync(&fn->work);
	del_timer_sync(&fn->timer);
	cancel_work_sync(&fn->work);
`),
      );
    });
  });

  describe('memory that a timer uses', () => {
    const module = (exit: string, tick = 'fn->stats->ticks++;'): string => `
static unsigned int foo_net_id;

static void foo_tick(struct timer_list *t)
{
	struct foo_net *fn = from_timer(fn, t, timer);

	${tick}
	mod_timer(&fn->timer, jiffies + HZ);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->stats = kzalloc(sizeof(*fn->stats), GFP_KERNEL);
	if (!fn->stats)
		return -ENOMEM;
	timer_setup(&fn->timer, foo_tick, 0);
	mod_timer(&fn->timer, jiffies + HZ);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
`;

    it('is freed when that has been stopped', () => {
      check(
        module(`	kfree(fn->stats);
//	^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net_generic(net, foo_net_id)->stats before fn->timer, from which foo_tick() uses it: until del_timer_sync() that can run, and what it finds has been freed
	del_timer_sync(&fn->timer);
`),
      );
      check(
        module(`	del_timer_sync(&fn->timer);
	kfree(fn->stats);
`),
      );
    });

    it('is freed before that is stopped, whose function stands on one line', () => {
      const late = module(`	kfree(fn->stats);
//	^^^^^^^^^^^^^^^^ error: exit-order: before fn->timer, from which foo_tick() uses it
	del_timer_sync(&fn->timer);
`);
      const onOneLine = late.replace(/foo_tick\(struct timer_list \*t\)\n\{[^}]*\}/, (fn) => fn.replace(/\s+/g, ' '));
      check(onOneLine);
    });

    it.each([
      [
        'a high resolution timer',
        'hrtimer',
        'hrtimer_init',
        'hrtimer_start(&fn->item, HZ, HRTIMER_MODE_REL)',
        'hrtimer_cancel',
      ],
      ['a tasklet', 'tasklet_struct', 'tasklet_setup', 'tasklet_schedule(&fn->item)', 'tasklet_kill'],
      [
        'a work of a thread',
        'kthread_work',
        'kthread_init_work',
        'kthread_queue_work(foo_worker, &fn->item)',
        'kthread_cancel_work_sync',
      ],
      [
        'a late one',
        'kthread_work',
        'kthread_init_delayed_work',
        'kthread_queue_delayed_work(foo_worker, &fn->item, HZ)',
        'kthread_cancel_delayed_work_sync',
      ],
    ])('is freed before %s is stopped', (_, struct, setUp, queue, stop) => {
      const sets =
        struct === 'hrtimer'
          ? `${setUp}(&fn->item, 0, 0);\n	fn->item.function = foo_tick`
          : `${setUp}(&fn->item, foo_tick)`;
      const of = (exit: string): string =>
        module(exit)
          .replaceAll('struct timer_list', `struct ${struct}`)
          .replace('timer_setup(&fn->timer, foo_tick, 0)', sets)
          .replaceAll('mod_timer(&fn->timer, jiffies + HZ)', queue)
          .replaceAll('fn, t, timer', 'fn, t, item');
      check(
        of(`	kfree(fn->stats);
//	^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net_generic(net, foo_net_id)->stats before fn->item, from which foo_tick() uses it: until ${stop}() that can run
	${stop}(&fn->item);
`),
      );
      check(of(`	${stop}(&fn->item);\n	kfree(fn->stats);\n`));
    });

    it('is freed before a function stops that, which does nothing else', () => {
      const stop =
        '\nstatic void foo_stop(struct foo_net *fn)\n{\n	del_timer_sync(&fn->timer);\n}\n\nstatic void __net_exit';
      const of = (exit: string): string => module(exit).replace('\nstatic void __net_exit', stop);
      check(
        of(`	kfree(fn->stats);
//	^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net_generic(net, foo_net_id)->stats before fn->timer, from which foo_tick() uses it: until del_timer_sync() that can run
	foo_stop(fn);
`),
      );
      check(of(`	foo_stop(fn);\n	kfree(fn->stats);\n`));
    });

    it('is freed when that has been shut down', () => {
      check(
        module(`	kfree(fn->stats);
//	^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net_generic(net, foo_net_id)->stats before fn->timer, from which foo_tick() uses it: until timer_shutdown_sync() that can run
	timer_shutdown_sync(&fn->timer);
`),
      );
      check(module(`	timer_shutdown_sync(&fn->timer);\n	kfree(fn->stats);\n`));
    });

    it('is not freed too early where the timer was stopped before as well', () => {
      check(
        module(`	del_timer_sync(&fn->timer);
	kfree(fn->stats);
	del_timer_sync(&fn->timer);
`),
      );
    });

    /** The shape of can_pernet_exit(). */
    it('is freed before that is stopped, where it was ever set up', () => {
      const stop = '	if (foo_ticks)\n		del_timer_sync(&fn->timer);\n';
      check(
        module(`	kfree(fn->stats);
//	^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net_generic(net, foo_net_id)->stats before fn->timer
${stop}`),
      );
      check(module(`${stop}	kfree(fn->stats);\n`));
      check(module(`${stop}	kfree(fn->stats);\n${stop}`));
      // What is on the other way than the stop does not come before it.
      check(module('	if (foo_idle(fn))\n		kfree(fn->stats);\n	else\n		foo_drop(fn, del_timer_sync(&fn->timer));\n'));
      const inHelper = `static void foo_quiet(struct foo_net *fn)\n{\n${stop}}\n`;
      check(
        module(`	foo_quiet(fn);\n	kfree(fn->stats);\n${stop}`).replace(
          'static void __net_exit',
          `${inHelper}\nstatic void __net_exit`,
        ),
      );
    });

    it('is not known to be where the timer does not get at it, or all of it is waited for', () => {
      check(
        module(
          `	kfree(fn->stats);
	del_timer_sync(&fn->timer);
`,
          'fn->ticks++;',
        ),
      );
      check(
        module(`	flush_workqueue(foo_wq);
	kfree(fn->stats);
	del_timer_sync(&fn->timer);
`),
      );
    });

    it('is freed by RCU when it likes', () => {
      check(
        module(`	kfree_rcu(fn->stats, rcu);
	del_timer_sync(&fn->timer);
`),
      );
    });
  });

  describe('memory that a file of debugfs shows', () => {
    const module = (exit: string, attribute: string): string => `
static unsigned int foo_net_id;

static int foo_ring_show(struct seq_file *s, void *unused)
{
	struct foo_net *fn = s->private;

	seq_printf(s, "%d\n", fn->ring[0]);
	return 0;
}
${attribute}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->ring = kcalloc(128, sizeof(*fn->ring), GFP_KERNEL);
	if (!fn->ring)
		return -ENOMEM;
	fn->dir = debugfs_create_dir("foo", NULL);
	debugfs_create_u32("head", 0400, fn->dir, &fn->head);
	debugfs_create_file("ring", 0400, fn->dir, fn, &foo_ring_fops);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
${exit}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
`;
    const before = `{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->ring);
//	^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases memory net_generic(net, foo_net_id)->ring before debugfs file
	debugfs_remove_recursive(fn->dir);
`;
    const after = `{
	struct foo_net *fn = net_generic(net, foo_net_id);

	debugfs_remove_recursive(fn->dir);
	kfree(fn->ring);
`;
    const macro = 'DEFINE_SHOW_ATTRIBUTE(foo_ring);';

    it('is freed before the directory is removed', () => {
      check(module(before, macro));
      check(module(before, 'DEFINE_SHOW_STORE_ATTRIBUTE(foo_ring);'));
    });

    it('is shown for init_net alone, in a directory that goes with the module', () => {
      check(
        module(after, macro)
          .replace('	fn->dir = debugfs', '	if (!net_eq(net, &init_net))\n\t\treturn 0;\n	fn->dir = debugfs')
          .replace('("foo", NULL)', '("foo", foo_root)')
          .replace('	debugfs_remove_recursive(fn->dir);\n', ''),
      );
    });

    it('is freed after that, or shown by another file', () => {
      check(module(after, macro));
      check(module(before.replace(/\/\/.*\n/, ''), 'DEFINE_SHOW_ATTRIBUTE(foo_other);'));
    });
  });

  it('work items of a module itself, of which one queues the other until that is stopped', () => {
    const module = (exit: string): string => `
static void foo_todo(struct work_struct *work);
static DECLARE_WORK(foo_work, foo_todo);
static void foo_timeout(struct work_struct *work);
static DECLARE_DELAYED_WORK(foo_timeout_work, foo_timeout);

static void foo_todo(struct work_struct *work)
{
	foo_process();
}

static void foo_timeout(struct work_struct *work)
{
	schedule_work(&foo_work);
}

static int foo_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	schedule_delayed_work(&foo_timeout_work, HZ);
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_netdev_event,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void foo_stop_timeout(void)
{
	cancel_delayed_work_sync(&foo_timeout_work);
}

static void __exit foo_exit(void)
{
	unregister_netdevice_notifier(&foo_notifier);
${exit}	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
    check(
      module(`	cancel_work_sync(&foo_work);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_exit() stops foo_work by cancel_work_sync() before foo_timeout_work, from which foo_timeout() can queue it again until cancel_delayed_work_sync()
	foo_stop_timeout();
`),
    );
    check(
      module(`	foo_stop_timeout();
	cancel_work_sync(&foo_work);
`),
    );
  });

  it('a module exit that destroys what a notifier still queues on', () => {
    check(`
static struct workqueue_struct *foo_wq;

static int foo_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	queue_work(foo_wq, &foo_work);
	return NOTIFY_DONE;
}

static struct notifier_block foo_notifier = {
	.notifier_call = foo_netdev_event,
};

static int __init foo_init(void)
{
	int err;

	foo_wq = alloc_workqueue("foo", 0, 0);
	if (!foo_wq)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		goto err_pernet;
	err = register_netdevice_notifier(&foo_notifier);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_pernet_subsys(&foo_net_ops);
err_pernet:
	destroy_workqueue(foo_wq);
	return err;
}

static void __exit foo_exit(void)
{
	unregister_pernet_subsys(&foo_net_ops);
	destroy_workqueue(foo_wq);
//	^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_exit() releases workqueue foo_wq before netdevice notifier foo_notifier, which uses it
	unregister_netdevice_notifier(&foo_notifier);
}

module_init(foo_init);
module_exit(foo_exit);

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
`);
  });

  describe('an init that unwinds', () => {
    const template = (unwinding: string): string => `
static struct nf_hook_ops *foo_ops;

static int foo_table_init(struct net *net)
{
	return ipt_register_table(net, &foo_table, foo_initial(net), foo_ops);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	foo_ops = kzalloc(sizeof(*foo_ops), GFP_KERNEL);
	if (!foo_ops) {
		err = -ENOMEM;
		goto err_pernet;
	}
	err = xt_register_template(&foo_table, foo_table_init);
	if (err)
		goto err_ops;
	err = sock_diag_register(&foo_diag);
	if (err)
		goto err_template;
	return 0;

err_template:
${unwinding}
err_pernet:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	sock_diag_unregister(&foo_diag);
	xt_unregister_template(&foo_table);
	kfree(foo_ops);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

    it('frees what a template uses that is still registered', () => {
      check(
        template(`	kfree(foo_ops);
//	^^^^^^^^^^^^^^ error: exit-order: if sock_diag_register() fails, foo_init() releases memory foo_ops before xt table template, which uses it
	xt_unregister_template(&foo_table);
	goto err_pernet;
err_ops:
	kfree(foo_ops);`),
      );
    });

    it('is quiet where the template goes first, or never came', () => {
      check(template('\txt_unregister_template(&foo_table);\nerr_ops:\n\tkfree(foo_ops);'));
    });
  });

  it('says nothing where the order is right, or what is released is not what is used', () => {
    check(
      withTable(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_net_sysctl_table(fn->header);
	kfree(fn->table);
	kfree(fn->ports);
}`),
    );
    check(
      withTable(
        `
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree(fn->ports);
	unregister_net_sysctl_table(fn->header);
	kfree(fn->table);
}`,
        'proc_dointvec(&fn->depth)',
      ),
    );
  });

  it('says nothing where RCU keeps it until those who have found it are gone', () => {
    check(
      withTable(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	kfree_rcu_mightsleep(fn->ports);
	unregister_net_sysctl_table(fn->header);
	kfree(fn->table);
}`),
    );
  });

  it('says nothing where the work is stopped after what queues it, perhaps for the second time', () => {
    check(
      withWork(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	unregister_netdevice_notifier_net(net, &fn->nb);
	cancel_work_sync(&fn->work);
}`),
    );
    check(
      withWork(`
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	cancel_work_sync(&fn->work);
	unregister_netdevice_notifier_net(net, &fn->nb);
	cancel_work_sync(&fn->work);
}`),
    );
  });

  it('memory that a helper of the teardown frees before it is through with it', () => {
    check(`
struct foo_net {
	struct foo_table *table;
};

static void foo_table_free(struct foo_table *table)
{
	kfree(table);
//	^^^^^^^^^^^^ error: exit-order: foo_table_free() frees table by kfree() and then goes on to table->slots
	free_percpu(table->slots);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kzalloc(sizeof(*fn->table), GFP_KERNEL);
	if (!fn->table)
		return -ENOMEM;
	fn->table->slots = alloc_percpu(struct foo_slot);
	if (!fn->table->slots) {
		kfree(fn->table);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	foo_table_free(fn->table);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`);
  });

  it('is quiet about what is freed on one way only, is another by then, or is only looked at', () => {
    check(`
static void foo_free_all(struct foo *first, bool all)
{
	struct foo *foo, *next;

	for (foo = first; foo; foo = next) {
		next = foo->next;
		kfree(foo);
	}
	foo = foo_last();
	if (all) {
		kfree(foo);
		pr_debug("foo: %p\\n", foo);
		return;
	}
	if (foo->busy)
		kfree(foo->name);
	foo->name = NULL;
}

static int __net_init foo_net_init(struct net *net)
{
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	foo_free_all(net->foo.first, true);
	kfree(net->foo.table);
	net->foo.table = NULL;
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
};
${registering()}`);
  });

  it('what is unregistered is not said to be freed', () => {
    check(`
static struct class foo_class = {
	.name = "foo",
};

static int foo_new(struct sk_buff *skb, struct genl_info *info)
{
	struct device *dev = device_create(&foo_class, NULL, 0, info, "foo");

	return PTR_ERR_OR_ZERO(dev);
}

static const struct genl_small_ops foo_ops[] = {
	{ .cmd = FOO_CMD_NEW, .doit = foo_new },
};

static struct genl_family foo_family = {
	.name = "foo",
	.small_ops = foo_ops,
	.n_small_ops = ARRAY_SIZE(foo_ops),
};

static void __net_exit foo_net_exit(struct net *net)
{
	foo_forget(net);
}

static struct pernet_operations foo_net_ops = {
	.exit = foo_net_exit,
};

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = class_register(&foo_class);
	if (err)
		goto err_class;
	err = genl_register_family(&foo_family);
	if (err)
		goto err_family;
	return 0;

err_family:
	class_unregister(&foo_class);
err_class:
	unregister_pernet_subsys(&foo_net_ops);
	return err;
}

static void __exit foo_exit(void)
{
	class_unregister(&foo_class);
//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_exit() releases registered device class foo_class before generic netlink family foo_family, which uses it: until genl_unregister_family() it can still be reached, and what it finds is no longer registered
	genl_unregister_family(&foo_family);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`);
  });
});

describe('fragment queues', () => {
  const withQueues = (preExit: string): string => `
static unsigned int foo_net_id;

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	return fqdir_init(&fn->fqdir, &foo_frags, net);
}

${preExit}
static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fqdir_exit(fn->fqdir);
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

  const beside = `
//- net/foo/other.c
static void __net_exit other_net_pre_exit(struct net *net)
{
	fqdir_pre_exit(net->other.fqdir);
}

static void __net_exit other_net_exit(struct net *net)
{
	fqdir_exit(net->other.fqdir);
}

static struct pernet_operations other_net_ops = {
	.pre_exit = other_net_pre_exit,
	.exit = other_net_exit,
};
`;
  const begin = 'static void __net_exit foo_net_pre_exit(struct net *net)\n';
  const closing = `{
	struct foo_net *fn = net_generic(net, foo_net_id);

	WRITE_ONCE(fn->closing, true);
}
`;

  it('that get new fragments while they go', () => {
    const marker = `//		       ^^^^^^^^^^^^^^^^ error: exit-order: foo_net_pre_exit() does not call fqdir_pre_exit(), the first of the two stages of which foo_net_exit() takes the second by fqdir_exit(): what still uses the thing is not stopped before it goes
`;
    check(withQueues(`${begin}${marker}${closing}`) + beside);
  });

  it('of a kernel that is not known to close them first', () => {
    check(withQueues(`${begin}${closing}`));
  });

  it('that are closed first', () => {
    check(
      withQueues(`
static void __net_exit foo_net_pre_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fqdir_pre_exit(fn->fqdir);
}
`),
    );
  });

  it('is quiet about what exit frees when nobody finds it any more', () => {
    const module = (exit: string, asks = 'if (conf)\n\t\t'): string => `
static struct foo_conf __rcu *foo_conf;

static int foo_rcv(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt, struct net_device *orig)
{
	struct foo_conf *conf = rcu_dereference(foo_conf);

	${asks}conf->packets++;
	return 0;
}

static struct packet_type foo_ptype = {
	.type = cpu_to_be16(0x9002),
	.func = foo_rcv,
};

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
};

static int __init foo_init(void)
{
	struct foo_conf *conf;
	int err;

	conf = kzalloc(sizeof(*conf), GFP_KERNEL);
	if (!conf)
		return -ENOMEM;
	err = register_pernet_subsys(&foo_net_ops);
	if (err) {
		kfree(conf);
		return err;
	}
	rcu_assign_pointer(foo_conf, conf);
	dev_add_pack(&foo_ptype);
	return 0;
}

static void __exit foo_exit(void)
{
	struct foo_conf *conf = rcu_dereference_protected(foo_conf, 1);

${exit}
	dev_remove_pack(&foo_ptype);
	unregister_pernet_subsys(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;
    check(module('\tRCU_INIT_POINTER(foo_conf, NULL);\n\tsynchronize_net();\n\tkfree(conf);'));
    check(module('\tkfree(conf);\n//	^^^^^^^^^^^ error: exit-order\n\tRCU_INIT_POINTER(foo_conf, NULL);'));
    // Who does not ask whether there is any comes to what was freed, or to nothing.
    check(module('\tRCU_INIT_POINTER(foo_conf, NULL);\n\tkfree(conf);\n//	^^^^^^^^^^^ error: exit-order', ''));
  });
});

describe('pernet/exit-order, directories', () => {
  const module = (exit: string): string => `
#define FOO_DIR "foo"

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->dir = proc_mkdir(FOO_DIR, net->proc_net);
	if (!fn->dir)
		return -ENOMEM;
	if (!proc_create("control", 0600, fn->dir, &foo_proc_ops)) {
		remove_proc_entry(FOO_DIR, net->proc_net);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${exit}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
  const file = '	remove_proc_entry("control", fn->dir);\n';
  const directory = '	remove_proc_entry(FOO_DIR, net->proc_net);\n';

  it('one that is removed before what lies in it', () => {
    check(
      module(
        `${directory}//	^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() removes proc directory net_generic(net, foo_net_id)->dir by remove_proc_entry() before proc entry "control"\n${file}`,
      ),
    );
  });

  it.each([
    ['is removed last', `${file}${directory}`],
    ['takes along what lies in it', '	remove_proc_subtree(FOO_DIR, net->proc_net);\n'],
  ])('is quiet about one that %s', (_name, exit) => {
    check(module(exit));
  });
});

/** The shape of rds_tcp_kill_sock(): what an exit takes out of the namespace's data is released by a helper that it is passed to. */
describe('what an exit takes out of its place and a helper releases', () => {
  const module = ({
    asks = '',
    take,
    first = false,
    marker = '',
  }: {
    readonly asks?: string;
    readonly take: string;
    readonly first?: boolean;
    readonly marker?: string;
  }): string => `
struct foo_net {
	struct ctl_table_header *hdr;
	struct socket *sock;
	int size;
};

static unsigned int foo_net_id;

static int foo_size_handler(const struct ctl_table *ctl, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	struct foo_net *fn = container_of(ctl->data, struct foo_net, size);

	${asks}foo_reset(fn->sock->sk);
	return 0;
}

static struct ctl_table foo_table[] = {
	{
		.procname = "size",
		.proc_handler = foo_size_handler,
	},
};

static struct socket *foo_listen_init(struct net *net)
{
	struct socket *sock = NULL;

	if (sock_create_kern(net, PF_INET, SOCK_STREAM, IPPROTO_TCP, &sock) < 0)
		return NULL;
	return sock;
}

static void foo_listen_stop(struct socket *sock)
{
	if (!sock)
		return;
	sock_release(sock);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->sock = foo_listen_init(net);
	if (!fn->sock)
		return -ENOMEM;
	fn->hdr = register_net_sysctl_sz(net, "net/foo", foo_table, ARRAY_SIZE(foo_table));
	if (!fn->hdr) {
		sock_release(fn->sock);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct socket *sock = fn->sock;

${first ? '	unregister_net_sysctl_table(fn->hdr);\n' : ''}${take}
	foo_listen_stop(sock);
${marker}${first ? '' : '	unregister_net_sysctl_table(fn->hdr);\n'}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
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
  const marker =
    '//	^^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() releases kernel socket net_generic(net, foo_net_id)->sock by foo_listen_stop() before sysctl table net_generic(net, foo_net_id)->hdr\n';

  it.each([
    ['uses it', ''],
    ['asks for it and holds no lock', 'if (write && fn->sock)\n\t\t'],
  ])('is gone while a handler can be called that %s', (_, asks) => {
    check(module({ asks, take: '	fn->sock = NULL;', marker }));
  });

  it.each([
    ['the handler is gone first', { take: '	fn->sock = NULL;', first: true }],
    [
      'the exit waits for who has found it',
      {
        asks: 'if (fn->sock)\n\t\t',
        take: '	RCU_INIT_POINTER(fn->sock, NULL);\n	synchronize_net();\n//	^^^^^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: foo_net_exit() calls synchronize_net() for each',
      },
    ],
    [
      'both hold the lock',
      {
        asks: 'mutex_lock(&foo_mutex);\n	if (fn->sock)\n\t\t',
        take: '	mutex_lock(&foo_mutex);\n	fn->sock = NULL;\n	mutex_unlock(&foo_mutex);',
      },
    ],
  ])('is quiet where %s', (_, parts) => {
    check(module(parts));
  });
});

describe('pernet/exit-order: hooks that packets may still be in', () => {
  const gone =
    '//\t^^^^^^^^^^^^^^^^^^^^ error: exit-order: foo_net_exit() frees struct foo_chain by kfree() with no grace period after nf_unregister_net_hook() of the hooks in it\n';
  /** The shape of nf_tables_api.c: each chain that somebody has made has a hook of its own, which is given the chain. */
  const chains = ({
    pre = '',
    exit = '',
    free = 'kfree(chain)',
    priv = '\tchain->ops.priv = chain;\n',
    release = '',
    unhook = 'nf_unregister_net_hook(net, &chain->ops);',
    locals = '',
  }): string => `
static unsigned int foo_net_id;

static int foo_chain_add(struct net *net, struct foo_chain *chain)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${priv}	list_add_tail_rcu(&chain->list, &fn->chains);
	return nf_register_net_hook(net, &chain->ops);
}

static void foo_release_hooks(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_chain *chain;

	list_for_each_entry(chain, &fn->chains, list)
		${unhook}
}

static void foo_chain_destroy(struct foo_chain *chain)
{
	free_percpu(chain->stats);
	${free};
}

static void foo_release_chains(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_chain *chain, *next;

	list_for_each_entry_safe(chain, next, &fn->chains, list) {
		list_del(&chain->list);
${release}		foo_chain_destroy(chain);
	}
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	INIT_LIST_HEAD(&fn->chains);
	return 0;
}

static void __net_exit foo_net_pre_exit(struct net *net)
{
	foo_say(net);
${pre}}

static void __net_exit foo_net_exit(struct net *net)
{
${locals}${exit}}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.pre_exit = foo_net_pre_exit,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;
  const both = `\tfoo_release_hooks(net);\n\tfoo_release_chains(net);\n`;

  it('chains that somebody has made, each with its own', () => {
    check(chains({ exit: both + gone.replace('^^^^^^^^^^^^^^^^^^^^', '^^^^^^^^^^^^^^^^^^^^^^^') }));
  });

  it('chains that are given to their hooks by a pointer that is a local one', () => {
    const priv = '\tstruct nf_hook_ops *ops = &chain->ops;\n\n\tops->priv = chain;\n';
    check(chains({ priv, exit: both + gone.replace('^^^^^^^^^^^^^^^^^^^^', '^^^^^^^^^^^^^^^^^^^^^^^') }));
  });

  it.each<[string, Parameters<typeof chains>[0]]>([
    ['pre_exit unregisters their hooks', { pre: '\tfoo_release_hooks(net);\n', exit: '\tfoo_release_chains(net);\n' }],
    [
      'the exit waits',
      {
        exit: '\tfoo_release_hooks(net);\n\tsynchronize_rcu();\n//\t^^^^^^^^^^^^^^^^^ hint: blocking-rcu-in-exit: foo_net_exit() calls synchronize_rcu() for each\n\tfoo_release_chains(net);\n',
      },
    ],
    ['they are freed by RCU', { exit: both, free: 'kfree_rcu(chain, rcu)' }],
    ['the hooks are given nothing of theirs', { exit: both, priv: '' }],
    ...['net', 'fn', 'NULL'].map((value): [string, Parameters<typeof chains>[0]] => [
      `the hooks are given ${value}`,
      { exit: both, priv: `\tchain->ops.priv = ${value};\n` },
    ]),
    [
      'something else has a priv',
      { exit: both, priv: '\tstruct foo_dev *dev = foo_dev(net);\n\n\tdev->priv = chain;\n' },
    ],
    [
      'some have none',
      { exit: both, unhook: 'if (chain->is_active)\n\t\t\tnf_unregister_net_hook(net, &chain->ops);' },
    ],
    [
      'it is noted that they have none any more',
      { exit: both, unhook: '{\n\t\tnf_unregister_net_hook(net, &chain->ops);\n\t\tchain->is_active = false;\n\t}' },
    ],
    ['pre_exit may have unregistered them as well', { pre: '\tfoo_release_hooks(net);\n', exit: both }],
    [
      'one is freed that is made for it alone',
      {
        locals: '\tstruct foo_chain *none = kzalloc(sizeof(*none), GFP_KERNEL);\n\n',
        exit: '\tfoo_release_hooks(net);\n\tkfree(none);\n',
      },
    ],
    [
      'those of another list are freed',
      {
        locals: '\tstruct foo_net *fn = net_generic(net, foo_net_id);\n\tstruct foo_chain *chain, *next;\n\n',
        exit: '\tfoo_release_hooks(net);\n\tlist_for_each_entry_safe(chain, next, &fn->plain, list)\n\t\tkfree(chain);\n',
      },
    ],
    [
      'one in a list is freed where it has no hook, and another unregistered',
      {
        exit: '\tfoo_release_chains(net);\n',
        free: 'kfree_rcu(chain, rcu)',
        release:
          '\t\tif (chain->is_base)\n\t\t\tnf_unregister_net_hook(net, &chain->ops);\n\t\telse {\n\t\t\tkfree(chain);\n\t\t\tcontinue;\n\t\t}\n',
      },
    ],
  ])('is quiet about chains where %s', (_, parts) => {
    check(chains(parts));
  });
});
