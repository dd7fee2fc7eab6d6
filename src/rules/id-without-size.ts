import type { History } from '../lifecycle/index.ts';
import page from './id-without-size.md';
import { fieldProblems } from './fields.ts';
import { isOf, isRegister, registrationsOf, spotOf } from './reading.ts';
import type { Problem, Rule } from './rule.ts';

export const idWithoutSize: Rule = {
  id: 'pernet/id-without-size',
  severity: 'warning',
  invariant: 'An ops with .id has .size.',
  page,
  check: (history) => [
    ...fieldProblems(history, { has: 'id', lacks: 'size' }, (ops, refused) =>
      refused
        ? `${ops} has .id but no .size: this kernel refuses to register it (-EINVAL)`
        : `${ops} has .id but no .size: an id is taken, but no data is allocated and net_generic() yields NULL in every namespace`,
    ),
    ...sizesOfPointers(history),
  ],
};

/** Data that has room for a pointer, and is used as the structure itself. */
function sizesOfPointers(history: History): Problem[] {
  return registrationsOf(history).flatMap(({ step, ops, index, name }) => {
    const field = ops.fact.fields.find((each) => each.name === 'size');
    const struct = isRegister(step) && field ? history.state.bodies.usedBeyondPointer(ops) : null;
    if (!field || struct === null) return [];
    const init = history.events.findIndex((each, at) => at > index && isOf(each, name) && each.event.event === 'init');
    return [
      {
        spot: { file: ops.file, at: field.at },
        fn: null,
        ops,
        message: `${ops.fact.name} has a .size of one pointer, and its data is used as a struct ${struct}: what lies behind that much is someone else's memory`,
        failing: init >= 0 ? init : index,
        related: [{ ...spotOf(step), message: `registered here` }],
        key: `pointer|${ops.id}`,
      },
    ];
  });
}
