import { expressionsOf, walkExpression, type Block, type Expr, type FunctionFact } from '../../facts/ir.ts';
import { goesOut } from './frees-itself.ts';
import { generalGetters, isHarmless, isListAdd, storing, handsOn } from './known.ts';
import { localsOf } from './locals.ts';

/**
 * Something that a function was passed, or what was read from a member of it (`ipv6.table`; '' the thing itself;
 * `&ipv6.table` that member's own address), goes on to a place that outlives the function; or to an argument of a call, and
 * then it is for that to say. `=` where what lies behind it is changed. Plain data.
 */
export type Kept =
  readonly [param: number, member: string] | readonly [param: number, member: string, call: string, argument: number];

interface Origin {
  readonly param: number;
  readonly member: string;
}

/** What a function does with what it is passed, by its text alone; null where that was not read, or may be anything. */
export function keptOf(fact: FunctionFact): readonly Kept[] | null {
  const { blocks, unreadable, params } = fact;
  if (!blocks || unreadable) return null;
  const origins = originsIn(blocks, params);
  if (!origins) return null;
  const locals = localsOf(fact);
  const kept = new Map<string, Kept>();
  const add = (each: Kept): void => {
    kept.set(each.join('|'), each);
  };
  const keep = (e: Expr): void => {
    for (const { param, member } of carried(e, origins)) add([param, member]);
  };
  const change = (e: Expr): void => {
    for (const { param } of carried(e.k === 'unary' ? e.of : e, origins)) add([param, '=']);
  };
  const pass = (e: Expr & { k: 'call' }): void => {
    const name = e.fn.k === 'id' ? e.fn.name : null;
    if (name !== null && (handsOn.has(name) || asking.test(name) || generalGetters.has(name))) return;
    // What a member lies in may be changed by way of that.
    if (name !== null && goesOut.test(name)) e.args.forEach(change);
    e.args.forEach((argument, index) => {
      const stores = name !== null && storing.has(name);
      // A list does not own its head, nor does a place what it is in.
      const fills = name !== null && (isHarmless(name) || (isListAdd(name) && index > 0) || (stores && index === 0));
      if (fills) change(argument);
      else
        for (const { param, member } of carried(argument, origins))
          add(name === null || stores ? [param, member] : [param, member, name, index]);
    });
  };
  for (const expression of expressionsOf(blocks)) {
    for (const e of walkExpression(expression)) {
      if (e.k === 'assign' || e.k === 'update') {
        const to = e.k === 'assign' ? e.to : e.of;
        const isLocal = to.k === 'id' && locals.has(to.name);
        if (!isLocal) change(to);
        if (!isLocal && e.k === 'assign') keep(e.from);
      } else if (e.k === 'init') {
        for (const { value } of e.members) keep(value);
      } else if (e.k === 'other' && !/^(?:sizeof|offsetof|typeof)\b/.test(e.text)) keepWords(e, origins, keep);
      else if (e.k === 'call') pass(e);
    }
  }
  for (const { end } of blocks) if (end.e === 'return' && end.value) keep(end.value);
  return [...kept.values()];
}

/** Calls that only look at what they are passed. */
const asking =
  /^(?:IS_ERR\w*|PTR_ERR|pr_\w+|printk|(?:net)?dev_(?:err|warn|info|dbg)|nla_\w+|atomic\w*_read|refcount_read|test_bit|h?list_empty\w*|skb_queue_empty|timer_pending|\w+_is_locked|lockdep_\w+|WARN_ON\w*|BUG_ON|ASSERT_RTNL|time_(?:after|before)\w*|ntoh[sl]|be\d+_to_cpu|min|max|min_t|max_t|ipv6_addr_\w+|strn?cmp|strlen|memcmp)$/;

/** What a text that is not read any closer speaks of. */
function keepWords(e: Expr & { k: 'other' }, origins: Origins, keep: (e: Expr) => void): void {
  for (const name of e.text.match(/[A-Za-z_]\w*/g) ?? []) if (origins.has(name)) keep({ k: 'id', name, at: e.at });
}

type Origins = ReadonlyMap<string, readonly Origin[]>;

/** A variable that goes on from one thing to the next (`p = &p->next.p`) comes from ever more places; these are enough. */
const mostOrigins = 48;

/**
 * Where what lies in parameters and locals comes from: `tb = net->ipv6.table` from there, whatever else it may be; null
 * where one of them may come from too many places.
 */
function originsIn(blocks: readonly Block[], params: readonly string[]): Origins | null {
  const origins = new Map<string, readonly Origin[]>(
    params.map((name, param) => [name, [{ param, member: '' }]] as const),
  );
  const given: { name: string; from: Expr }[] = [];
  for (const { steps, end } of blocks) {
    for (const step of steps) if (step.s === 'declare' && step.init) given.push({ name: step.name, from: step.init });
    const [cursor] = end.e === 'each' ? end.args : [];
    if (end.e === 'each' && cursor?.k === 'id')
      for (const from of end.args.slice(1)) given.push({ name: cursor.name, from });
  }
  for (const expression of expressionsOf(blocks))
    for (const e of walkExpression(expression))
      if (e.k === 'assign' && e.to.k === 'id') given.push({ name: e.to.name, from: e.from });
  for (let changed = true; changed;) {
    changed = false;
    for (const { name, from } of given) {
      const known = origins.get(name) ?? [];
      const more = carried(from, origins).filter(
        (each) => !known.some((other) => other.param === each.param && other.member === each.member),
      );
      if (more.length === 0) continue;
      if (known.length + more.length > mostOrigins) return null;
      origins.set(name, [...known, ...more]);
      changed = true;
    }
  }
  return origins;
}

/** What of a function's parameters an expression's value may be, or lie in. */
function carried(e: Expr, origins: Origins): readonly Origin[] {
  switch (e.k) {
    case 'id':
      return origins.get(e.name) ?? [];
    case 'field':
      return carried(e.of, origins).map((of) => ({ ...of, member: memberIn(of.member, e) }));
    case 'unary':
      return e.op === '&' ? carried(e.of, origins).map(addressed) : [];
    case 'index':
      return carried(e.of, origins).map((of) =>
        /^$|\[\*\]$/.test(of.member) ? of : { ...of, member: `${of.member}[*]` },
      );
    case 'cond':
      return [...carried(e.then ?? e.test, origins), ...carried(e.else, origins)];
    case 'binary':
      return ['+', '-', '|', '&'].includes(e.op) ? [...carried(e.l, origins), ...carried(e.r, origins)] : [];
    case 'assign':
      return carried(e.from, origins);
    case 'comma': {
      const last = e.of.at(-1);
      return last ? carried(last, origins) : [];
    }
    case 'call': {
      const handed = e.fn.k === 'id' ? e.args[handsOn.get(e.fn.name) ?? -1] : undefined;
      return handed ? carried(handed, origins) : [];
    }
    default:
      return [];
  }
}

/** Farther than this what lies behind one another is not told apart: a list may be gone through by its links. */
export const mostArrows = 3;

/** A member of what lies at a member (`ipv6.table->rules`), or of what that points at. */
function memberIn(of: string, { name, arrow }: Expr & { k: 'field' }): string {
  const member = of.replace(/^&/, '');
  if (member === '') return name;
  if (member.split('->').length > mostArrows) return member;
  return `${member}${arrow && member === of ? '->' : '.'}${name}`;
}

function addressed({ param, member }: Origin): Origin {
  return { param, member: member === '' || member.startsWith('&') ? member : `&${member}` };
}
