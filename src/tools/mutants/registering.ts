import { expressionsOf, walkExpression, type FunctionFact } from '../../facts/index.ts';

const registering = /^register_pernet_(?:subsys|device)$/;
const unregistering = /^unregister_pernet_(?:subsys|device)$/;

/** What a call of the kernel's own does with an ops; null for any other call. */
export function registrationOf(name: string): 'register' | 'unregister' | null {
  if (registering.test(name)) return 'register';
  return unregistering.test(name) ? 'unregister' : null;
}

/**
 * What a function does with an ops that it is passed, as tcf_register_action() does; null where it is no such wrapper. One
 * that registers takes back as well: what comes first in the text says what it is for.
 */
export function wrapperOf({ blocks, params }: FunctionFact): 'register' | 'unregister' | null {
  for (const expression of expressionsOf(blocks ?? []))
    for (const inner of walkExpression(expression)) {
      if (inner.k !== 'call' || inner.fn.k !== 'id') continue;
      const kind = registrationOf(inner.fn.name);
      if (kind && inner.args.some((arg) => arg.k === 'id' && params.includes(arg.name))) return kind;
    }
  return null;
}
