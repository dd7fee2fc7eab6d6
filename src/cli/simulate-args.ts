/** The arguments of `pernet-lint simulate`. */
import { parseArgs } from 'node:util';
import { dialectNamed, dialects, type Dialect } from '../netns/index.ts';
import { wrongUsage } from './wrong-usage.ts';

export const FORMATS = ['text', 'jsonl', 'json'] as const;
export type SimulateFormat = (typeof FORMATS)[number];

export interface SimulateArgs {
  /** Files and folders. */
  paths: string[];
  format: SimulateFormat;
  /** The one that was asked for; without one a scenario is the reference text's, or that of the tree which it boots. */
  dialect: Dialect | undefined;
  /** The folder that NAME.jsonl and NAME.err are written to. */
  out: string | undefined;
  lines: boolean;
  explore: boolean;
  help: boolean;
}

export const USAGE = `usage: pernet-lint simulate FILE|DIR… [options]
       pernet-lint simulate --lines [--dialect NAME]

Runs *.netns.json scenarios on the model of net/core/net_namespace.c and prints their event logs.

  --format text|jsonl|json  text (the default) to read; jsonl, one event a line; json, one value
  --out DIR                 write NAME.jsonl (NAME.err if malformed) for each NAME.netns.json instead
  --lines                   read one scenario a line on standard input, answer each with one line
  --explore                 fail every allocation and every init in turn; report what is not clean at the end
  --dialect NAME            the kernel to behave like (default: reference, or that of the tree which is booted):
${dialects.map(({ name, summary }) => `                              ${name.padEnd(10)} ${summary}`).join('\n')}

A scenario with "boot": "TREE" (and "bootConfig": "FILE", else TREE/.config) starts on the kernel that this tree makes,
booted. Paths are relative to the scenario's folder, with --lines to the current one.

Exit status: 0 ran, 1 ran and a violation was logged, 2 malformed or unreadable.
`;

export type ParsedSimulateArgs = { ok: true; args: SimulateArgs } | { ok: false; error: string };

/** Reads the arguments; an error is one line. */
export function parseSimulateArgs(argv: string[]): ParsedSimulateArgs {
  let values;
  let paths: string[];
  try {
    ({ values, positionals: paths } = parseArgs({ args: argv, allowPositionals: true, options: OPTIONS }));
  } catch (error) {
    return { ok: false, error: wrongUsage(error) };
  }
  const { format = 'text', dialect: name, out, lines = false, explore = false, help = false } = values;
  const dialect = name === undefined ? undefined : dialectNamed(name);
  if (name !== undefined && dialect === undefined)
    return { ok: false, error: `no dialect "${name}"; there are ${dialectNames()}` };
  if (!isFormat(format)) return { ok: false, error: `no format "${format}"; there are ${FORMATS.join(', ')}` };
  if (lines && (paths.length > 0 || out !== undefined || explore)) {
    return { ok: false, error: '--lines reads standard input and takes no files, --out or --explore' };
  }
  if (explore && out !== undefined) return { ok: false, error: '--explore prints a report and takes no --out' };
  if (!lines && !help && paths.length === 0) return { ok: false, error: 'no scenario given (--help says more)' };
  return { ok: true, args: { paths, format, dialect, out, lines, explore, help } };
}

const OPTIONS = {
  format: { type: 'string' },
  dialect: { type: 'string' },
  out: { type: 'string' },
  lines: { type: 'boolean' },
  explore: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function dialectNames(): string {
  return dialects.map(({ name }) => name).join(', ');
}

function isFormat(format: string): format is SimulateFormat {
  return (FORMATS as readonly string[]).includes(format);
}
