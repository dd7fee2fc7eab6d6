import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

interface Parts {
  /** What the timer's function does with the memory that is kept beside it. */
  readonly fire?: string;
  readonly early?: string;
  /** What stands before the functions. */
  readonly before?: string;
  /** What sets the timer going. */
  readonly arm?: string;
}

/** A timer of each namespace, and memory that is kept beside it in one thing. */
const ticking = (
  exit: string,
  {
    fire = '\tts->samples[ts->pos++] = jiffies;',
    early = '',
    before = '',
    arm = 'mod_timer(&ts->timer, jiffies + HZ);',
  }: Parts = {},
): string => `
${before}struct foo_state { struct timer_list timer; u64 *samples; unsigned int pos; bool dead; };

static void foo_fire(struct timer_list *t)
{
	struct foo_state *ts = container_of(t, struct foo_state, timer);

${fire}
	${arm}
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
	${arm}
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

  const later = `${freed}\n\ttimer_delete_sync(&ts->timer);\n\tkfree(ts);`;

  it.each<[string, string, Parts]>([
    [
      'a macro of the file',
      '\tfoo_quiet(ts);\n',
      {
        before:
          '#define foo_quiet(s) do { \\\n\t(s)->dead = true; \\\n\ttimer_delete_sync(&(s)->timer); \\\n} while (0)\n',
      },
    ],
    [
      'what was not read and gets the thing',
      '\tfoo_quiet(ts);\n',
      { before: 'struct foo_state;\nvoid foo_quiet(struct foo_state *ts);\n' },
    ],
    ['what gets the thing by where it is kept', '\tfoo_quiet(*slot);\n', { before: 'void foo_quiet(void *state);\n' }],
    ['a shutdown', '\ttimer_shutdown(&ts->timer);\n', {}],
    ['tries until one succeeds', '\twhile (try_to_del_timer_sync(&ts->timer) < 0)\n\t\tcpu_relax();\n', {}],
  ])('may have been ended before by %s', (_, early, parts) => {
    check(ticking(later, { ...parts, early }));
  });

  it('is ended by none that only tells of the thing, or gets another part of it', () => {
    const early = '\tpr_debug("gone: %p\\n", ts);\n\tfoo_note(ts->pos);\n';
    check(ticking(`${freed}${found}\n\ttimer_delete_sync(&ts->timer);\n\tkfree(ts);`, { early }));
  });

  it('that nothing of the file arms does not use it', () => {
    check(ticking(later, { arm: '' }));
  });
});

describe('what is kept beside a delayed work item', () => {
  it('is used by its function that goes there from the work item in that', () => {
    const delayed = ticking(
      `${freed}${found.replace('ts->timer', 'ts->again')}\n\tcancel_delayed_work_sync(&ts->again);\n\tkfree(ts);`,
      {
        arm: 'schedule_delayed_work(&ts->again, HZ);',
      },
    )
      .replace('struct timer_list timer', 'struct delayed_work again')
      .replace('struct timer_list *t)', 'struct work_struct *t)')
      .replace('struct foo_state, timer)', 'struct foo_state, again.work)')
      .replace('timer_setup(&ts->timer, foo_fire, 0)', 'INIT_DELAYED_WORK(&ts->again, foo_fire)');
    check(delayed);
  });
});
