import type { Expr, FieldFact, FunctionFact } from '../facts/ir.ts';
import type { FunctionEntry, Id, OpsEntry } from './entries.ts';
import { livesOf } from './orphans.ts';
import type { Module, ModuleInfo, Program } from './program.ts';

/**
 * Functions outside the core that register the ops which they are passed, and take back, on behalf of many modules: by
 * name, with their counterpart, and which argument the ops is. What calls them is told what they do (`pernetCalls`);
 * whether they do so is looked at once, where they are defined, and not for each of their callers.
 */
export const passedOn: readonly { readonly register: string; readonly unregister: string; readonly ops: number }[] = [
  // net/sched/act_api.c
  { register: 'tcf_register_action', unregister: 'tcf_unregister_action', ops: 1 },
];

/** What stands for any ops that such a function of a file is passed: it has the name of the parameter. */
export function passedOps(file: string, functions: readonly FunctionFact[]): OpsEntry | null {
  const [found] = passedOn.flatMap(({ register, ops }) => {
    const fact = functions.find(({ name }) => name === register);
    const name = fact?.params[ops];
    return fact && name ? [{ fact, name }] : [];
  });
  if (!found) return null;
  const { name, fact } = found;
  const { at } = fact;
  const variable: Expr = { k: 'id', name: 'id', at };
  // With an id and a size its registration can fail, and is none that the core refuses.
  const fields: FieldFact[] = [
    { name: 'id', text: '&id', value: { k: 'unary', op: '&', of: variable, at }, at },
    { name: 'size', text: '1', value: { k: 'num', value: 1, at }, at },
  ];
  return {
    id: `${file}#${fact.name}(${name})`,
    file,
    fact: { name, isStatic: true, attributes: [], fields, at, span: at, elements: null, options: [], isPassed: true },
  };
}

/** The life of any ops that is passed to such functions, as if they were the init and the exit of a module. */
export function livesOfPassed(program: Program, moduleInfo: (file: string) => ModuleInfo | undefined): Module[] {
  return passedOn.flatMap(({ register, unregister, ops: argument }) =>
    program.functionsNamed(register).flatMap((init): Module[] => {
      const { file } = init;
      const ops = program.passedOps(file);
      const exit = program.functionById(`${file}#${unregister}`);
      if (!ops || !init.fact.blocks) return [];
      return [
        {
          name: moduleInfo(file)?.name ?? file.replace(/^.*\//, '').replace(/\.[ch]$/, ''),
          file,
          init: entryOf(init),
          exits: exit?.fact.blocks ? [entryOf(exit)] : [],
          unloadable: true,
          passed: { argument, ops: ops.id },
        },
      ];
    }),
  );
}

function entryOf(fn: FunctionEntry): NonNullable<Module['init']> {
  return { fn, call: { macro: 'called', fn: fn.fact.name, at: fn.fact.at } };
}

/** All lives, those with what stands for many ops among them. */
export function allLivesOf(program: Program, moduleInfo: (file: string) => ModuleInfo | undefined): readonly Module[] {
  return [...livesOf(program, moduleInfo), ...livesOfPassed(program, moduleInfo)];
}

/** An ops that the init and the exits of a life are passed, as which of their arguments. */
export interface Passed {
  readonly argument: number;
  readonly ops: Id;
}
