import type { SyntaxNode } from '../../syntax/index.ts';
import type { Mutant, MutantClass, Skipped } from './mutant.ts';
import type { Fn, Source } from './source.ts';
import { isAmongOthers, lastName, lineOf, removal, statementCall, type Call } from './tree.ts';
import { rotate, unitsOf, type Unit } from './units.ts';

/** Calls that let the outside reach a module. */
const exposing = new RegExp(
  '^(?:(?:netlink_)?register_\\w*notifier|netlink_register_notifier|genl_register_family|rtnl_link_register|' +
    'rtnl_register\\w*|rtnl_af_register|inet6?_add_protocol|inet6?_add_offload|inet6?_register_protosw|dev_add_pack|' +
    'nf_register_\\w+|nfnetlink_subsys_register|nf_log_register|sock_register|xt_register_\\w+|xfrm\\w*_register\\w*|' +
    'register_filesystem|misc_register|register_qdisc|gre_add_protocol|can_proto_register|ebt_register_\\w+|' +
    'lwtunnel_encap_add_ops|pppox_register\\w*|register_pppox_proto|tcp_register_ulp|nft_register_\\w+)$',
);
/** Ends of those whose users hold the module, so that there are none when its exit runs. */
const holding =
  /^(?:un|de)?register_(?:filesystem|qdisc|pppox_\w+)$|^sock_|protosw|^proto_|^misc_|^xt_|^ebt_|^tcp_unregister_ulp$|^nft_/;
const endsExposing =
  /^(?:netlink_|inet6?_|genl_|rtnl_\w*|nf_|nfnetlink_\w*|gre_|can_|xfrm\w*_|dev_)?(?:un|de)?(?:register|del|remove)\w*$|^\w+_unregister\w*$/;
const resource = /^(?:kmem_cache_create\w*|KMEM_CACHE\w*|alloc_(?:ordered_)?workqueue|create_\w*workqueue)$/;
const resourceGone = /^(?:kmem_cache_destroy|destroy_workqueue)$/;

/** Moves the first unit of a kind behind the next one of another, in module inits. */
function* movedInInit(
  source: Source,
  options: {
    first: (call: Call) => boolean;
    then: (call: Call) => boolean;
    /** Why the order does not matter, where it does not. */
    harmless?: (first: Call, then: Call) => string | null;
  },
): Generator<Mutant | Skipped> {
  for (const fn of source.functions) {
    const role = source.world.initRole(fn.id);
    if (!role || source.world.exitRole(fn.id)) continue;
    const units = unitsOf(fn);
    for (const [index, unit] of units.entries()) {
      const to = options.first(unit.call) ? units.findIndex((each, at) => at > index && options.then(each.call)) : -1;
      if (to < 0) continue;
      const harmless = options.harmless?.(unit.call, units[to]!.call) ?? null;
      if (harmless !== null) {
        yield { skipped: harmless };
        continue;
      }
      const range = units.slice(index, to + 1);
      const edits = role === 'loadable' ? rotate(source, fn, range) : { skipped: 'built-in' };
      yield 'skipped' in edits ? edits : { edits, ...describe(fn, unit, units[to]!) };
    }
  }
}

function describe(fn: Fn, unit: Unit, behind: Unit): Omit<Mutant, 'edits'> {
  return { line: lineOf(unit.from), fn: fn.name, what: `${unit.call.name} moved behind ${behind.call.name}` };
}

export const registeredLate: MutantClass = {
  name: 'registered-late',
  expected: ['registered-too-late', 'generic-outside-registration'],
  order: true,
  mutants: (source) =>
    movedInInit(source, {
      first: ({ name }) => source.world.isRegister(name),
      then: ({ name }) => exposing.test(name),
      harmless: (first, then) => (getsAtState(source, first, then, ['init']) ? null : apart),
    }),
};

export const resourceAfterPernet: MutantClass = {
  name: 'resource-after-pernet',
  expected: ['registered-before-resource'],
  order: true,
  mutants: (source) =>
    movedInInit(source, {
      first: ({ name }) => resource.test(name),
      then: ({ name }) => source.world.isRegister(name),
      harmless: (first, then) => {
        const to = first.node.parent?.type === 'assignment_expression' ? lastOfLeft(first.node.parent) : null;
        return to !== null && opsUse(source, then, to, ['init']) ? null : unused;
      },
    }),
};

function lastOfLeft(assignment: SyntaxNode): string | null {
  const left = assignment.childForFieldName('left');
  return left ? lastName(left) : null;
}

const apart = 'what is registered gets at no state of the ops';

/** Whether what a call lets the outside reach leads to what an ops keeps for a namespace. */
function getsAtState(source: Source, ops: Call, exposed: Call, fields: readonly string[]): boolean {
  const names = exposed.args.flatMap((arg) => lastName(arg) ?? []);
  return ops.args.some((arg) => {
    const name = lastName(arg);
    return name !== null && source.world.getsAtState(source.file, name, names, fields);
  });
}

const unused = 'no callback of the ops uses it';

/** Whether what a registration's or unregistration's ops calls back mentions a name, in whatever file. */
function opsUse(source: Source, { args }: Call, name: string, fields?: readonly string[]): boolean {
  const ops = args.flatMap((arg) => lastName(arg) ?? []);
  return ops.some((each) => source.world.callbacksMention(source.file, each, name, fields));
}

/** The statements of module exits that are calls of one kind. */
function* exitCalls(
  source: Source,
  wanted: (call: Call) => boolean,
): Generator<{ fn: Fn; statement: SyntaxNode; call: Call } | Skipped> {
  for (const fn of source.functions) {
    const role = source.world.exitRole(fn.id);
    if (!role) continue;
    for (const { statement } of fn.steps) {
      const call = statementCall(statement);
      if (!call || !wanted(call)) continue;
      if (role === 'built-in') yield { skipped: 'built-in' };
      else if (isAmongOthers(statement)) yield { fn, statement, call };
    }
  }
}

/** Moves a statement of a function before another one. */
function moved(
  source: Source,
  { fn, statement, call }: { fn: Fn; statement: SyntaxNode; call: Call },
  before: SyntaxNode,
): Mutant {
  const own = source.text.slice(statement.startIndex, statement.endIndex);
  const place = { start: before.startIndex, end: before.startIndex, text: `${own} ` };
  const first = source.text.slice(before.startIndex, before.endIndex).replace(/\s+/g, ' ').slice(0, 40);
  const what = `${call.node.text} moved before ${first}`;
  return { edits: [place, removal(statement)], line: lineOf(statement), fn: fn.name, what };
}

const exitFields = ['pre_exit', 'exit', 'exit_batch', 'exit_batch_rtnl', 'exit_rtnl'];

export const unregisteredEarly: MutantClass = {
  name: 'unregistered-early',
  expected: ['unregistered-too-early', 'generic-outside-registration', 'resource-gone-before-unregister'],
  order: true,
  *mutants(source) {
    for (const found of exitCalls(source, ({ name }) => source.world.isUnregister(name))) {
      if ('skipped' in found) yield found;
      else {
        const first = found.fn.steps.find(({ statement }) => statement.type !== 'declaration')!.statement;
        if (first.id === found.statement.id) yield { skipped: 'it comes first already' };
        else if (!exposedBefore(source, found)) yield { skipped: apart };
        else yield moved(source, found, first);
      }
    }
  },
};

/** Whether a statement before an unregistration ends what lets the outside in without holding the module. */
function exposedBefore(
  source: Source,
  { fn, statement, call: own }: { fn: Fn; statement: SyntaxNode; call: Call },
): boolean {
  return fn.steps.some(({ statement: other }) => {
    const call = other.startIndex < statement.startIndex ? statementCall(other) : null;
    if (call === null || !endsExposing.test(call.name) || holding.test(call.name)) return false;
    return !source.world.isUnregister(call.name) && getsAtState(source, own, call, exitFields);
  });
}

function usedByOps(source: Source, gone: Call, unregister: SyntaxNode): boolean {
  const name = gone.args[0] ? lastName(gone.args[0]) : null;
  const call = statementCall(unregister);
  return name !== null && call !== null && opsUse(source, call, name);
}

export const resourceGoneEarly: MutantClass = {
  name: 'resource-gone-early',
  expected: ['resource-gone-before-unregister'],
  order: true,
  *mutants(source) {
    for (const found of exitCalls(source, ({ name }) => resourceGone.test(name))) {
      if ('skipped' in found) yield found;
      else {
        const unregister = found.fn.steps.find(({ statement }) =>
          source.world.isUnregister(statementCall(statement)?.name ?? ''),
        )?.statement;
        if (!unregister) yield { skipped: 'nothing is unregistered beside it' };
        else if (!usedByOps(source, found.call, unregister)) yield { skipped: unused };
        else if (unregister.startIndex > found.statement.startIndex) yield { skipped: 'it comes first already' };
        else yield moved(source, found, unregister);
      }
    }
  },
};
