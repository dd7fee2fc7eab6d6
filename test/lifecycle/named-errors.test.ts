import { describe, it } from 'vitest';
import { check } from '../check.ts';
import { exiting, fooNetOps } from '../registering.ts';

/** An init whose allocation may fail; `failed` is what it returns then. */
const failing = (declared: string, failed: string, marker = ''): string => `
${declared}
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kcalloc(16, 4, GFP_KERNEL);
	if (!fn->table)
		return ${failed};
${marker}	return 0;
}

${exiting('kfree(fn->table);')}`;

describe('an error by a name of its own', () => {
  it('is a failure where the file says so', () => {
    check(failing('#define FOO_ERR (-ENOMEM)', 'FOO_ERR'));
    check(failing('#define FOO_ERR -ENOMEM', 'FOO_ERR'));
    check(failing('enum { FOO_GOOD, FOO_ERR = -ENOMEM };', 'FOO_ERR'));
  });

  it('is a failure where a header does', () => {
    check(failing('#include "foo.h"', 'FOO_ERR'));
  });

  it('is one also of a helper', () => {
    check(`
static int foo_alloc(struct foo_net *fn)
{
	fn->table = kcalloc(16, 4, GFP_KERNEL);
	if (!fn->table)
		return FOO_ERR;
	return 0;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err;

	err = foo_alloc(fn);
	if (err)
		return err;
	fn->other = kcalloc(16, 4, GFP_KERNEL);
	if (!fn->other) {
		kfree(fn->table);
		return FOO_ERR;
	}
	return 0;
}

${exiting('kfree(fn->other);', 'kfree(fn->table);')}`);
  });

  it.each(['FOO_ERR', 'FOO_FAIL(net)'])('%s of a header, beside one that says that all is well', (error) => {
    check(`
#include "foo.h"

static int foo_fill(struct foo_net *fn)
{
	fn->table = kzalloc(64, GFP_KERNEL);
	if (!fn->table)
		return FOO_ERR;
	return FOO_OK;
}

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);
	int err = foo_fill(fn);

	if (err != FOO_OK)
		return err;
	fn->other = kzalloc(64, GFP_KERNEL);
	if (!fn->other) {
		kfree(fn->table);
		return ${error};
	}
	return err;
}

${exiting('kfree(fn->other);', 'kfree(fn->table);')}`);
  });

  it('leaks by it what it leaves', () => {
    check(`
#define FOO_ERR (-ENOMEM)

static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->table = kcalloc(16, 4, GFP_KERNEL);
	if (!fn->table)
		return FOO_ERR;
	fn->other = kcalloc(16, 4, GFP_KERNEL);
	if (!fn->other)
		return FOO_ERR;
//		^^^^^^^^^^^^^^^ error: init-error-leak: if kcalloc() fails, foo_net_init() returns -ENOMEM without kfree() for memory net_generic(net, foo_net_id)->table
	return 0;
}

${exiting('kfree(fn->other);', 'kfree(fn->table);')}`);
  });

  it('is none where it is 0, or says that all is well', () => {
    const marker = '//		^^^^^^^^^^^^^^^^ error: error-lost: if kcalloc() fails, foo_net_init() returns 0 all the same\n';
    check(failing('#define FOO_ZERO 0', 'FOO_ZERO', marker));
    check(failing('#include "foo.h"', 'FOO_OK', marker.replace('^^', '')));
  });

  it('is 0 where the file says so by another name, by a cast, or in an arm', () => {
    const lost = (name: string): string =>
      `//		${'^'.repeat(`return ${name};`.length)} error: error-lost: if kcalloc() fails\n`;
    check(failing('#define FOO_X FOO_Y\n#define FOO_Y 0', 'FOO_X', lost('FOO_X')));
    check(failing('#define FOO_X ((int)0)', 'FOO_X', lost('FOO_X')));
    check(failing('#ifdef CONFIG_X\n#define FOO_X (-EIO)\n#else\n#define FOO_X 0\n#endif', 'FOO_X', lost('FOO_X')));
    check(failing('#define FOO_X FOO_Y\n#define FOO_Y (-EIO)', 'FOO_X'));
  });

  it('is none where a header says by it that nothing is amiss', () => {
    for (const name of ['FOO_NO_ERROR', 'FOO_NOERR', 'FOO_ZERO', 'FOO_SKIP', 'FOO_CONTINUE', 'NF_DROP'])
      check(failing('', name, `//		${'^'.repeat(`return ${name};`.length)} error: error-lost: if kcalloc() fails\n`));
    for (const name of ['FOO_ERR_DONE', 'FOO_NONE_LEFT', '-FOO_ENOMEM']) check(failing('', name));
    check(failing('', '-ENOMEM').replace('return 0;\n}', 'return FOO_READY;\n}'));
  });

  it('is not 0 where a name is asked that sounds like it', () => {
    check(`
static int __net_init foo_net_init(struct net *net)
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	if (FOO_CFG_OK) {
		fn->table = kzalloc(64, GFP_KERNEL);
		if (!fn->table)
			return -ENOMEM;
	}
	return 0;
}

static void __net_exit foo_net_exit(struct net *net)
//		       ^^^^^^^^^^^^ error: exit-leak: foo_net_exit() leaves memory
{
	struct foo_net *fn = net_generic(net, foo_net_id);

	fn->other = NULL;
}

${fooNetOps('data')}`);
  });
});
