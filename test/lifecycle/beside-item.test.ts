import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

interface Parts {
  /** What the timer's function does with the memory that is kept beside it. */
  readonly fire?: string;
  readonly early?: string;
}

/** A timer of each namespace, and memory that is kept beside it in one thing. */
const ticking = (exit: string, { fire = '\tts->samples[ts->pos++] = jiffies;', early = '' }: Parts = {}): string => `
struct foo_state { struct timer_list timer; u64 *samples; unsigned int pos; bool dead; };

static void foo_fire(struct timer_list *t)
{
	struct foo_state *ts = container_of(t, struct foo_state, timer);

${fire}
	mod_timer(&ts->timer, jiffies + HZ);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_state **slot = net_generic(net, foo_net_id);
	struct foo_state *ts = kzalloc(sizeof(*ts), GFP_KERNEL);

	if (!ts)
		return -ENOMEM;
	ts->samples = kcalloc(32, sizeof(*ts->samples), GFP_KERNEL);
	if (!ts->samples) {
		kfree(ts);
		return -ENOMEM;
	}
	timer_setup(&ts->timer, foo_fire, 0);
	*slot = ts;
	mod_timer(&ts->timer, jiffies + HZ);
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
{
	struct foo_state **slot = net_generic(net, foo_net_id);
	struct foo_state *ts = *slot;

${early}${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_state *),
};
${registering()}`;

const freed = '\tkfree(ts->samples);';
const found = `
//	^^^^^^^^^^^^^^^^^^ error: exit-order: before ts->timer, from which foo_fire() uses it`;

describe('what is kept beside a timer', () => {
  it.each([
    ['and freed before that is stopped', 'timer_shutdown_sync'],
    ['and freed before that is taken off', 'timer_delete_sync'],
  ])('is used by its function, %s', (_, stop) => {
    check(ticking(`${freed}${found}\n\t${stop}(&ts->timer);\n\tkfree(ts);`));
  });

  it.each<[string, string, Parts]>([
    ['is freed after that', '\ttimer_shutdown_sync(&ts->timer);\n\tkfree(ts->samples);\n\tkfree(ts);', {}],
    [
      'is not used by its function',
      `${freed}\n\ttimer_shutdown_sync(&ts->timer);\n\tkfree(ts);`,
      { fire: '\tts->pos++;' },
    ],
    [
      'is used by its function only where that is said',
      `\tts->dead = true;\n${freed}\n\ttimer_shutdown_sync(&ts->timer);\n\tkfree(ts);`,
      { fire: '\tif (!ts->dead)\n\t\tts->samples[ts->pos++] = jiffies;' },
    ],
    [
      'is freed after it was stopped once already',
      `${freed}\n\ttimer_shutdown_sync(&ts->timer);\n\tkfree(ts);`,
      { early: '\ttimer_shutdown_sync(&ts->timer);\n' },
    ],
  ])('%s', (_, exit, parts) => {
    check(ticking(exit, parts));
  });
});
