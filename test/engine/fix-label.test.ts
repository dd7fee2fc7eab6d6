import { describe, expect, it } from 'vitest';
import { textsWith } from '../../src/engine/fixes.ts';
import { engineOf } from '../check.ts';

const file = 'net/foo/foo.c';
/** An unwinding chain behind the function's own return: it ends with a jump back to that. */
const text = `#include <linux/module.h>
#include <net/net_namespace.h>

static struct pernet_operations foo_net_ops = { };

static int __init foo_init(void)
{
	int err;

	err = register_pernet_device(&foo_net_ops);
	if (err < 0)
		return err;
	err = rtnl_link_register(&foo_link_ops);
	if (err < 0)
		goto link_failed;
out:
	return err;

link_failed:
	goto out;
}

static void __exit foo_exit(void)
{
	rtnl_link_unregister(&foo_link_ops);
	unregister_pernet_device(&foo_net_ops);
}

module_init(foo_init);
module_exit(foo_exit);
`;

describe('a fix of an error path whose label is left without what it is for', () => {
  it('puts it at that label, before the jump that ends the chain', () => {
    const engine = engineOf([{ path: file, text }]);
    const [finding] = engine.analyse(file).findings;
    expect(finding?.rule).toBe('pernet/left-registered-on-error');
    const fix = engine.fixOf(file, finding!.fingerprint);
    expect(fix?.title).toBe('Undo it on the way out: unregister_pernet_device(&foo_net_ops);');
    const edits = fix!.edits.map(({ line, column, endLine, endColumn, text: to }) => ({
      file,
      at: [line, column, endLine, endColumn] as const,
      text: to,
    }));
    const mended = textsWith({ title: '', edits }, () => text)?.get(file);
    expect(mended).toBe(
      text.replace('link_failed:\n\tgoto out', 'link_failed:\n\tunregister_pernet_device(&foo_net_ops);\n\tgoto out'),
    );
  });
});
