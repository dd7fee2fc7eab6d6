import type { SyntaxNode } from '../../syntax/index.ts';
import type { Mutant, MutantClass, Skipped } from './mutant.ts';
import type { ChainLabel, Fn, Source } from './source.ts';
import { asCall, callsIn, lineOf, named, replacement, returned, statementAssignment } from './tree.ts';

interface Jump {
  readonly fn: Fn;
  readonly node: SyntaxNode;
  readonly label: SyntaxNode;
  /** Index into the function's chain. */
  readonly at: number;
  readonly isCallback: boolean;
}

/** Releases that do nothing when there is nothing to release, so that running them too early does no harm. */
const toleratesNothing =
  /^(?:k|kv|v|kz)free(?:_sensitive)?$|^free_percpu$|^kmem_cache_destroy$|^percpu_counter_destroy$|^free_pages$|^unregister_(?:net_)?sysctl_table$|^kset_unregister$|^rcu_barrier$|^synchronize_(?:rcu|net)$|^pr_\w+$|^printk$|unlock/;

/** Calls that leave nothing behind when they are left out: what they say, ask, or wait for. */
const undoesNothing =
  /^(?:pr|net|dev|netdev|netif)_\w*(?:err|warn|info|notice|debug|dbg|crit)\w*$|^printk$|^rcu_barrier$|^panic$|^net_eq$/;

/** The `goto`s into unwinding chains: of module inits that register and, where asked for, of ops' init callbacks. */
function* jumps(source: Source, options: { callbacks: boolean }): Generator<Jump | Skipped> {
  const { world } = source;
  const callbacks = new Set(world.callbacks.filter(({ field }) => field === 'init').map(({ fn }) => fn));
  for (const fn of source.functions) {
    const isCallback = callbacks.has(fn.id);
    const role = world.initRole(fn.id);
    if (isCallback ? !options.callbacks : !role || !world.registers(fn.id)) continue;
    for (const { node, label } of fn.gotos()) {
      const at = fn.chain.findIndex(({ name }) => name === label.text);
      if (at < 0 || fn.stepOf(node)?.unwinding) continue;
      const asked = askedBefore(fn, node);
      if (!isCallback && role !== 'loadable') yield { skipped: 'built-in' };
      else if (asked !== null && world.cannotFail(source.file, asked))
        yield { skipped: 'what it asks for cannot fail' };
      else yield { fn, node, label, at, isCallback };
    }
  }
}

/** The call whose result decides over a `goto`: in the condition around it, or assigned in the statement before that. */
function askedBefore(fn: Fn, node: SyntaxNode): string | null {
  let test: SyntaxNode | null = node;
  while (test && test.type !== 'if_statement' && test.id !== fn.body.id) test = test.parent;
  const condition = test?.type === 'if_statement' ? test.childForFieldName('condition') : null;
  if (!test || !condition) return null;
  const own = callsIn(condition).find(({ name }) => !/^(?:un)?likely$|^IS_ERR/.test(name));
  if (own) return own.name;
  const before = fn.statements.findLast((each) => each.endIndex <= test.startIndex);
  const value = before ? statementAssignment(before)?.value : undefined;
  return value ? (asCall(value)?.name ?? null) : null;
}

function undoes(source: Source, { statements }: ChainLabel, early: boolean): boolean {
  const { file, world } = source;
  const copes = (name: string): boolean =>
    world.onlyCalls(file, name, toleratesNothing) || world.copesWithTwice(file, name);
  return statements.some((each) => callsIn(each).some(({ name }) => !early || !copes(name)));
}

function* retargeted(source: Source, by: -1 | 1): Generator<Mutant | Skipped> {
  for (const jump of jumps(source, { callbacks: false })) {
    if ('skipped' in jump) {
      yield jump;
      continue;
    }
    const { fn, label, at, node } = jump;
    const to = fn.chain[at + by];
    if (!to) continue;
    // What is newly run, or no longer: the part between the two labels.
    const between = by < 0 ? to : fn.chain[at]!;
    if (!undoes(source, between, by < 0)) yield { skipped: 'the two labels undo the same' };
    else if (between.statements.at(-1)?.type === 'goto_statement' || endsInReturn(between))
      yield { skipped: 'the label before does not fall through' };
    else
      yield {
        edits: [replacement(label, to.name)],
        line: lineOf(node),
        fn: fn.name,
        what: `goto ${label.text} became goto ${to.name}`,
      };
  }
}

function endsInReturn({ statements }: ChainLabel): boolean {
  return statements.at(-1)?.type === 'return_statement';
}

const retargetRules = [
  'left-registered-on-error',
  'left-behind-on-error',
  'unregister-not-registered',
  'double-release',
  'error-lost',
];

export const wrongLabelEarly: MutantClass = {
  name: 'wrong-label-early',
  expected: retargetRules,
  mutants: (source) => retargeted(source, -1),
};

export const wrongLabelLate: MutantClass = {
  name: 'wrong-label-late',
  expected: retargetRules,
  mutants: (source) => retargeted(source, 1),
};

export const returnInsteadOfGoto: MutantClass = {
  name: 'return-instead-of-goto',
  expected: ['left-registered-on-error', 'left-behind-on-error', 'init-error-leak'],
  *mutants(source) {
    for (const jump of jumps(source, { callbacks: true })) {
      if ('skipped' in jump) yield jump;
      else if (
        !jump.fn
          .unwindingFrom(jump.label.text)
          .some((each) => callsIn(each).some(({ name }) => !undoesNothing.test(name)))
      )
        yield { skipped: 'the label undoes nothing' };
      else {
        const { fn, node, label } = jump;
        const value = errorVariable(fn);
        if (value === '') continue;
        yield {
          edits: [replacement(node, `return ${value};`)],
          line: lineOf(node),
          fn: fn.name,
          what: `goto ${label.text} became return ${value}`,
        };
      }
    }
  },
};

/** What the function's unwinding returns: its error variable, or -ENOMEM; nothing where it returns nothing. */
function errorVariable(fn: Fn): string {
  const last = fn.steps.map(({ statement }) => statement).findLast((each) => each.type === 'return_statement');
  if (!last || named(last).length === 0) return '';
  const value = returned(last);
  return value?.type === 'identifier' ? value.text : '-ENOMEM';
}
