/** The initcall levels in the order in which they run (include/linux/init.h; INIT_CALLS in include/asm-generic/vmlinux.lds.h). */
const levels = [
  'early_initcall',
  'pure_initcall',
  'core_initcall',
  'core_initcall_sync',
  'postcore_initcall',
  'postcore_initcall_sync',
  'arch_initcall',
  'arch_initcall_sync',
  'subsys_initcall',
  'subsys_initcall_sync',
  'fs_initcall',
  'fs_initcall_sync',
  'rootfs_initcall',
  'device_initcall',
  'device_initcall_sync',
  'late_initcall',
  'late_initcall_sync',
] as const;

/** What runs from start_kernel() in an order of its own: console_init(), security_init(). */
const beforeInitcalls: readonly string[] = ['console_initcall', 'security_initcall', 'DEFINE_LSM', 'DEFINE_EARLY_LSM'];

/** The level of an initcall macro in built-in code (include/linux/module.h); undefined for what is not run at boot. */
export function levelOf(macro: string): string | undefined {
  if (macro === 'module_init' || macro === '__initcall') return 'device_initcall';
  return (levels as readonly string[]).includes(macro) ? macro : undefined;
}

/** When a level runs: lower is earlier. */
export function rankOf(level: string): number {
  return (levels as readonly string[]).indexOf(level);
}

export function isBeforeInitcalls(macro: string): boolean {
  return beforeInitcalls.includes(macro);
}
