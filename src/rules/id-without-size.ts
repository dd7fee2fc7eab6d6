import page from './id-without-size.md';
import { fieldProblems } from './fields.ts';
import type { Rule } from './rule.ts';

export const idWithoutSize: Rule = {
  id: 'pernet/id-without-size',
  severity: 'warning',
  invariant: 'An ops with .id has .size.',
  page,
  check: (history) =>
    fieldProblems(history, { has: 'id', lacks: 'size' }, (ops, refused) =>
      refused
        ? `${ops} has .id but no .size: this kernel refuses to register it (-EINVAL)`
        : `${ops} has .id but no .size: an id is taken, but no data is allocated and net_generic() yields NULL in every namespace`,
    ),
};
