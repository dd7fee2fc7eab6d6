import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A kernel tree of a few lines: the core's ops, a subsys with data, a device, two ops of one name, and a module. */
export const bootTree: Readonly<Record<string, string>> = {
  Makefile: 'VERSION = 6\n',
  Kbuild: 'obj-y += init/ net/\n',
  '.config': 'CONFIG_NET=y\nCONFIG_NET_NS=y\nCONFIG_MOD=m\n',
  'proc.config': 'CONFIG_NET=y\nCONFIG_NET_NS=y\nCONFIG_PROC_FS=y\n',
  'init/Makefile': 'obj-y := main.o\n',
  'init/main.c': 'void start_kernel(void)\n{\n\tnet_ns_init();\n}\n',
  'net/Makefile': 'obj-y += core/ sub.o other.o\nobj-$(CONFIG_MOD) += mod.o\n',
  'net/core/Makefile': 'obj-y := net_namespace.o\n',
  'net/core/net_namespace.c': `static struct pernet_operations net_ns_ops = { .init = net_ns_net_init };
void __init net_ns_init(void)
{
	register_pernet_subsys(&net_ns_ops);
}
`,
  'net/sub.c': `#include <linux/proc_fs.h>
static int __net_init seen_net_init(struct net *net)
{
	if (!proc_create_net("seen", net))
		return -ENOMEM;
	return 0;
}
static struct pernet_operations seen_ops = { .init = seen_net_init, .id = &seen_id, .size = sizeof(int) };
static struct pernet_operations twin_ops = { .init = sub_net_init, .exit_batch = sub_exit, .id = &sub_id, .size = sizeof(int) };
static struct pernet_operations dev_ops = { .init = dev_net_init };
static int __init sub_init(void)
{
	register_pernet_subsys(&seen_ops);
	register_pernet_subsys(&twin_ops);
	return register_pernet_device(&dev_ops);
}
module_init(sub_init);
`,
  'net/other.c': `static struct pernet_operations twin_ops = { .exit = twin_exit };
static int __init other_init(void)
{
	return register_pernet_subsys(&twin_ops);
}
late_initcall(other_init);
`,
  'include/linux/proc_fs.h': `#ifdef CONFIG_PROC_FS
#define proc_create_net(name, data) proc_create_net_data(name, data)
#else
#define proc_create_net(name, data) ({NULL;})
#endif
`,
};

/** Writes files below a folder. */
export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }
}

/** A folder of its own with the tree in `linux/`. */
export function folderWithTree(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'boot-'));
  writeFiles(path.join(folder, 'linux'), bootTree);
  return folder;
}
