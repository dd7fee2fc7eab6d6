import type { FileFacts, FunctionFact, OpsFact } from './ir.ts';

/** A function by its name that sets up what a namespace has, with the words of the name that undoes it. */
const undoing: Readonly<Record<string, readonly string[]>> = {
  init: ['exit', 'fini', 'cleanup', 'uninit', 'deinit', 'destroy', 'shutdown'],
  register: ['unregister'],
  setup: ['teardown', 'cleanup', 'destroy'],
  create: ['destroy', 'remove'],
  start: ['stop'],
};

/**
 * For a file without ops of its own that is looked at without the one which has them: what stands for these. A function
 * that is there for other files, that none of this one calls, and that takes a namespace (or is marked `__net_init`) is
 * called by some ops' init; the function that undoes it by its name, by that ops' exit (net/smc/smc_sysctl.c,
 * smc_sysctl_net_init() and smc_sysctl_net_exit()).
 */
export function standIns({ functions, ops, mentions }: FileFacts): OpsFact[] {
  if (ops.length > 0) return [];
  const mentioned = new Set(Object.values(mentions).flatMap((words) => words.map((word) => word.replace('()', ''))));
  const open = functions.filter(
    (fn) => !fn.isStatic && fn.params.length === 1 && !mentioned.has(fn.name) && fn.blocks !== null,
  );
  const byName = new Map(open.map((fn) => [fn.name, fn]));
  return open.flatMap((init): OpsFact[] => {
    const isMarked = init.attributes.includes('__net_init');
    if (!isMarked && !takesNet(init)) return [];
    const words = init.name.split('_');
    const at = words.findLastIndex((word) => Object.hasOwn(undoing, word));
    if (at < 0) return [];
    const names = (undoing[words[at]!] ?? []).map((word) => words.with(at, word).join('_'));
    const exit = names.map((name) => byName.get(name)).find((fn) => fn !== undefined);
    if (!exit && !isMarked) return [];
    return [standIn([...words.toSpliced(at, 1), 'ops'].join('_'), init, exit)];
  });
}

function takesNet({ params, structs }: FunctionFact): boolean {
  return structs?.[params[0] ?? ''] === 'net*';
}

function standIn(name: string, init: FunctionFact, exit: FunctionFact | undefined): OpsFact {
  const field = (of: string, { name: fn, at }: FunctionFact): OpsFact['fields'][number] => ({
    name: of,
    text: fn,
    value: { k: 'id', name: fn, at },
    at,
  });
  return {
    name,
    isStatic: true,
    isStandIn: true,
    attributes: [],
    fields: [field('init', init), ...(exit ? [field('exit', exit)] : [])],
    at: init.at,
    span: init.at,
    elements: null,
    options: [],
  };
}
