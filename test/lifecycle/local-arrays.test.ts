import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { registering } from '../registering.ts';

/** Memory at three places of each namespace, which exit frees by way of an array of its own. */
const three = (exit: string, leaks = ''): string => `
struct foo_net { void *a, *b, *c; };

static void foo_drop(void *p)
{
	kfree(p);
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->a = kzalloc(64, GFP_KERNEL);
	if (!fn->a)
		return -ENOMEM;
	fn->b = kzalloc(128, GFP_KERNEL);
	if (!fn->b)
		goto no_b;
	fn->c = kzalloc(256, GFP_KERNEL);
	if (!fn->c)
		goto no_c;
	return 0;
no_c:
	kfree(fn->b);
no_b:
	kfree(fn->a);
	return -ENOMEM;
}

static void __net_exit foo_net_exit(struct net *net)
${leaks}
{
	struct foo_net *fn = net_generic(net, foo_net_id);
${exit}
}

static struct pernet_operations foo_net_ops = {
	.init = foo_net_init,
	.exit = foo_net_exit,
	.id = &foo_net_id,
	.size = sizeof(struct foo_net),
};
${registering()}`;

const leak = (...names: string[]): string =>
  names
    .map(
      (name) =>
        `//\t\t       ^^^^^^^^^^^^ error: exit-leak: leaves memory net_generic(net, foo_net_id)->${name}, which`,
    )
    .join('\n');

const list = '\tvoid *all[] = { fn->c, fn->b, fn->a };\n\tint i;\n';
const each = '\tfor (i = 0; i < ARRAY_SIZE(all); i++)\n';

describe('what is found in an array of a function’s own', () => {
  it.each([
    ['a list', `${list}${each}\t\tkfree(all[i]);`],
    ['a list, by a helper', `${list}${each}\t\tfoo_drop(all[i]);`],
    ['a list, where something is', `${list}${each}\t\tif (all[i])\n\t\t\tkfree(all[i]);`],
    ['a list, by a variable', `${list}\tvoid *p;\n${each}\t{\n\t\tp = all[i];\n\t\tkfree(p);\n\t}`],
    ['a list, backwards', `${list}\tfor (i = ARRAY_SIZE(all) - 1; i >= 0; i--)\n\t\tkfree(all[i]);`],
    ['a list, one by one', `${list}\n\tkfree(all[0]);\n\tkfree(all[1]);\n\tkfree(all[2]);`],
    [
      'elements that are set by number',
      `	void *all[3];
	int i;

	all[0] = fn->a;
	all[1] = fn->b;
	all[2] = fn->c;
	for (i = 0; i < 3; i++)
		kfree(all[i]);`,
    ],
    [
      'elements that are counted',
      `	void *all[3];
	int i, n = 0;

	all[n++] = fn->a;
	all[n++] = fn->b;
	all[n++] = fn->c;
	for (i = 0; i < n; i++)
		kfree(all[i]);`,
    ],
  ])('is each of what was put there: %s', (_, exit) => {
    check(three(exit));
  });

  it('is none that was not put there', () => {
    check(three(`\tvoid *all[] = { fn->a, fn->c };\n\tint i;\n${each}\t\tkfree(all[i]);`, leak('b')));
  });

  it('is none that a loop leaves out which begins later', () => {
    check(three(`${list}\tfor (i = 1; i < ARRAY_SIZE(all); i++)\n\t\tkfree(all[i]);`, leak('c')));
  });

  it('is the one that is named by its number', () => {
    check(three(`${list}\n\tkfree(all[0]);\n\tkfree(all[2]);`, leak('b')));
  });

  it('is none that a loop leaves out which ends earlier', () => {
    check(three(`${list}\tfor (i = 0; i < 2; i++)\n\t\tkfree(all[i]);`, leak('a')));
  });

  it.each([
    ['counts down', `${list}\n\ti = 2;\n\tdo {\n\t\tkfree(all[i]);\n\t} while (i--);`],
    ['counts up', `${list}\n\ti = 0;\n\tdo {\n\t\tkfree(all[i]);\n\t} while (++i < ARRAY_SIZE(all));`],
    ['counts by what it is less', `${list}\tfor (i = 3; i > 0; i = i - 1)\n\t\tkfree(all[i - 1]);`],
    ['is left out of', `${list}\tfor (i = 0; i < 2; i += 1)\n\t\tkfree(all[i]);\n\tkfree(all[2]);`],
  ])('is not found twice where a loop %s that is not plain', (_, exit) => {
    check(three(exit));
  });

  it('is found once more behind a loop by its own name', () => {
    const again = `${list}${each}\t\tkfree(all[i]);\n\tkfree(fn->a);\n//\t^^^^^^^^^^^^ error: double-release: which foo_net_exit() has released already`;
    check(three(again));
  });
});
