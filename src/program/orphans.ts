import type { FunctionEntry, Id, Module, ModuleInfo, Program } from './program.ts';

/** The words by which the kernel tells a set-up from its counterpart (`foo_init`, `foo_cleanup`). */
const setUp = new Set(['init', 'register', 'setup', 'start', 'create']);
const takeDown = new Set(['exit', 'fini', 'cleanup', 'unregister', 'uninit', 'deinit', 'stop', 'destroy', 'shutdown']);

/** All that is loaded and unloaded: the modules, and what belongs to one whose own file was not given. */
export function livesOf(program: Program, moduleInfo: (file: string) => ModuleInfo | undefined): readonly Module[] {
  return [...program.modules, ...orphansOf(program, moduleInfo)];
}

/**
 * External functions that register an ops and that nothing which was given calls, each taken for the init of a module:
 * `int __init foo_net_init(void)` of a file that is looked at without the one which has the initcall. Its exit is its
 * counterpart by name. What an init leaves behind when it fails, its caller cannot know of either.
 */
function orphansOf(program: Program, moduleInfo: (file: string) => ModuleInfo | undefined): Module[] {
  const roots = program.modules.flatMap(({ init, exits }) => [init, ...exits].flatMap((root) => root?.fn.id ?? []));
  const reached = closure(roots, (id) => program.callees(id).map((callee) => callee.id));
  const isOpen = ({ id, fact }: FunctionEntry): boolean =>
    !fact.isStatic && fact.params.length === 0 && !reached.has(id);
  const direct = program.allFunctions().filter(({ id }) => calls(program, id, registering));
  if (direct.every(({ id }) => reached.has(id))) return [];
  const callers = callersIn(program);
  const above = (name: RegExp): FunctionEntry[] => {
    const ids = direct.flatMap(({ id }) => (calls(program, id, name) ? id : []));
    const all = closure(ids, (id) => callers.get(id) ?? []);
    return [...all]
      .sort()
      .flatMap((id) => program.functionById(id) ?? [])
      .filter(isOpen);
  };
  // What lies in the init section itself is called by an init that gives up, and never later.
  const exits = above(/^unregister_pernet_/).filter(({ fact }) => !fact.attributes.includes('__init'));
  return above(/^register_pernet_/).flatMap((init): Module[] => {
    if (callers.has(init.id)) return [];
    const stem = stemOf(init.fact.name, setUp);
    const exit = exits.find(
      ({ file, fact }) => file === init.file && stem !== null && stemOf(fact.name, takeDown) === stem,
    );
    const info = moduleInfo(init.file);
    return [
      {
        name: info?.name ?? init.file.replace(/^.*\//, '').replace(/\.[ch]$/, ''),
        file: init.file,
        init: entryOf(init),
        exits: exit ? [entryOf(exit)] : [],
        unloadable: info?.loadable ?? exit !== undefined,
      },
    ];
  });
}

/** Who calls each function, itself left out. */
function callersIn(program: Program): ReadonlyMap<Id, readonly Id[]> {
  const callers = new Map<Id, Id[]>();
  for (const { id } of program.allFunctions()) {
    for (const callee of program.callees(id)) {
      if (callee.id === id) continue;
      const known = callers.get(callee.id);
      if (known) known.push(id);
      else callers.set(callee.id, [id]);
    }
  }
  return callers;
}

/** A name without the word that says what it does; null where it has none. */
function stemOf(name: string, words: ReadonlySet<string>): string | null {
  const parts = name.split('_');
  const at = parts.findLastIndex((part) => words.has(part));
  return at < 0 ? null : parts.toSpliced(at, 1).join('_');
}

function entryOf(fn: FunctionEntry): NonNullable<Module['init']> {
  return { fn, call: { macro: 'called', fn: fn.fact.name, at: fn.fact.at } };
}

const registering = /^(un)?register_pernet_/;

/** By the names of a function's body, which do not change, those of them that register or unregister. */
const registrations = new WeakMap<ReadonlySet<string>, readonly string[]>();

/** Whether a function calls what registers or unregisters, by a name of these. */
function calls(program: Program, id: Id, name: RegExp): boolean {
  const all = program.calls(id);
  let found = registrations.get(all);
  if (!found) registrations.set(all, (found = [...all].filter((word) => registering.test(word))));
  return found.some((word) => name.test(word));
}

function closure(roots: readonly Id[], next: (id: Id) => readonly Id[]): Set<Id> {
  const found = new Set<Id>();
  const queue = [...roots];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    queue.push(...next(id));
  }
  return found;
}
