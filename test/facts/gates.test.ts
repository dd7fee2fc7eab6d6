import { describe, expect, it } from 'vitest';
import { gatesIn } from '../../src/facts/gates.ts';
import { familiesIn, handlerIn, handlersElsewhere, tablesIn } from '../../src/facts/genl.ts';

describe('what a body asks for', () => {
  it.each([
    ['if (!foo_ready) {\n\t\tpr_warn("late\\n");\n\t\treturn 0;\n\t}\n\tfoo_use(net);', true],
    ['if (foo_ready)\n\t\tpr_info("up\\n");\n\tfoo_use(net);', false],
    ['if (foo_ready) {\n\t\tpr_info("up\\n");\n\t}\n\tfoo_use(net);', false],
    ['if (foo_ready)\n\t\tnet_foo_up(net);', true],
    ['bool up = foo_ready;\n\tbool go = up;\n\n\tif (!go)\n\t\treturn 0;', true],
    ['return foo_handle(net, rcu_dereference(foo_ready));', true],
    ['foo_ready++;\n\tfoo_use(net);', false],
    ['rcu_dereference(foo_ready)->count++;', false],
  ])('%s', (body, isAsked) => {
    expect(gatesIn(`{\n\t${body}\n}`).has('foo_ready')).toBe(isAsked);
  });
});

describe('the handlers of a family', () => {
  const stretch = (text: string, body = ''): Parameters<typeof handlersElsewhere>[0][number] => ({
    families: familiesIn(body),
    tables: tablesIn(text).length > 0 ? [{ of: 'foo_family', names: tablesIn(text) }] : [],
    handler: handlerIn(text),
  });
  const head = '\nint foo_nl_doit(struct sk_buff *skb, struct genl_info *info)\n';
  const of = (...bodies: string[]): unknown =>
    handlersElsewhere([stretch(head), ...bodies.map((body) => stretch('', body))], () => false);

  it('are those that no table of the file has, where it registers one family', () => {
    expect(of('{ genl_register_family(&foo_family); }')).toEqual([{ family: 'foo_family', handlers: ['foo_nl_doit'] }]);
    expect(of('{ genl_register_family(&foo_family); }', '{ genl_register_family(&bar_family); }')).toEqual([]);
  });

  it('have their parameters, and are there for other files', () => {
    expect(handlerIn(head)).toBe('foo_nl_doit');
    expect(handlerIn(`static${head}`)).toBe(null);
    expect(handlerIn('int foo_nl_stats(struct genl_info *info, struct foo_net *fn)\n')).toBe(null);
    expect(handlerIn('int foo_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)\n')).toBe('foo_get_dumpit');
  });
});
