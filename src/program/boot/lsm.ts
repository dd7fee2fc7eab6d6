import type { Code } from './code.ts';

/** A security module's DEFINE_LSM record (include/linux/lsm_hooks.h). */
interface Lsm {
  readonly file: string;
  readonly name: string;
  readonly order: 'first' | 'mutable' | 'last';
  readonly isExclusive: boolean;
  /** The variable that says whether it is on; undefined for one that has none. */
  readonly enabled: string | undefined;
  readonly init: string | undefined;
  readonly initcalls: readonly { readonly level: string; readonly fn: string }[];
}

/** What security_init() does: which switches it sets, and whose init it runs, in order. */
export interface LsmStart {
  readonly switches: readonly { readonly file: string; readonly variable: string; readonly on: boolean }[];
  readonly inits: readonly { readonly file: string; readonly fn: string }[];
  /** What the initcalls of security/lsm_init.c run, level by level in this order (security_initcall_device()). */
  readonly initcalls: readonly { readonly file: string; readonly fn: string; readonly level: string }[];
}

const definition = /^DEFINE_LSM\s*\(\s*(\w+)\s*\)\s*=\s*\{([^}]*)\}/gm;

/**
 * Which security modules a kernel without boot parameters starts (security/security.c: ordered_lsm_parse(),
 * prepare_lsm()): those that CONFIG_LSM names, in its order; of the exclusive ones only the first. `isOn` tells a switch's
 * value before that.
 */
export function startOfLsms(
  code: Code,
  files: readonly string[],
  isOn: (file: string, variable: string) => boolean,
): LsmStart {
  if (code.option('CONFIG_SECURITY') !== 'y') return { switches: [], inits: [], initcalls: [] };
  const all = code.mentioning(files, ['DEFINE_LSM']).flatMap((file) => lsmsIn(code, file));
  const named = (code.option('CONFIG_LSM') ?? '').split(',').map((name) => name.trim());
  const chosen = [
    ...all.filter((lsm) => lsm.order === 'first'),
    ...named.flatMap((name) => all.filter((lsm) => lsm.name === name && lsm.order === 'mutable')),
    ...all.filter((lsm) => lsm.order === 'last'),
  ];
  const ordered = [...new Set(chosen)];
  const switches: { file: string; variable: string; on: boolean }[] = [];
  const inits: { file: string; fn: string }[] = [];
  const initcalls: { file: string; fn: string; level: string }[] = [];
  let exclusive = false;
  for (const lsm of ordered) {
    const on: boolean = (lsm.enabled === undefined || isOn(lsm.file, lsm.enabled)) && !(lsm.isExclusive && exclusive);
    exclusive ||= on && lsm.isExclusive;
    if (lsm.enabled !== undefined) switches.push({ file: lsm.file, variable: lsm.enabled, on });
    if (on && lsm.init !== undefined) inits.push({ file: lsm.file, fn: lsm.init });
    if (on) initcalls.push(...lsm.initcalls.map((each) => ({ ...each, file: lsm.file })));
  }
  for (const lsm of all) {
    if (!ordered.includes(lsm) && lsm.enabled !== undefined)
      switches.push({ file: lsm.file, variable: lsm.enabled, on: false });
  }
  return { switches, inits, initcalls };
}

function lsmsIn(code: Code, file: string): Lsm[] {
  return [...code.source(file).matchAll(definition)].map((match): Lsm => {
    const field = (name: string): string | undefined =>
      new RegExp(`\\.${name}\\s*=\\s*&?\\s*("?[\\w| ]+"?)`).exec(match[2]!)?.[1]?.trim();
    const order = field('order');
    return {
      file,
      name: field('name')?.replaceAll('"', '') ?? match[1]!,
      order: order === 'LSM_ORDER_FIRST' ? 'first' : order === 'LSM_ORDER_LAST' ? 'last' : 'mutable',
      isExclusive: field('flags')?.includes('LSM_FLAG_EXCLUSIVE') ?? false,
      enabled: field('enabled'),
      init: field('init'),
      initcalls: [...match[2]!.matchAll(/\.initcall_(\w+)\s*=\s*(\w+)/g)].map(([, level, fn]) => ({
        level: `${level!}_initcall`,
        fn: fn!,
      })),
    };
  });
}
