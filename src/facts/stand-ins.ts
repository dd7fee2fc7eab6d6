import type { FileFacts, FunctionFact, OpsFact } from './ir.ts';
import { counterparts } from './opposites.ts';
import { namesMentioned } from './words.ts';

/** The words of names by which a function sets up what a namespace has. */
const settingUp = new Set(['init', 'register', 'setup', 'create', 'start']);

/**
 * For a file without ops of its own that is looked at without the one which has them: what stands for these. A function
 * that is there for other files, that none of this one calls, and that takes a namespace (or is marked `__net_init`) is
 * called by some ops' init; the function that undoes it by its name, by that ops' exit (net/smc/smc_sysctl.c,
 * smc_sysctl_net_init() and smc_sysctl_net_exit()).
 */
export function standIns(facts: FileFacts): OpsFact[] {
  const { functions, ops } = facts;
  if (ops.length > 0) return [];
  const mentioned = namesMentioned(facts);
  const open = functions.filter(
    (fn) => !fn.isStatic && fn.params.length === 1 && !mentioned.has(fn.name) && fn.blocks !== null,
  );
  const byName = new Map(open.map((fn) => [fn.name, fn]));
  return open.flatMap((init): OpsFact[] => {
    const isMarked = init.attributes.includes('__net_init');
    if (!isMarked && !takesNet(init)) return [];
    const words = init.name.split('_');
    const at = words.findLastIndex((word) => settingUp.has(word));
    if (at < 0) return [];
    const exit = counterparts(init.name)
      .map((name) => byName.get(name))
      .find((fn) => fn !== undefined);
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
