/** `pernet-lint order`: the pernet_list of a kernel that has booted. */
import { parseArgs } from 'node:util';
import { openBootTree } from '../engine/boot-tree.ts';
import { bootedTree, type BootedTree } from '../engine/boot.ts';
import { loadParser } from '../engine/parser.ts';
import type { LintIo } from './lint.ts';
import { wrongUsage } from './wrong-usage.ts';

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
    return refuse(io, wrongUsage(error));
  }
  if (values.help === true) {
    io.stdout.write(usage);
    return 0;
  }
  const { format = 'text' } = values;
  const [tree] = positionals;
  if (tree === undefined || positionals.length > 1) return refuse(io, 'give one kernel tree (--help says more)');
  if (format !== 'text' && format !== 'json') return refuse(io, `no format "${format}"; there are text, json`);
  const found = openBootTree(tree, values.config);
  if ('error' in found) return refuse(io, found.error);
  for (const note of found.notes) io.stderr.write(`pernet-lint order: ${note}\n`);
  const booted = bootedTree(await loadParser(), found.read, found.config);
  io.stdout.write(format === 'json' ? jsonOf(booted) : textOf(booted));
  return 0;
}

function jsonOf({ order, unlisted, firstDevice, unresolved, notRegistered }: BootedTree): string {
  return `${JSON.stringify({ order, unlisted, firstDevice, unresolved, notRegistered }, null, 2)}\n`;
}

const boundary = "---- first_device: a module's subsys ops go before this, its device ops to the end ----";
const noList = [
  'Without CONFIG_NET_NS pernet_list stays empty: registering runs an init for init_net, once, and no exit ever follows',
  'but that of unregistering. In this order they are registered:',
  '',
];

const noNet = ['Without CONFIG_NET there is no net/core/net_namespace.c, and nothing is registered.'];

function textOf({ order, unlisted, firstDevice, unresolved, notRegistered, builtIn, option }: BootedTree): string {
  const all = unlisted ?? order;
  const devices = all.filter(({ kind }) => kind === 'device').length;
  const rows = all.map((ops, index) => [
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
  if (unlisted) lines.unshift(...(option('CONFIG_NET') === 'y' ? noList : noNet));
  else lines.splice(firstDevice, 0, boundary);
  const said = (title: string, these: BootedTree['unresolved']): string[] =>
    these.length === 0
      ? []
      : ['', title, ...these.map((each) => `  ${each.ops ?? '?'}  ${each.file}:${each.line}: ${each.reason}`)];
  return [
    ...lines,
    ...said('Unresolved:', unresolved),
    ...said('Built in, and not in the list:', notRegistered),
    '',
    `${all.length} ops of ${builtIn} built-in files: ${all.length - devices} subsys, ${devices} device`,
    '',
  ].join('\n');
}

function refuse(io: LintIo, reason: string): number {
  io.stderr.write(`pernet-lint order: ${reason}\n`);
  return 2;
}
