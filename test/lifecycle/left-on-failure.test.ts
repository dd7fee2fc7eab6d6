import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { exiting, fooNetOps } from '../registering.ts';

/** A timer of each namespace, which `init` leaves to run at some time. */
const ticking = (init: string, exit = '\ttimer_delete_sync(&fn->timer);', before = ''): string => `
struct foo_net { struct timer_list timer; struct foo_ops *ops; };

static void foo_tick(struct timer_list *t)
{
	mod_timer(t, jiffies + HZ);
}
${before}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	timer_setup(&fn->timer, foo_tick, 0);
${init}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	remove_proc_entry("foo", net->proc_net);
${exit}
}

${fooNetOps('data')}`;

const arm = '\tmod_timer(&fn->timer, jiffies + HZ);';
const create = 'if (!proc_create_net_single("foo", 0444, net->proc_net, foo_show, NULL))';

describe('a timer that an init has left to run when it fails', () => {
  it('runs on where nothing stops it', () => {
    check(
      ticking(`${arm}
	${create}
//	     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: init-error-leak: returns -ENOMEM and leaves fn->timer running: nothing stops it, and foo_tick() is called when the namespace's memory is gone
		return -ENOMEM;`),
    );
  });

  it('is left to what is handed the timer by itself, and was not read', () => {
    check(
      ticking(`	if (foo_add_action(net, &fn->timer))
		return -ENOMEM;
${arm}
	${create}
		return -ENOMEM;`),
    );
  });

  it('is not left to what prints, marks or asks, nor to what is handed it on some ways only', () => {
    const told = (step: string, behind = ''): void => {
      check(
        ticking(`${step}
${arm}
${behind}
	${create}
//	     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: init-error-leak: returns -ENOMEM and leaves fn->timer running: nothing stops it, and foo_tick() is called when the namespace's memory is gone
		return -ENOMEM;`),
      );
    };
    told('\tpr_debug("%p", &fn->timer);');
    told('\tlockdep_set_class(&fn->timer, &foo_key);');
    told('\tfoo_dbg("%p", &fn->timer);');
    told('\tWRITE_ONCE(foo_last, &fn->timer);');
    told('\tif (net->ifindex == 7)\n\t\tdevm_add_action(net, foo_stop, &fn->timer);');
    told('', '\ttrace_foo(&fn->timer);');
    told('', '\tif (timer_pending(&fn->timer))\n\t\tfoo_armed++;');
  });

  it('is stopped by the unwinding', () => {
    check(
      ticking(`${arm}
	${create} {
		timer_delete_sync(&fn->timer);
		return -ENOMEM;
	}`),
    );
  });

  it('is not running where that comes last, or where it need not have been started', () => {
    check(ticking(`\t${create}\n\t\treturn -ENOMEM;\n${arm}`));
    check(ticking(`\tif (foo_ticks)\n\t${arm}\n\t${create}\n\t\treturn -ENOMEM;`));
  });

  /** What is behind the failed step: the unwinding by `stop`, which `before` defines. */
  const unwoundBy = (stop: string, before = ''): void => {
    check(ticking(`${arm}\n\t${create} {\n\t\t${stop}\n\t\treturn -ENOMEM;\n\t}`, undefined, before));
  };

  it('may be stopped by what gets its address', () => {
    unwoundBy('foo_stop_one(&fn->timer);', 'static void foo_stop_one(struct timer_list *t) { timer_delete_sync(t); }');
    unwoundBy('stop_my_timer(&fn->timer);');
    unwoundBy('struct timer_list *t = &fn->timer;\n\t\tstop_my_timer(t);');
    unwoundBy('struct timer_list *t = &fn->timer;\n\t\ttimer_delete_sync(t);');
    unwoundBy('while (timer_try(&fn->timer) < 0) cpu_relax();');
  });

  it('may be stopped by what was not read and gets what it lies in, or the namespace', () => {
    unwoundBy('bar_end(fn);');
    unwoundBy('bar_end(net);');
    unwoundBy('fn->ops->end(fn);');
    unwoundBy('foo_end(fn);', 'static void foo_end(struct foo_net *fn) { fn->ops->end(fn); }');
    unwoundBy('foo_end(net);', 'static void foo_end(struct net *net) { bar_end(net_generic(net, foo_net_id)); }');
    unwoundBy(
      'foo_end(net);',
      `static void foo_end(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	bar_end(fn);
}`,
    );
  });

  it('may be stopped by a macro', () => {
    unwoundBy('FOO_STOP(fn);', '#define FOO_STOP(fn) timer_delete_sync(&(fn)->timer)');
    unwoundBy('FOO_STOP(fn);', '#define FOO_STOP(fn) do { foo_n++; timer_delete_sync(&(fn)->timer); } while (0)');
    unwoundBy(
      'foo_halt(fn);',
      'static void foo_stop(struct foo_net *fn) { timer_delete_sync(&fn->timer); }\n#define foo_halt foo_stop',
    );
  });

  it('runs on where what is called on the way was read and does not stop it, or does not get at it', () => {
    const runsOn = (stop: string, before: string): void => {
      check(
        ticking(
          `${arm}
	${create} {
//	     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error: init-error-leak: returns -ENOMEM and leaves fn->timer running: nothing stops it, and foo_tick() is called when the namespace's memory is gone
		${stop}
		return -ENOMEM;
	}`,
          undefined,
          before,
        ),
      );
    };
    runsOn('foo_note(fn);', 'static void foo_note(struct foo_net *fn) { foo_failed++; }');
    runsOn('count_failures(1);', '');
  });
});

describe('what an init has left to run when it fails, in other memory', () => {
  const within = (item: string, declared = '', init = ''): string => `
struct foo_net { int x; struct foo_part *part; };
struct foo_part { struct work_struct work; };
${declared}

static void foo_run(struct work_struct *work)
{
	foo_ran++;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

${init}
	INIT_WORK(&${item}, foo_run);
	schedule_work(&${item});
	if (!proc_create_net_single("foo", 0444, net->proc_net, foo_show, NULL))
		return -ENOMEM;
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	remove_proc_entry("foo", net->proc_net);
	cancel_work_sync(&${item});
}

${fooNetOps('data')}`;

  it('is not asked for: a variable of the module, an object of its own', () => {
    check(within('foo_part.work', 'static struct foo_part foo_part;'));
    check(within('foo_part->work', 'static struct foo_part *foo_part;'));
    check(within('part->work', '', '\tstruct foo_part *part = fn->part = foo_part_get();'));
    check(within('fn->part->work'));
  });
});

describe('a high-resolution timer that an init has left to run when it fails', () => {
  const beating = (unwinding: string): string => `
struct foo_net { struct hrtimer beat; };

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	hrtimer_setup(&fn->beat, foo_beat, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer_start(&fn->beat, 0, HRTIMER_MODE_REL);
	${create} {
${unwinding}
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	remove_proc_entry("foo", net->proc_net);
	while (hrtimer_try_to_cancel(&fn->beat) < 0)
		cpu_relax();
}

${fooNetOps('data')}`;

  it('is stopped by trying until that is done', () => {
    check(beating('\t\twhile (hrtimer_try_to_cancel(&fn->beat) < 0)\n\t\t\tcpu_relax();'));
  });
});

describe("a work item of an object's own, which holds a reference to it", () => {
  const counted = (last: string): string => `
struct foo_obj { struct kref ref; struct work_struct work; };
struct foo_net { struct foo_obj *obj; };

static void foo_obj_free(struct kref *ref)
{
	${last}
}

static void foo_obj_work(struct work_struct *work)
{
	struct foo_obj *o = container_of(work, struct foo_obj, work);

	kref_put(&o->ref, foo_obj_free);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	struct foo_obj *obj = kzalloc(sizeof(*obj), GFP_KERNEL);

	if (!obj)
		return -ENOMEM;
	kref_init(&obj->ref);
	INIT_WORK(&obj->work, foo_obj_work);
	kref_get(&obj->ref);
	schedule_work(&obj->work);
	${create} {
		kref_put(&obj->ref, foo_obj_free);
		return -ENOMEM;
	}
	fn->obj = obj;
	return 0;
}

${exiting('remove_proc_entry("foo", net->proc_net);', 'kref_put(&fn->obj->ref, foo_obj_free);')}`;

  it('goes by itself', () => {
    check(counted('kfree(container_of(ref, struct foo_obj, ref));'));
    check(counted('struct foo_obj *o = container_of(ref, struct foo_obj, ref);\n\n\tkfree(o);'));
  });
});
