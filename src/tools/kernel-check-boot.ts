import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** What a booted kernel's pernet_list held, as its trace says (test/kernel/boot-*.json). */
interface Booted {
  readonly kernel: string;
  readonly firstDevice?: string;
  /** Without CONFIG_NET_NS there is no list: then `unlisted` has them as they were registered. */
  readonly order?: readonly BootedOps[];
  readonly unlisted?: readonly BootedOps[];
  /** What was built in, and failed to register or was unregistered again, where the trace says so. */
  readonly gone?: readonly { readonly ops: string; readonly file: string }[];
}
/** `initcall` is the function that was running; `start_kernel` before any. `id` is 0 for an ops without one. */
interface BootedOps {
  readonly ops: string;
  readonly file?: string;
  readonly kind: string;
  readonly initcall: string;
  readonly id: number;
}
interface Ordered {
  readonly order: readonly OrderedOps[];
  readonly unlisted?: readonly OrderedOps[];
  readonly firstDevice: number;
  readonly unresolved: readonly { readonly ops?: string; readonly reason: string }[];
  readonly notRegistered: readonly { readonly ops?: string; readonly file: string }[];
}
type OrderedOps = Omit<BootedOps, 'id'> & { readonly id?: number };

/**
 * Compares `pernet-lint order` with the lists of the kernels that were built from this tree with the configurations beside
 * them, and booted. Gives what is wrong, a line each; nothing is compared for a version without a trace.
 */
export function checkBootOrder(root: string, tree: string, version: string): string[] {
  const traces = fs.readdirSync(path.join(root, 'test/kernel')).sort();
  return traces.flatMap((name) => {
    const kernel = /^boot-(.*)\.json$/.exec(name)?.[1];
    return kernel === version || kernel?.startsWith(`${version}-`) === true ? checkKernel(root, tree, kernel) : [];
  });
}

function checkKernel(root: string, tree: string, kernel: string): string[] {
  const file = path.join(root, `test/kernel/boot-${kernel}.json`);
  const expected = JSON.parse(fs.readFileSync(file, 'utf8')) as Booted;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-boot-'));
  try {
    const config = path.join(folder, 'config');
    fs.writeFileSync(config, gunzipSync(fs.readFileSync(path.join(root, `test/kernel/config-${kernel}.gz`))));
    const start = performance.now();
    const cli = path.join(root, 'dist/cli.cjs');
    const run = spawnSync(process.execPath, [cli, 'order', tree, '--config', config, '--format', 'json'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (run.status !== 0) return [`order: ${run.stderr.trim()}`];
    return compare(expected, JSON.parse(run.stdout) as Ordered, Math.round(performance.now() - start));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function compare(expected: Booted, got: Ordered, ms: number): string[] {
  const wrong: string[] = [];
  const wanted = expected.order ?? expected.unlisted ?? [];
  const all = expected.order ? got.order : (got.unlisted ?? []);
  wanted.forEach((want, at) => {
    const has = all[at];
    const isEqual =
      has?.ops === want.ops &&
      (want.file === undefined || has.file === want.file) &&
      has.kind === want.kind &&
      has.initcall === want.initcall &&
      (has.id ?? 0) === want.id;
    if (!isEqual) wrong.push(`order: at ${at} ${said(want)} is booted, ${has ? said(has) : 'nothing'} is worked out`);
  });
  for (const extra of all.slice(wanted.length)) wrong.push(`order: ${said(extra)} is not booted`);
  for (const each of got.unresolved) wrong.push(`order: unresolved: ${each.ops ?? '?'}: ${each.reason}`);
  for (const { ops, file } of expected.gone ?? []) {
    if (!got.notRegistered.some((each) => each.ops === ops && each.file === file))
      wrong.push(`order: ${ops} of ${file} is not said to be gone again`);
  }
  const first = got.order[got.firstDevice]?.ops;
  if (first !== expected.firstDevice) wrong.push(`order: first_device is ${expected.firstDevice}, not ${first}`);
  const right = wanted.length - wrong.filter((line) => line.startsWith('order: at ')).length;
  console.log(`    order: ${right} of ${wanted.length} as ${expected.kernel} booted them, ${ms} ms`);
  return wrong;
}

function said({ ops, file, kind, initcall, id }: OrderedOps): string {
  return `${ops} (${file === undefined ? '' : `${file}, `}${kind}, ${initcall}, id ${id ?? 0})`;
}
