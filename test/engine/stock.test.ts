import { describe, expect, it } from 'vitest';
import type { PartResult } from '../../src/engine/part.ts';
import type { ReadResult } from '../../src/engine/index.ts';
import type { Shelf, Stock } from '../../src/engine/stock.ts';
import { analyseFiles } from '../check.ts';

/** A shelf that keeps texts, as one on disk does. */
class Texts<T> implements Shelf<T> {
  private readonly entries = new Map<string, string>();
  made = 0;

  get(key: string): T | null {
    const text = this.entries.get(key);
    return text === undefined ? null : (JSON.parse(text) as T);
  }

  put(key: string, value: T): void {
    this.made++;
    this.entries.set(key, JSON.stringify(value));
  }
}

class Memory implements Stock {
  readonly facts = new Texts<ReadResult>();
  readonly parts = new Texts<PartResult>();
  digest(text: string): string {
    return text;
  }
}

const module = (name: string, more = ''): string => `
static int __net_init ${name}_net_init(struct net *net)
{
	${more}
	return ${name}_start(net);
}
static struct pernet_operations ${name}_net_ops = {
	.init = ${name}_net_init,
};
static int __init ${name}_init(void)
{
	int err = register_pernet_subsys(&${name}_net_ops);

	if (err)
		return err;
	return shared_init();
}
static void __exit ${name}_exit(void)
{
}
module_init(${name}_init);
module_exit(${name}_exit);
`;
const shared = `
struct notifier_block shared_notifier;
int shared_init(void)
{
	return 0;
}
/* pernet_ */
`;

const files: Record<string, string> = {
  'net/a/a.c': module('a'),
  'net/a/shared.c': shared,
  'net/b/b.c': module('b').replace('return shared_init();', 'return b_own();'),
  'net/c/c.c': module('c').replace('return shared_init();', 'return c_own();'),
};

function analyse(now: Record<string, string>, stock?: Stock): unknown {
  const all = Object.entries(now).map(([path, text]) => ({ path, text }));
  return JSON.parse(JSON.stringify(analyseFiles(all, stock ? { stock } : {})));
}

describe('what earlier runs came to', () => {
  it('is taken over: nothing is made twice', () => {
    const stock = new Memory();
    expect(analyse(files, stock)).toEqual(analyse(files));
    const { made } = stock.parts;
    expect(made).toBe(6);
    expect(analyse(files, stock)).toEqual(analyse(files));
    expect(stock.parts.made).toBe(made);
    expect(stock.facts.made).toBe(4);
  });

  it.each([
    ['a file', { 'net/b/b.c': `\n\n${files['net/b/b.c']!}` }, 2],
    [
      'a file that others call into',
      { 'net/a/shared.c': shared.replace('return 0', 'return register_netdevice_notifier(&shared_notifier)') },
      1,
    ],
    [
      'a function that a name may now mean',
      { 'net/b/more.c': 'int b_own(void)\n{\n\treturn -1;\n}\n/* pernet_ */\n' },
      1,
    ],
    // b_stop is the counterpart of b_start by its name: whoever calls b_start is looked at again, and no one else.
    [
      'a name that makes a pair',
      { 'net/c/c.c': files['net/c/c.c']!.replace('c_exit(void)\n{', 'c_exit(void)\n{\n\tb_stop();') },
      4,
    ],
    ['a file that goes', { 'net/a/shared.c': undefined }, 1],
  ])('is made again for what depends on %s', (_name, edit, parts) => {
    const stock = new Memory();
    analyse(files, stock);
    const { made } = stock.parts;
    const all: Record<string, string | undefined> = { ...files, ...edit };
    const now = Object.fromEntries(
      Object.entries(all).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])),
    );
    expect(analyse(now, stock)).toEqual(analyse(now));
    expect(stock.parts.made - made).toBe(parts);
  });
});
