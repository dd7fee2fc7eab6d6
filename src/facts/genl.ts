import { matchesOf } from './matches.ts';

/** `genl_register_family(&foo_nl_family)`. */
const registering = /\bgenl_register_family\s*\(\s*&(\w+)\s*\)/g;

/** `.split_ops = foo_nl_ops` of a family. */
const ops = /\.(?:small_|split_)?ops\s*=\s*(\w+)/g;

/** The parameters of a handler of a command, and of what goes before and after it (include/net/genetlink.h). */
const ofCommand = /\bstruct\s+sk_buff\s*\*\s*\w+\s*,\s*struct\s+genl_info\s*\*/;
/** A dump has those of any netlink dump: what YNL writes into its tables is called so (tools/net/ynl/pyynl/ynl_gen_c.py). */
const ofDump = /\bstruct\s+netlink_callback\s*\*/;

/** The families that a text registers. */
export function familiesIn(text: string): string[] {
  return text.includes('genl_register_family') ? matchesOf(text, registering).map((match) => match[1]!) : [];
}

/** The tables of handlers that the initialiser of a family names; none where it is no family's. */
export function tablesIn(text: string): string[] {
  return /\.n_(?:small_|split_)?ops\b/.test(text) ? matchesOf(text, ops).map((match) => match[1]!) : [];
}

/** The function whose head a text ends with, if other files can name it and generic netlink could call it. */
export function handlerIn(text: string): string | null {
  if (!ofCommand.test(text) && !ofDump.test(text)) return null;
  const end = text.trimEnd();
  const own = end.slice(Math.max(end.lastIndexOf(';'), end.lastIndexOf('}')) + 1);
  const head = /\b(\w+)\s*\(([^()]*)\)$/.exec(own);
  if (!head || /\bstatic\b/.test(own.slice(0, head.index))) return null;
  const [, name = '', parameters = ''] = head;
  return ofCommand.test(parameters) || (ofDump.test(parameters) && name.endsWith('_dumpit')) ? name : null;
}

/**
 * The handlers of families whose tables are another file's, by the name of the family: what is generated from a
 * specification (net/ipv4/fou_nl.c) names functions of the file that registers the family, which no table of its own has.
 */
export function handlersElsewhere(
  stretches: readonly GenlStretch[],
  defines: (name: string) => boolean,
): { readonly family: string; readonly handlers: readonly string[] }[] {
  const handlers = stretches.flatMap(({ handler }) => handler ?? []);
  if (handlers.length === 0) return [];
  const tables = new Map(stretches.flatMap((each) => each.tables.map(({ of, names }) => [of, names] as const)));
  const families = new Set(stretches.flatMap((each) => each.families));
  const open = [...families].filter((family) =>
    defines(family) ? tables.get(family)?.some((name) => !defines(name)) === true : true,
  );
  // Of several families it is not known whose they are.
  return open.length === 1 ? [{ family: open[0]!, handlers }] : [];
}

/** What a part of a file says of generic netlink. */
export interface GenlStretch {
  readonly families: readonly string[];
  readonly tables: readonly { readonly of: string; readonly names: readonly string[] }[];
  readonly handler: string | null;
}
