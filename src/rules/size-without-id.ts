import page from './size-without-id.md';
import { fieldProblems } from './fields.ts';
import type { Rule } from './rule.ts';

export const sizeWithoutId: Rule = {
  id: 'pernet/size-without-id',
  severity: 'error',
  invariant: 'An ops with .size has .id.',
  page,
  check: (history) =>
    fieldProblems(history, { has: 'size', lacks: 'id' }, (ops, refused) =>
      refused
        ? `${ops} has .size but no .id: this kernel refuses to register it (-EINVAL)`
        : `${ops} has .size but no .id: nothing is allocated for a namespace, and nothing could be found by net_generic()`,
    ),
};
