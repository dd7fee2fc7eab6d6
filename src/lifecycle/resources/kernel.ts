/**
 * Pairs of the kernel outside the network: caches, work queues, proc, sysctl, debugfs, classes, filesystems, notifiers.
 * The columns are told at `pairsFromRows`; the facts are read from Linux 6.1 and 6.12, at the place each row names.
 */
export const kernelRows = `
slab cache | kmem_cache_create kmem_cache_create_usercopy KMEM_CACHE KMEM_CACHE_USERCOPY | kmem_cache_destroy | result | null lasting used | mm/slab_common.c kmem_cache_create_usercopy
workqueue | alloc_workqueue alloc_ordered_workqueue create_workqueue create_singlethread_workqueue create_freezable_workqueue | destroy_workqueue | result | null lasting used | kernel/workqueue.c

# /proc. An entry goes by its name and parent, or by what creating it returned.
proc entry | proc_create proc_create_data proc_create_seq_private proc_create_seq_data proc_create_seq proc_create_single_data proc_create_single proc_create_net_data proc_create_net_data_write proc_create_net proc_create_net_single proc_create_net_single_write | remove_proc_entry remove_proc_subtree & proc_remove | 0 2 > 0 1 | null lasting exposes | fs/proc/generic.c proc_create_data
proc directory | proc_mkdir | remove_proc_entry remove_proc_subtree & proc_remove | 0 1 | null lasting | fs/proc/generic.c | proc entry, proc directory
proc directory | proc_mkdir_data proc_mkdir_mode | remove_proc_entry remove_proc_subtree & proc_remove | 0 2 > 0 1 | null lasting | fs/proc/generic.c | proc entry, proc directory
proc directory | proc_net_mkdir | remove_proc_entry remove_proc_subtree & proc_remove | 1 2 > 0 1 | null lasting | include/linux/proc_fs.h | proc entry, proc directory
proc entry | proc_symlink | remove_proc_entry remove_proc_subtree & proc_remove | 0 1 | null lasting | fs/proc/generic.c

sysctl table | register_net_sysctl register_net_sysctl_sz | unregister_net_sysctl_table unregister_sysctl_table | result | null lasting exposes | net/sysctl_net.c
sysctl table | register_sysctl register_sysctl_sz | unregister_net_sysctl_table unregister_sysctl_table | result | null lasting exposes | fs/proc/proc_sysctl.c

filesystem | register_filesystem | unregister_filesystem | 0 | negative lasting exposes | fs/filesystems.c
`;
