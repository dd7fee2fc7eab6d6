import type { FileFacts } from '../facts/index.ts';
import { Program } from '../program/index.ts';

const pernetCall = /^(un)?register_pernet_/;

/** Whether a name is that of a call that registers or unregisters an ops. */
export function isPernetCall(name: string): boolean {
  return pernetCall.test(name);
}

/** Functions whose callers are looked for. */
export type Wanted = readonly { readonly file: string; readonly name: string }[];

export function textOf(wanted: Wanted): string {
  return wanted.map(({ file, name }) => `${file}#${name}`).join();
}

/** Functions that register and that no initcall reaches yet. */
export function wantedCallers(files: readonly FileFacts[], hidden: (facts: FileFacts) => readonly FileFacts[]): Wanted {
  return [...unreachedRegistrars(files), ...files.flatMap((facts) => hiddenRegistrars(hidden(facts)))];
}

/** External functions from which a registration can be reached, and which nothing that is loaded calls. */
function unreachedRegistrars(files: readonly FileFacts[]): { file: string; name: string }[] {
  const program = new Program(files, () => undefined);
  const callers = new Map<string, string[]>();
  const queue: string[] = [];
  for (const { id } of program.allFunctions()) {
    if ([...program.calls(id)].some((name) => isPernetCall(name))) queue.push(id);
    for (const callee of program.callees(id)) {
      if (callee.id !== id) callers.set(callee.id, [...(callers.get(callee.id) ?? []), id]);
    }
  }
  const roots = new Set(
    program.modules.flatMap((module) => [module.init, ...module.exits].flatMap((root) => root?.fn.id ?? [])),
  );
  const seen = new Set<string>();
  const unreached: { file: string; name: string }[] = [];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const above = callers.get(id) ?? [];
    const entry = program.functionById(id)!;
    if (above.length === 0 && !roots.has(id) && !entry.fact.isStatic)
      unreached.push({ file: entry.file, name: entry.fact.name });
    queue.push(...above);
  }
  return unreached;
}

/** External functions that register in a configuration in which other arms of their file are read. */
function hiddenRegistrars(all: readonly FileFacts[]): Wanted {
  return all.flatMap((facts) => {
    const known = registrars.get(facts);
    if (known) return known;
    const program = new Program([facts], () => undefined);
    const direct = program.allFunctions().filter(({ id }) => [...program.calls(id)].some((name) => isPernetCall(name)));
    const found = direct.filter(({ fact }) => !fact.isStatic).map(({ file, fact }) => ({ file, name: fact.name }));
    registrars.set(facts, found);
    return found;
  });
}

const registrars = new WeakMap<FileFacts, Wanted>();
