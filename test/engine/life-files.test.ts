import { describe, expect, it } from 'vitest';
import { addsPernetCode } from '../../src/engine/life-files.ts';
import { Lifecycles } from '../../src/lifecycle/index.ts';
import { dialects } from '../../src/netns/index.ts';
import { Program } from '../../src/program/index.ts';
import { factsOfText, without } from '../facts/read.ts';

/** Whether a file read with CONFIG_FOO off holds pernet code that it does not hold with it. */
function adds(text: string): boolean {
  const program = (facts: ReturnType<typeof factsOfText>): Program => new Program([facts], () => undefined);
  const other = factsOfText(text, { configuration: without('CONFIG_FOO') });
  const now = new Lifecycles(program(other), { dialect: dialects[0]!, option: () => undefined });
  return addsPernetCode(other, now, program(factsOfText(text)));
}

const registering = (ops: string): string => `static int __init foo_register(void)
{
	return register_pernet_subsys(&${ops});
}`;
const either = (on: string, off: string): string => `static struct pernet_operations foo_ops = { .init = foo_net_init };
static struct pernet_operations bar_ops = { .init = bar_net_init };
#ifdef CONFIG_FOO
${on}
#else
${off}
#endif
`;

describe('a file with an option off', () => {
  it('adds nothing where it holds a stub of what registers', () => {
    expect(adds(either(registering('foo_ops'), 'static inline int foo_register(void) { return 0; }'))).toBe(false);
  });

  it('adds an ops', () => {
    expect(adds(either('', 'static struct pernet_operations off_ops = { .init = off_net_init };'))).toBe(true);
  });

  it('adds what only registers then', () => {
    expect(adds(either('', registering('foo_ops')))).toBe(true);
  });

  it('adds what registers another ops then', () => {
    expect(adds(either(registering('foo_ops'), registering('bar_ops')))).toBe(true);
  });
});
