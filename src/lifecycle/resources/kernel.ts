/**
 * Pairs of the kernel outside the network: caches, work queues, proc, sysctl, debugfs, classes, filesystems, notifiers.
 * The columns are told at `pairsFromRows`; the facts are read from Linux 6.1 and 6.12, at the place each row names.
 */
export const kernelRows = `
slab cache | kmem_cache_create kmem_cache_create_usercopy KMEM_CACHE KMEM_CACHE_USERCOPY | kmem_cache_destroy | result | null lasting used | include/linux/slab.h
workqueue | alloc_workqueue alloc_ordered_workqueue create_workqueue create_singlethread_workqueue create_freezable_workqueue | destroy_workqueue | result | null lasting used not-null | kernel/workqueue.c

# /proc. An entry goes by its name and parent, or by what creating it returned. remove_proc_entry() of a directory that is
# not empty warns, and leaves what is in it (fs/proc/generic.c, remove_proc_entry()).
proc entry | proc_create proc_create_data proc_create_seq_private proc_create_seq_data proc_create_seq proc_create_single_data proc_create_single | remove_proc_entry remove_proc_subtree & proc_remove | 0 2 > 0 1 | null lasting exposes | fs/proc/generic.c proc_create_data
proc entry | proc_create_net_data proc_create_net_data_write proc_create_net proc_create_net_single proc_create_net_single_write | remove_proc_entry remove_proc_subtree & proc_remove | 0 2 > 0 1 | null lasting exposes holds-net holds-net | fs/proc/proc_net.c proc_create_net_data
proc directory | proc_mkdir | remove_proc_entry remove_proc_subtree & proc_remove | 0 1 | null lasting | fs/proc/generic.c | proc entry, proc directory by remove_proc_subtree proc_remove
proc directory | proc_mkdir_data proc_mkdir_mode | remove_proc_entry remove_proc_subtree & proc_remove | 0 2 > 0 1 | null lasting | fs/proc/generic.c | proc entry, proc directory by remove_proc_subtree proc_remove
proc directory | proc_net_mkdir | remove_proc_entry remove_proc_subtree & proc_remove | 1 2 > 0 1 | null lasting | include/linux/proc_fs.h | proc entry, proc directory by remove_proc_subtree proc_remove
proc entry | proc_symlink | remove_proc_entry remove_proc_subtree & proc_remove | 0 1 | null lasting | fs/proc/generic.c

sysctl table | register_net_sysctl register_net_sysctl_sz | unregister_net_sysctl_table unregister_sysctl_table | result | null lasting exposes keeps-table | include/net/net_namespace.h
sysctl table | register_sysctl register_sysctl_sz | unregister_net_sysctl_table unregister_sysctl_table | result | null lasting exposes keeps-table | include/linux/sysctl.h

filesystem | register_filesystem | unregister_filesystem | 0 | negative lasting exposes holds-module | fs/filesystems.c
mount | kern_mount | kern_unmount | result | error-pointer lasting used | fs/namespace.c
sysctl table | register_sysctl_mount_point | unregister_sysctl_table | result | null lasting | fs/proc/proc_sysctl.c
shrinker | register_shrinker | unregister_shrinker | 0 | negative lasting exposes | mm/vmscan.c
allocated shrinker | shrinker_alloc | shrinker_free | result | null lasting | mm/shrinker.c
key type | register_key_type | unregister_key_type | 0 | negative lasting exposes | security/keys/key.c
file notification group | fsnotify_alloc_group | fsnotify_put_group | result | error-pointer lasting used not-null | fs/notify/group.c
line discipline | tty_register_ldisc | tty_unregister_ldisc | 0 | negative lasting exposes | drivers/tty/tty_ldisc.c
text search algorithm | textsearch_register | textsearch_unregister | 0 | negative lasting exposes | lib/textsearch.c
BPF iterator target | bpf_iter_reg_target | bpf_iter_unreg_target | 0 | negative lasting exposes | kernel/bpf/bpf_iter.c

kset | kset_register | kset_unregister | 0 | negative lasting | lib/kobject.c | memory

# debugfs and securityfs. Removing a debugfs directory removes what is in it.
debugfs file | debugfs_create_file debugfs_create_file_unsafe debugfs_create_symlink debugfs_create_blob | debugfs_remove debugfs_remove_recursive simple_recursive_removal debugfs_lookup_and_remove: | result | error-pointer lasting exposes optional | fs/debugfs/inode.c
debugfs directory | debugfs_create_dir | debugfs_remove debugfs_remove_recursive simple_recursive_removal debugfs_lookup_and_remove: | result | error-pointer lasting optional | fs/debugfs/inode.c | debugfs file, debugfs directory
securityfs entry | securityfs_create_file | securityfs_remove | result | error-pointer lasting exposes | security/inode.c
securityfs entry | securityfs_create_dir securityfs_create_symlink | securityfs_remove | result | error-pointer lasting | security/inode.c
configfs subsystem | configfs_register_subsystem | configfs_unregister_subsystem | 0 | negative lasting exposes | fs/configfs/dir.c

# The device model.
device class | class_create | class_destroy | result | error-pointer lasting used | drivers/base/class.c
registered device class | class_register | class_unregister | 0 | negative lasting used | drivers/base/class.c
device | device_create | device_destroy & device_unregister | 0 2 > 0 1 | error-pointer lasting exposes | drivers/base/core.c
registered device | device_register | device_unregister | 0 | negative lasting exposes | drivers/base/core.c
added device | device_add | device_del | 0 | negative lasting exposes | drivers/base/core.c
device attribute | device_create_file | device_remove_file | 0 1 | negative lasting exposes | drivers/base/core.c
bus type | bus_register | bus_unregister | 0 | negative lasting exposes | drivers/base/bus.c
device driver | driver_register | driver_unregister | 0 | negative lasting exposes | drivers/base/driver.c
platform driver | platform_driver_register | platform_driver_unregister | 0 | negative lasting exposes | include/linux/platform_device.h
platform device | platform_device_register_simple | platform_device_unregister | result | error-pointer lasting | include/linux/platform_device.h
faux device | faux_device_create faux_device_create_with_groups | faux_device_destroy | result | null lasting | drivers/base/faux.c faux_device_create_with_groups
PCI driver | pci_register_driver | pci_unregister_driver | 0 | negative lasting exposes | include/linux/pci.h
virtio driver | register_virtio_driver | unregister_virtio_driver | 0 | negative lasting exposes | include/linux/virtio.h
USB driver | usb_register | usb_deregister | 0 | negative lasting exposes | include/linux/usb.h
misc device | misc_register | misc_deregister | 0 | negative lasting exposes | drivers/char/misc.c
character device | register_chrdev | unregister_chrdev | 1 | negative lasting exposes | include/linux/fs.h
character device | cdev_add | cdev_del | 0 | negative lasting exposes | fs/char_dev.c
device numbers | alloc_chrdev_region | unregister_chrdev_region | &0 | negative lasting | fs/char_dev.c
device numbers | register_chrdev_region | unregister_chrdev_region | 0 | negative lasting | fs/char_dev.c
kobject | kobject_create_and_add | kobject_put | result | null lasting used | lib/kobject.c
kset | kset_create_and_add | kset_unregister | result | null lasting used | lib/kobject.c
sysfs group | sysfs_create_group | sysfs_remove_group | 0 1 | negative lasting exposes | fs/sysfs/group.c
sysfs groups | sysfs_create_groups | sysfs_remove_groups | 0 1 | negative lasting exposes | fs/sysfs/group.c
class file of network devices | netdev_class_create_file_ns netdev_class_create_file | netdev_class_remove_file_ns netdev_class_remove_file | 0 | negative lasting exposes optional | net/core/net-sysfs.c
sysfs file | sysfs_create_file | sysfs_remove_file | 0 1 | negative lasting exposes | include/linux/sysfs.h
sysfs binary file | sysfs_create_bin_file | sysfs_remove_bin_file | 0 1 | negative lasting exposes | fs/sysfs/file.c
sysfs link | sysfs_create_link | sysfs_remove_link | 0 2 > 0 1 | negative lasting | fs/sysfs/symlink.c
interrupt | request_irq | free_irq | 0 4 > 0 1 | negative lasting exposes | include/linux/interrupt.h

# Notifiers and probes of the kernel at large.
notifier | atomic_notifier_chain_register | atomic_notifier_chain_unregister | 0 1 | negative lasting exposes | kernel/notifier.c
blocking notifier | blocking_notifier_chain_register | blocking_notifier_chain_unregister | 0 1 | negative lasting exposes | kernel/notifier.c
raw notifier | raw_notifier_chain_register | raw_notifier_chain_unregister | 0 1 | negative lasting exposes | kernel/notifier.c
SRCU notifier | srcu_notifier_chain_register | srcu_notifier_chain_unregister | 0 1 | negative lasting exposes | kernel/notifier.c
reboot notifier | register_reboot_notifier | unregister_reboot_notifier | 0 | negative lasting exposes | kernel/reboot.c
module notifier | register_module_notifier | unregister_module_notifier | 0 | negative lasting exposes | kernel/module/main.c
power management notifier | register_pm_notifier | unregister_pm_notifier | 0 | negative lasting exposes | kernel/power/main.c
fork of virtual machines notifier | register_random_vmfork_notifier | unregister_random_vmfork_notifier | 0 | negative lasting exposes | drivers/char/random.c
security policy notifier | register_blocking_lsm_notifier | unregister_blocking_lsm_notifier | 0 | negative lasting exposes | security/security.c
cipher notifier | crypto_register_notifier | crypto_unregister_notifier | 0 | negative lasting exposes | crypto/algapi.c
CPU hotplug state | cpuhp_setup_state cpuhp_setup_state_nocalls cpuhp_setup_state_cpuslocked | cpuhp_remove_state cpuhp_remove_state_nocalls | fixed | negative lasting exposes dynamic not-null | include/linux/cpuhotplug.h
CPU hotplug state for instances | cpuhp_setup_state_multi | cpuhp_remove_multi_state | fixed | negative lasting exposes dynamic not-null | include/linux/cpuhotplug.h
kernel probe | register_kprobe | unregister_kprobe | 0 | negative lasting exposes | kernel/kprobes.c
return probe | register_kretprobe | unregister_kretprobe | 0 | negative lasting exposes | kernel/kprobes.c

# Threads.
kernel thread | kthread_run kthread_create kthread_create_on_node kthread_run_on_cpu | kthread_stop kthread_stop_put | result | error-pointer lasting used not-null | include/linux/kthread.h
kernel thread worker | kthread_create_worker | kthread_destroy_worker | result | error-pointer lasting used not-null | kernel/kthread.c
CPU threads | smpboot_register_percpu_thread | smpboot_unregister_percpu_thread | 0 | negative lasting exposes | kernel/smpboot.c

# Algorithms and ciphers.
cipher | crypto_register_alg | crypto_unregister_alg | 0 | negative lasting exposes | crypto/algapi.c
ciphers | crypto_register_algs | crypto_unregister_algs | 0 | negative lasting exposes | crypto/algapi.c
cipher template | crypto_register_template | crypto_unregister_template | 0 | negative lasting exposes | crypto/algapi.c
cipher templates | crypto_register_templates | crypto_unregister_templates | 0 | negative lasting exposes | crypto/algapi.c
hash algorithm | crypto_register_shash | crypto_unregister_shash | 0 | negative lasting exposes | crypto/shash.c
hash algorithms | crypto_register_shashes | crypto_unregister_shashes | 0 | negative lasting exposes | crypto/shash.c
hash transform | crypto_alloc_shash | crypto_free_shash | result | error-pointer memory used | crypto/shash.c
asynchronous hash transform | crypto_alloc_ahash | crypto_free_ahash | result | error-pointer memory used | crypto/ahash.c
cipher transform | crypto_alloc_skcipher | crypto_free_skcipher | result | error-pointer memory used | crypto/skcipher.c
synchronous cipher transform | crypto_alloc_sync_skcipher | crypto_free_sync_skcipher | result | error-pointer memory used | crypto/skcipher.c
authenticated cipher transform | crypto_alloc_aead | crypto_free_aead | result | error-pointer memory used | crypto/aead.c
WEP or WPA cipher | lib80211_register_crypto_ops | lib80211_unregister_crypto_ops | 0 | negative lasting exposes | net/wireless/lib80211.c
# Drivers of other buses, and what they register.
I2C driver | i2c_add_driver | i2c_del_driver | 0 | negative lasting exposes | drivers/i2c/i2c-core-base.c i2c_register_driver
PCMCIA driver | pcmcia_register_driver | pcmcia_unregister_driver | 0 | negative lasting exposes | drivers/pcmcia/ds.c
SDIO driver | sdio_register_driver | sdio_unregister_driver | 0 | negative lasting exposes | drivers/mmc/core/sdio_bus.c __sdio_register_driver
SPI driver | spi_register_driver | spi_unregister_driver | 0 | negative lasting exposes | drivers/spi/spi.c __spi_register_driver
auxiliary driver | auxiliary_driver_register | auxiliary_driver_unregister | 0 | negative lasting exposes | drivers/base/auxiliary.c __auxiliary_driver_register
Xen driver | xenbus_register_frontend xenbus_register_backend | xenbus_unregister_driver | 0 | negative lasting exposes | drivers/xen/xenbus/xenbus_probe_frontend.c __xenbus_register_frontend
Hyper-V driver | vmbus_driver_register | vmbus_driver_unregister | 0 | negative lasting exposes | drivers/hv/vmbus_drv.c __vmbus_driver_register
terminal driver | tty_register_driver | tty_unregister_driver | 0 | negative lasting exposes | drivers/tty/tty_io.c
LED trigger | led_trigger_register | led_trigger_unregister | 0 | negative lasting exposes | drivers/leds/led-triggers.c
PTP clock | ptp_clock_register | ptp_clock_unregister | result | error-pointer-or-null lasting exposes not-null | drivers/ptp/ptp_clock.c
out of memory notifier | register_oom_notifier | unregister_oom_notifier | 0 | negative lasting exposes | mm/oom_kill.c
die notifier | register_die_notifier | unregister_die_notifier | 0 | negative lasting exposes | kernel/notifier.c
namespace number | ns_alloc_inum | ns_free_inum | 0 | negative lasting | include/linux/proc_ns.h
sysctl set | setup_sysctl_set | retire_sysctl_set | 0 | never used | fs/proc/proc_sysctl.c
random number transform | crypto_alloc_rng | crypto_free_rng | result | error-pointer memory used | crypto/rng.c
public key transform | crypto_alloc_akcipher | crypto_free_akcipher | result | error-pointer memory used | crypto/akcipher.c
key agreement transform | crypto_alloc_kpp | crypto_free_kpp | result | error-pointer memory used | crypto/kpp.c
compression transform | crypto_alloc_acomp | crypto_free_acomp | result | error-pointer memory used | crypto/acompress.c
`;
