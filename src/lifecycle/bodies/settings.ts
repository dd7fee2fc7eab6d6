import type { Expr } from '../../facts/ir.ts';

/** A variable, a member of one, or a bit of it, that an expression sets. */
export interface Setting {
  readonly name: string;
  /** Which bit of it, as that is written; empty for all of it. */
  readonly bit: string;
  /** Whether it is something then, or nothing: 0, NULL. */
  readonly isSet: boolean;
  /** Whether that is all that is told by what it is set to: a constant, or something that is published. */
  readonly isPlain: boolean;
  /** Whether it is set by what is only for what others may go on by. */
  readonly isPublished: boolean;
}

/** Calls that open a gate to others by what they pass first (include/linux/rcupdate.h, jump_label.h), and close it. */
const publishing = /^(?:rcu_assign_pointer|static_branch_(?:enable|inc)|static_key_enable)$/;
const closing = /^(?:static_branch_(?:disable|dec)|static_key_disable)$/;

/** Calls that set what they are passed first to what they are passed then (and arch's barrier.h, include/linux/atomic.h). */
const setting =
  /^(?:WRITE_ONCE|RCU_INIT_POINTER|rcu_(?:assign|replace)_pointer|smp_store_(?:release|mb)|xchg|atomic(?:64|_long)?_set(?:_release)?)$/;

/** Calls by which others see what was written before, so that what they set is plainly there to be asked for. */
const releasing = /^smp_store_(?:release|mb)$/;

/** Calls that set and clear a bit: `set_bit(FOO_READY, &foo_flags)` (include/linux/bitops.h). */
const settingBit = /^(?:__)?(?:test_and_)?set_bit$/;
const clearingBit = /^(?:__)?(?:test_and_)?clear_bit(?:_unlock)?$/;

/** The name by which something that is set is known; undefined where it has none. */
type NameOf = (e: Expr | undefined) => string | undefined;

/** What an expression sets; undefined where that has no name, or where it sets nothing. */
export function settingBy(e: Expr, nameOf: NameOf = variableIn): Setting | undefined {
  if (e.k === 'assign') return e.op === '=' ? settingOf(nameOf, e.to, e.from) : undefined;
  if (e.k === 'update') {
    const name = e.op === '++' ? nameOf(e.of) : undefined;
    return name === undefined ? undefined : { name, bit: '', isSet: true, isPlain: true, isPublished: false };
  }
  if (e.k !== 'call' || e.fn.k !== 'id') return undefined;
  const { name: call } = e.fn;
  const [first, second] = e.args;
  if (settingBit.test(call) || clearingBit.test(call)) {
    const name = nameOf(addressed(second));
    if (name === undefined) return undefined;
    return { name, bit: bitOf(first), isSet: settingBit.test(call), isPlain: true, isPublished: false };
  }
  const [isPublished, isClosing] = [publishing.test(call), closing.test(call)];
  if (!isPublished && !isClosing && !setting.test(call)) return undefined;
  const set = settingOf(nameOf, addressed(first), second);
  if (!set) return undefined;
  const isSet = isClosing ? false : setting.test(call) ? set.isSet : true;
  return { ...set, isSet, isPlain: isPublished || isClosing || releasing.test(call) || set.isPlain, isPublished };
}

function settingOf(nameOf: NameOf, to: Expr | undefined, from: Expr | undefined): Setting | undefined {
  const name = nameOf(to);
  if (name === undefined) return undefined;
  return { name, bit: '', isSet: !isNothing(from), isPlain: from?.k === 'num', isPublished: false };
}

/** The variable that an expression is, or the member of one: `foo_ready`, `foo_state.ready`. */
export function variableIn(e: Expr | undefined): string | undefined {
  if (e?.k === 'id') return e.name;
  if (e?.k !== 'field' || e.arrow) return undefined;
  const of = variableIn(e.of);
  return of === undefined ? undefined : `${of}.${e.name}`;
}

/** The member that an expression is, whatever it is one of: `live` of `fn->live`, and of `fn->state.live`. */
export function memberIn(e: Expr | undefined): string | undefined {
  return e?.k === 'field' ? e.name : undefined;
}

function bitOf(e: Expr | undefined): string {
  return e?.k === 'id' ? e.name : e?.k === 'num' ? (e.name ?? `${e.value ?? ''}`) : '?';
}

export function isNothing(e: Expr | undefined): boolean {
  return (e?.k === 'num' && e.value === 0) || (e?.k === 'id' && e.name === 'NULL');
}

function addressed(e: Expr | undefined): Expr | undefined {
  return e?.k === 'unary' && e.op === '&' ? e.of : e;
}
