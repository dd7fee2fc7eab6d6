/** Which `#if` arms are taken: what a kernel configuration says about the macros that conditions name. */
export interface Configuration {
  /** Whether a macro such as `CONFIG_PROC_FS` or `MODULE` is on; undefined where this configuration does not say. */
  value(name: string): boolean | undefined;
  /**
   * True where the code is read as part of a module, so that IS_BUILTIN() of an option is no: an arm that asks for it
   * asks for the module's own option.
   */
  readonly readsAsModule?: boolean;
}

/**
 * An allyesconfig-like configuration: every `CONFIG_` option is built in. `CONFIG_X_MODULE`, which Kconfig defines
 * only for an option that is `m`, is therefore off; `MODULE` is on all the same, so that module-only code is read.
 */
export const everyOption: Configuration = {
  readsAsModule: true,
  value(name) {
    if (name === 'MODULE') return true;
    return name.startsWith('CONFIG_') ? !name.endsWith('_MODULE') : undefined;
  },
};

/**
 * What a 64-bit little-endian build by gcc defines before the first line of a kernel file, as far as conditions in
 * networking code ask for it. A name that is neither here, nor answered by the configuration, nor defined earlier in
 * the same file counts as not defined.
 */
export const predefined: ReadonlyMap<string, number> = new Map([
  ['__KERNEL__', 1],
  ['__linux__', 1],
  ['__LITTLE_ENDIAN', 1234],
  ['__LITTLE_ENDIAN_BITFIELD', 1],
  ['__BYTE_ORDER', 1234],
  ['BITS_PER_LONG', 64],
  ['BITS_PER_LONG_LONG', 64],
  ['__BITS_PER_LONG', 64],
  ['__SIZEOF_INT128__', 16],
  ['PAGE_SHIFT', 12],
  ['PAGE_SIZE', 4096],
  ['__GNUC__', 12],
  // What is kept beside the kernel asks for its version: it is read for the newest.
  ['LINUX_VERSION_CODE', 0xffffff],
  ['__x86_64__', 1],
]);
