/**
 * `npm run test:links -- TREE [SEED…]`: makes a random configuration for each seed (default: 1), lets the tree's own
 * Kbuild put a kernel of it together, with a compiler that only makes empty objects, and compares what it links, in which
 * order, and what it puts into which module with what `readTree` works out. Needs make, gcc, flex, bison and libelf, and leaves
 * the tree alone. Prints what is not the same, a line each; exit status 1 if anything is not, 2 if Kbuild could not be run.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseConfigValues, readTree } from '../program/index.ts';

/** What every configuration has, or has not: the network, and nothing that wants a real compiler or a library. */
const forced: Readonly<Record<string, string>> = {
  '64BIT': 'y',
  NET: 'y',
  INET: 'y',
  MODULES: 'y',
  NETDEVICES: 'y',
  NAMESPACES: 'y',
  NET_NS: 'y',
  MODVERSIONS: 'n',
  MODULE_SIG: 'n',
  DEBUG_INFO_NONE: 'y',
  GCC_PLUGINS: 'n',
  RUST: 'n',
  WERROR: 'n',
  KEXEC: 'n',
  KEXEC_FILE: 'n',
  CRASH_DUMP: 'n',
  IKHEADERS: 'n',
  SAMPLES: 'n',
  SCSI_LOWLEVEL: 'n',
  SYSTEM_TRUSTED_KEYRING: 'n',
  // Much that is no part of what is looked for.
  SOUND: 'n',
  DRM: 'n',
  MEDIA_SUPPORT: 'n',
  STAGING: 'n',
  IIO: 'n',
  COMPILE_TEST: 'n',
};

/** The folders of ./Kbuild whose `built-in.a` are looked at, in its order. */
const folders = 'init usr kernel certs mm fs ipc security crypto block io_uring drivers sound net virt'.split(' ');

/** Takes the place of the compiler: an empty object for whatever belongs to the kernel, gcc for what is run while building. */
const compiler = `#!/bin/sh
out= dep= src= compiles= last=
for arg; do
  case $last in -o) out=$arg ;; esac
  case $arg in -c) compiles=1 ;; -Wp,-MMD,*) dep=\${arg#-Wp,-MMD,} ;; *.c | *.S) src=$arg ;; esac
  last=$arg
done
case $src in *scripts/* | *tools/* | */vdso/* | *realmode* | *boot/* | *purgatory*) exec gcc "$@" ;; esac
if [ "$compiles" ] && [ "$out" ] && [ "$dep" ] && [ "$src" ]; then
  cp "$(dirname "$0")/empty.o" "$out" && echo "$out: $src" >"$dep"
  exit
fi
exec gcc "$@"
`;

/** More differences than this are counted only. */
const mostLines = 20;

const [tree = '', ...seeds] = process.argv.slice(2);

function main(): number {
  if (!fs.existsSync(path.join(tree, 'Kbuild'))) {
    console.error('usage: npm run test:links -- TREE [SEED…]');
    return 2;
  }
  const missing = ['make', 'gcc', 'flex', 'bison', 'ar', 'bc'].filter(
    (tool) => spawnSync(tool, ['--version']).error !== undefined,
  );
  if (missing.length > 0) {
    console.log(`SKIPPED: ${missing.join(', ')} is not here`);
    return 0;
  }
  return Math.max(0, ...(seeds.length > 0 ? seeds : ['1']).map(inFolder));
}

/** What an earlier configuration has left behind would be taken for this one's. */
function inFolder(seed: string): number {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'pernet-links-'));
  try {
    return check(work, seed);
  } finally {
    fs.rmSync(work, { recursive: true });
  }
}

function check(work: string, seed: string): number {
  const out = path.join(work, 'out');
  fs.mkdirSync(out, { recursive: true });
  const cc = path.join(work, 'cc');
  fs.writeFileSync(cc, compiler, { mode: 0o755 });
  fs.writeFileSync(path.join(work, 'empty.c'), '');
  spawnSync('gcc', ['-c', '-o', path.join(work, 'empty.o'), path.join(work, 'empty.c')]);
  const all = path.join(work, 'all.config');
  const lines = Object.entries(forced).map(([name, value]) => `CONFIG_${name}=${value}\n`);
  fs.writeFileSync(all, lines.join(''));
  const make = (...args: string[]): { readonly status: number | null; readonly log: string } => {
    const to = ['-C', path.resolve(tree), `O=${out}`, `CC=${cc}`, 'objtool=true', ...args];
    const run = spawnSync('make', to, {
      env: { ...process.env, KCONFIG_SEED: seed, KCONFIG_ALLCONFIG: all },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return { status: run.status, log: `${run.stdout}${run.stderr}` };
  };
  const configured = make('randconfig');
  if (configured.status !== 0) {
    console.error(`seed ${seed}: no configuration: ${configured.log.trim().slice(-400)}`);
    return 2;
  }
  // That nothing can be linked of empty objects in the end is no matter: by then it is known what would have been.
  const built = make('-k', `-j${os.availableParallelism()}`, 'vmlinux', 'modules');
  const config = fs.readFileSync(path.join(out, '.config'), 'utf8');
  const looked = folders.filter((folder) => fs.existsSync(path.join(out, folder, 'built-in.a')));
  if (looked.length === 0) {
    const errors = built.log.split('\n').filter((line) => /\berror\b|\*\*\*/i.test(line));
    console.error(`seed ${seed}: Kbuild put nothing together: ${errors.slice(0, 3).join('; ')}`);
    return 2;
  }
  const values = parseConfigValues(config);
  const read = (file: string): string | undefined => {
    const full = path.join(tree, file);
    return fs.statSync(full, { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(full, 'utf8') : undefined;
  };
  const worked = readTree(read, (option) => values.get(option));
  const lost = folders.filter(
    (folder) => !looked.includes(folder) && worked.builtIn.some(({ file }) => file.startsWith(`${folder}/`)),
  );
  if (lost.length > 0) console.log(`seed ${seed}: Kbuild could not put ${lost.join(', ')} together; not compared`);
  const isLooked = (file: string): boolean => looked.some((folder) => file.startsWith(`${folder}/`));
  const isWritten = (file: string): boolean => fs.existsSync(path.join(tree, file));
  const linked = looked.flatMap((folder) => linkedIn(out, folder)).filter(isWritten);
  const got = worked.builtIn.map(({ file }) => file).filter((file) => isLooked(file) && isWritten(file));
  const wrong = [...differences(linked, got), ...modulesApart(out, worked.modules, isLooked)];
  for (const line of wrong.slice(0, mostLines)) console.log(`seed ${seed}: ${line}`);
  const modules = new Set(worked.modules.values()).size;
  console.log(
    `seed ${seed}: ${linked.length} files linked, ${modules} modules; ${wrong.length === 0 ? 'the same' : `${wrong.length} differences`}`,
  );
  return wrong.length === 0 && lost.length === 0 ? 0 : 1;
}

/** The C files whose objects a folder's archive holds, in its order. */
function linkedIn(out: string, folder: string): string[] {
  const run = spawnSync('ar', ['t', path.join(folder, 'built-in.a')], {
    cwd: out,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const objects = run.stdout.split('\n').filter((line) => line.endsWith('.o'));
  return [...new Set(objects.map((object) => object.replace(/\.o$/, '.c')))];
}

/** What one list has that the other has not, and the first place at which they go in another order. */
function differences(want: readonly string[], got: readonly string[]): string[] {
  const [wanted, had] = [new Set(want), new Set(got)];
  const both = want.filter((file) => had.has(file));
  const order = got.filter((file) => wanted.has(file));
  const at = both.findIndex((file, index) => order[index] !== file);
  return [
    ...want.filter((file) => !had.has(file)).map((file) => `${file} is linked, and not said to be`),
    ...got.filter((file) => !wanted.has(file)).map((file) => `${file} is said to be linked, and is not`),
    ...(at < 0 ? [] : [`${both[at]!} is linked where ${order[at]!} is said to be`]),
  ];
}

/** Modules that Kbuild makes of other files than was worked out, by the `.mod` files that list their objects. */
function modulesApart(out: string, worked: ReadonlyMap<string, string>, isLooked: (file: string) => boolean): string[] {
  // A file can go into several modules.
  const made = new Map<string, Set<string>>();
  for (const entry of fs.readdirSync(out, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.mod')) continue;
    const module = entry.name.replace(/\.mod$/, '').replaceAll('-', '_');
    for (const object of fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8').split(/\s+/)) {
      const file = path.relative(out, path.resolve(out, object)).replace(/\.o$/, '.c');
      if (object === '' || !fs.existsSync(path.join(tree, file))) continue;
      made.set(file, (made.get(file) ?? new Set<string>()).add(module));
    }
  }
  const isWritten = (file: string): boolean => fs.existsSync(path.join(tree, file));
  const files = [...new Set([...made.keys(), ...worked.keys()])].filter(isLooked).filter(isWritten).sort();
  return files.flatMap((file) => {
    const [is, said] = [[...(made.get(file) ?? [])], worked.get(file)];
    if (said === undefined ? is.length === 0 : is.includes(said)) return [];
    return [`${file} goes into ${is.join(', ') || 'no module'}, and is said to go into ${said ?? 'none'}`];
  });
}

process.exit(main());
