import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** A timer of each namespace, which `init` leaves to run at some time. */
const ticking = (init: string, exit = '\ttimer_delete_sync(&fn->timer);'): string => `
struct foo_net { struct timer_list timer; };

static void foo_tick(struct timer_list *t)
{
	mod_timer(t, jiffies + HZ);
}

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

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

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
});
