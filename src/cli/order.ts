/** `pernet-lint order`: the pernet_list of a kernel that has booted. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bootedTree, diskBytes, type BootConfig, type BootedTree } from '../engine/boot.ts';
import { loadParser } from '../engine/parser.ts';
import { reasonOf } from '../engine/tree.ts';
import type { LintIo } from './lint.ts';

const usage = `usage: pernet-lint order TREE [--config FILE|allyesconfig|allmodconfig] [--format text|json]

Prints the order in which a kernel that is built from TREE with this .config (x86) holds its pernet_list when it has
booted. Without --config, TREE/.config is taken, or allyesconfig where there is none.
`;

/** Resolves to the exit status: 0 printed, 2 wrong usage or input that cannot be read. */
export async function runOrder(argv: readonly string[], io: LintIo): Promise<number> {
  const text = { type: 'string' } as const;
  let values: { config?: string; format?: string; help?: boolean };
  let positionals: string[];
  try {
    ({ values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { config: text, format: text, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (error) {
    return refuse(io, (error as Error).message.split('\n')[0]!);
  }
  if (values.help === true) {
    io.stdout.write(usage);
    return 0;
  }
  const { format = 'text' } = values;
  const [tree] = positionals;
  if (tree === undefined || positionals.length > 1) return refuse(io, 'give one kernel tree (--help says more)');
  if (format !== 'text' && format !== 'json') return refuse(io, `no format "${format}"; there are text, json`);
  for (const needed of ['Makefile', 'init/main.c', 'net/core/net_namespace.c']) {
    if (!fs.existsSync(path.join(tree, needed))) return refuse(io, `${tree}: not a kernel tree: it has no ${needed}`);
  }
  const config = readConfig(tree, values.config);
  if ('error' in config) return refuse(io, config.error);
  if (config.note !== undefined) io.stderr.write(`pernet-lint order: ${config.note}\n`);
  const booted = bootedTree(await loadParser(), diskBytes(tree), config.config);
  io.stdout.write(format === 'json' ? jsonOf(booted) : textOf(booted));
  return 0;
}

function readConfig(
  tree: string,
  given: string | undefined,
): { readonly config: BootConfig; readonly note?: string } | { readonly error: string } {
  if (given === 'allyesconfig' || given === 'allmodconfig') return { config: given };
  const file = given ?? path.join(tree, '.config');
  try {
    const text = fs.readFileSync(file, 'utf8');
    if (!/^(?:CONFIG_\w+=|# CONFIG_\w+ is not set)/m.test(text))
      return { error: `${file}: no option of a .config is in it` };
    return { config: { text } };
  } catch (error) {
    if (given !== undefined) return { error: `${given}: ${reasonOf(error)}` };
    return { config: 'allyesconfig', note: `${tree} has no .config: every option is taken to be y (allyesconfig)` };
  }
}

function jsonOf({ order, firstDevice, unresolved, notRegistered }: BootedTree): string {
  return `${JSON.stringify({ order, firstDevice, unresolved, notRegistered }, null, 2)}\n`;
}

function textOf({ order, firstDevice, unresolved, notRegistered, builtIn }: BootedTree): string {
  const rows = order.map((ops, index) => [
    String(index),
    ops.kind,
    ops.ops,
    ops.level,
    ops.caller,
    `${ops.registered.file}:${ops.registered.line}`,
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(
    firstDevice,
    0,
    "---- first_device: a module's subsys ops go before this, its device ops to the end ----",
  );
  const said = (title: string, all: BootedTree['unresolved']): string[] =>
    all.length === 0
      ? []
      : ['', title, ...all.map((each) => `  ${each.ops ?? '?'}  ${each.file}:${each.line}: ${each.reason}`)];
  return [
    ...lines,
    ...said('Unresolved:', unresolved),
    ...said('Not in the list because their registration fails:', notRegistered),
    '',
    `${order.length} ops of ${builtIn} built-in files: ${firstDevice} subsys, ${order.length - firstDevice} device`,
    '',
  ].join('\n');
}

function refuse(io: LintIo, reason: string): number {
  io.stderr.write(`pernet-lint order: ${reason}\n`);
  return 2;
}
