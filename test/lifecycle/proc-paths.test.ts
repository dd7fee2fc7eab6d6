import { describe, it } from 'vitest';
import { check } from '../check.ts';

const module = (exit: string): string => `
static struct pernet_operations foo_net_ops = { .init = foo_net_init, .exit = foo_net_exit };

static int foo_proc_create(void)
{
	struct proc_dir_entry *dir;

	dir = proc_mkdir("fs/foo", NULL);
	if (!dir)
		return -ENOMEM;
	if (!proc_create("bar", 0444, dir, &foo_proc_ops)) {
		remove_proc_entry("fs/foo", NULL);
		return -ENOMEM;
	}
	return 0;
}

static int __init foo_init(void)
{
	int err;

	err = register_pernet_subsys(&foo_net_ops);
	if (err)
		return err;
	err = foo_proc_create();
	if (err)
		unregister_pernet_subsys(&foo_net_ops);
	return err;
}

${exit}

module_init(foo_init);
module_exit(foo_exit);
`;

/** As in fs/lockd/procfs.c: made by way of the directory, removed by the path. */
describe('a file in a directory of /proc', () => {
  it('is removed by its path', () => {
    check(
      module(`static void __exit foo_exit(void)
{
	remove_proc_entry("fs/foo/bar", NULL);
	remove_proc_entry("fs/foo", NULL);
	unregister_pernet_subsys(&foo_net_ops);
}`),
    );
  });

  it('goes with the directory and all that is in it', () => {
    check(
      module(`static void __exit foo_exit(void)
{
	remove_proc_subtree("fs/foo", NULL);
	unregister_pernet_subsys(&foo_net_ops);
}`),
    );
  });

  it('is forgotten', () => {
    check(
      module(`static void __exit foo_exit(void)
//		   ^^^^^^^^ warning: left-behind-on-exit: foo_exit() leaves the proc entry "fs/foo/bar" behind
{
	remove_proc_entry("fs/foo", NULL);
	unregister_pernet_subsys(&foo_net_ops);
}`),
    );
  });
});
