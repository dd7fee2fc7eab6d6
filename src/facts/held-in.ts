import { argumentsIn, callAround, endOfCall, startOf, valueAt } from './around.ts';
import { matchesOf } from './matches.ts';
import type { OutlinedFunction } from './outline.ts';

/** A function by its text. */
export interface Body extends Omit<OutlinedFunction, 'head'> {
  /** From its name up to its body. */
  readonly head: string;
  readonly text: string;
}

/** Who puts into the member what it has made, and the local that holds it. */
interface Maker {
  readonly struct: string;
  /** What leads to the member from there: `core.`. */
  readonly path: string;
  readonly fn: string;
  readonly fresh: string;
}

/** An expression that has the member's value: from where to where in a function's text. */
interface Use {
  readonly from: number;
  readonly to: number;
  /** It is the member itself, not what was copied from it or is to be put there. */
  readonly isMember: boolean;
  /** It is what a maker has just made. */
  readonly isFresh: boolean;
}

const asking = /^(?:if|while|switch|likely|unlikely|sizeof|BUG_ON|IS_ERR\w*|PTR_ERR\w*|(?:DEBUG_NET_)?WARN_ON\w*)$/;
const same = /dereference|^(?:READ_ONCE|unrcu_pointer|RCU_INITIALIZER|rcu_access_pointer)$/;
const stores = /^(?:rcu_assign_pointer|RCU_INIT_POINTER|WRITE_ONCE|smp_store_release)$/;
const exchanges = /^(?:xchg|cmpxchg|rcu_replace_pointer)$/;
const frees = /^(?:k|kv|v|kz)free\w*$|^free_\w+$|^kmem_cache_free$|^call_rcu\w*$|^(?:kfree|kvfree)_rcu\w*$/;
const allocates = /alloc|dup/;
/** What may give a thing back, keep it, or have it given back later, by the name of a call. */
const takes =
  /free|release|destroy|unreg|register|attach|detach|insert|queue|install|publish|kref|refcount|commit|exchange|xchg|swap|replace|container_of|action|(?:^|_)(?:put|drop|del\w*|remove|rem|add|set|assign|store|link|bind|join|rcu|work\w*|timer\w*|ref|hold|get|give|push|list|kill|stop|close|exit|fini|cleanup|clear|purge|flush|drain|end|teardown|shutdown|deinit|uninit|retire|unload|dispose|discard|gc|merge|move|hand|handover|pass|own|keep|save|track|run|start|devm|defer|take|adopt|use|apply|init|setup|change|update|switch|reset|enable|disable|activate)(?:_|$)/;
const looksIn =
  /^(?:mem\w+|str\w+|seq_\w+|nla_\w+|cpumask_\w+|bitmap_\w+|(?:spin|mutex|read|write)_(?:un)?lock\w*|snprintf|scnprintf|list_empty\w*|per_cpu_ptr|this_cpu_\w+)$/;
/** What makes a member of it ready. */
const setsUp = /^INIT_H?LIST_HEAD$|_lock_init$|^(?:mutex|seqcount|u64_stats)_init$/;
const table = /\bstruct\s+(?:ctl_table|genl_\w*ops|rtnl_msg_handler|nfnl_callback)\b[^;={}]*=\s*\{([^;]*?)\}\s*;/g;

/** What becomes of what a member of per-net data holds in the text of a file. */
export class HeldIn {
  private readonly makers: ReadonlySet<string>;
  private readonly holders = new Map<string, Set<string>>();
  private readonly queue: { readonly fn: Body; readonly variable: string; readonly isFresh: boolean }[] = [];
  private readonly returning = new Set<string>();
  /** Whether a maker frees what the member held before. */
  private isReplaced = false;

  constructor(
    private readonly of: { readonly text: string; readonly original: string; readonly bodies: readonly Body[] },
    private readonly member: string,
    private readonly made: readonly Maker[],
  ) {
    this.makers = new Set(made.map(({ fn }) => fn));
  }

  /** Whether nothing gives it back but who replaces it. */
  isKept(): boolean {
    const { bodies } = this.of;
    if (!this.isNamedInBodiesOnly() || this.isOfFirst()) return false;
    for (const { fn, fresh } of this.made)
      for (const body of bodies) if (body.name === fn && fresh !== '') this.hold(body, fresh, true);
    const access = new RegExp(String.raw`(?:->|\.)\s*${this.member}\b`, 'g');
    for (const body of bodies)
      for (const { index, 0: whole } of matchesOf(body.text, access)) {
        const use = { from: startOf(body.text, index), to: index + whole.length, isMember: true, isFresh: false };
        if (use.from === index || /\binit_net$/.test(body.text.slice(0, index)) || !this.isHarmless(body, use))
          return false;
      }
    for (let next = this.queue.pop(); next !== undefined; next = this.queue.pop())
      for (const { index, 0: whole } of matchesOf(next.fn.text, new RegExp(String.raw`\b${next.variable}\b`, 'g'))) {
        if (/(?:->|\.)\s*$/.test(next.fn.text.slice(Math.max(0, index - 8), index))) continue;
        const isFresh = next.isFresh;
        const use = { from: index, to: index + whole.length, isMember: false, isFresh };
        if (!this.isHarmless(next.fn, use)) return false;
      }
    return !this.isReplaced || this.isBySettings();
  }

  /** Whether only the bodies that are read name the member: no macro, no table, no arm that is left out. */
  private isNamedInBodiesOnly(): boolean {
    const { text, original, bodies } = this.of;
    const access = new RegExp(String.raw`(?:->|\.)\s*${this.member}\b`, 'g');
    const inBodies = bodies.reduce((sum, body) => sum + matchesOf(body.text, access).length, 0);
    if (matchesOf(text, access).length !== inBodies || matchesOf(original, access).length !== inBodies) return false;
    const argument = new RegExp(String.raw`[(,]\s*${this.member}\s*[,)]`, 'g');
    const own = bodies.filter((body) => isLocalOf(body, this.member));
    const known = own.reduce((sum, { text: each }) => sum + matchesOf(each, argument).length, 0);
    return matchesOf(original, argument).length === known;
  }

  /** Whether who makes it, or who calls that, asks for the first namespace. */
  private isOfFirst(): boolean {
    const makers = new RegExp(String.raw`\b(?:${[...this.makers].join('|')})\b`);
    return this.of.bodies.some(
      ({ name, text }) => text.includes('init_net') && (this.makers.has(name) || makers.test(text)),
    );
  }

  private hold(fn: Body, variable: string, isFresh = false): boolean {
    const known = this.holders.get(fn.name) ?? new Set();
    this.holders.set(fn.name, known);
    const key = isFresh ? `+${variable}` : variable;
    if (!known.has(key)) this.queue.push({ fn, variable, isFresh });
    known.add(key);
    return true;
  }

  private isHarmless(fn: Body, use: Use): boolean {
    const { text } = fn;
    const { from, to, isMember } = use;
    const before = text.slice(Math.max(0, from - 400), from).trimEnd();
    const after = text.slice(to).trimStart();
    const isAddress = /(?<!&)&$/.test(before);
    if (/^(?:->|\.|\[)/.test(after)) return !isAddress || this.isAddressLookedAt(fn, use);
    if (isAddress) return isMember && this.isExchanged(fn, { ...use, from: text.lastIndexOf('&', from) });
    if (/[*!]$/.test(before)) return true;
    if (/^(?:==|!=|&&|\|\|)/.test(after)) return true;
    if (/^=/.test(after)) return !isMember || this.isSetTo(valueAt(text, to));
    const isChosen = /^\?\s*:/.test(after);
    if (after.startsWith('?') && !isChosen) return true;
    if (/(?:==|!=|&&|\|\|)$/.test(before)) return !isChosen;
    if (/\breturn(?:\s*\()?$/.test(before)) return this.isReturned(fn);
    if (/(?<![=!<>+*/%|&^-])=$/.test(before)) return this.isCopied(fn, before);
    if (/\($/.test(before) || /,$/.test(before)) return this.isPassed(fn, use);
    if (/\([\w\s]*\*+\s*\)$/.test(before)) return this.isHarmless(fn, { ...use, from: text.lastIndexOf('(', from) });
    return /[;{})]$/.test(before) && after.startsWith(';');
  }

  private isCopied(fn: Body, before: string): boolean {
    const to = /(?:[\w\]).]|->)*$/.exec(before.slice(0, -1).trimEnd())![0];
    return /^\w+$/.test(to) ? isLocalOf(fn, to) && this.hold(fn, to) : this.isOwn(fn, to);
  }

  /** Whether an expression is the member, by a pointer at the structure that it lies in. */
  private isOwn({ head, text }: Body, e: string): boolean {
    const { struct, path } = this.made[0]!;
    const [, root = '', rest] = /^(\w+)->([\w.]+)$/.exec(e.trim()) ?? [];
    const declaration = new RegExp(String.raw`\bstruct\s+${struct}\s*\*\s*(?:const\s+)?${root}\b`);
    return rest === `${path}${this.member}` && (declaration.test(head) || declaration.test(text));
  }

  /** The member's new value: nothing, or what a maker has made. */
  private isSetTo(value: string): boolean {
    const name = /^(?:RCU_INITIALIZER\s*\(\s*)?(\w+)\s*\)?$/.exec(value.trim())?.[1];
    if (name === 'NULL' || this.made.some(({ fresh }) => fresh !== '' && fresh === name)) return true;
    const by = /^(\w+)\s*\(/.exec(value.trim())?.[1];
    return by !== undefined && allocates.test(by);
  }

  private isReturned(fn: Body): boolean {
    if (!fn.isStatic) return false;
    if (this.returning.has(fn.name)) return true;
    this.returning.add(fn.name);
    const { text, bodies } = this.of;
    const name = new RegExp(String.raw`\b${fn.name}\b`, 'g');
    // One that is named beside its calls may be called from anywhere.
    const calls = bodies.map((body) => ({ body, all: matchesOf(body.text, name) }));
    const outside = matchesOf(text, name).length - calls.reduce((sum, { all }) => sum + all.length, 0);
    const heads = matchesOf(text, new RegExp(String.raw`\b${fn.name}\s*\([^;{}]*\)\s*[;{]`, 'g'));
    if (outside > heads.length) return false;
    return calls.every(({ body, all }) =>
      all.every(({ index }) => {
        const to = endOfCall(body.text, index + fn.name.length);
        return to > 0 && this.isHarmless(body, { from: index, to, isMember: false, isFresh: false });
      }),
    );
  }

  /** `&p->lock`: who is passed that does not take the whole thing. */
  private isAddressLookedAt({ name: own, text }: Body, { from }: Use): boolean {
    const call = callAround(text, text.lastIndexOf('&', from));
    if (!call || call.name === '') return false;
    if (this.makers.has(own) && frees.test(call.name)) return this.replaces();
    return looksIn.test(call.name) || setsUp.test(call.name) || !takes.test(call.name.toLowerCase());
  }

  private isExchanged(fn: Body, use: Use): boolean {
    const call = callAround(fn.text, use.from);
    return call !== null && call.index === 0 && exchanges.test(call.name) && this.isPassed(fn, use);
  }

  private replaces(): true {
    this.isReplaced = true;
    return true;
  }

  private isPassed(fn: Body, use: Use): boolean {
    const call = callAround(fn.text, use.from);
    if (!call) return false;
    const { name, index, from, to, args } = call;
    const outer = { ...use, from, to, isMember: false };
    if (asking.test(name)) return true;
    if (name === '') return this.isHarmless(fn, { ...use, from, to });
    if (same.test(name)) return this.isHarmless(fn, { ...outer, isMember: false });
    if (stores.test(name) || exchanges.test(name)) {
      const [at = '', ...values] = args;
      if (index > 0) return this.isOwn(fn, at.replace(/^\s*&/, ''));
      if (!use.isMember) return false;
      const value = name === 'rcu_replace_pointer' ? values[0] : values.at(-1);
      return this.isSetTo(value ?? '') && (stores.test(name) || this.isHarmless(fn, { ...outer, isFresh: false }));
    }
    const isMaker = this.makers.has(fn.name);
    if (frees.test(name)) return isMaker && (use.isFresh || this.replaces());
    if (isMaker && allocates.test(name)) return true;
    const callees = this.of.bodies.filter((each) => each.name === name);
    if (callees.length > 0)
      return callees.every((callee) => {
        const param = /(\w+)\s*$/.exec(argumentsIn(callee.head.slice(callee.head.indexOf('(') + 1))[index] ?? '')?.[1];
        return param !== undefined && this.hold(callee, param);
      });
    return looksIn.test(name) || (!takes.test(name) && /[a-z]/.test(name));
  }

  /** Whether the makers are called by settings and commands of users alone. */
  private isBySettings(): boolean {
    const { text, bodies } = this.of;
    const tables = matchesOf(text, table).map((match) => match[1]!);
    const above = new Set(this.makers);
    for (const name of above) {
      const named = new RegExp(String.raw`\b${name}\b`, 'g');
      if (!bodies.some((body) => body.name === name && body.isStatic)) return false;
      const users = bodies.filter((body) => body.text.search(named) >= 0);
      const inBodies = users.reduce((sum, body) => sum + matchesOf(body.text, named).length, 0);
      const inTables = tables.reduce((sum, each) => sum + matchesOf(each, named).length, 0);
      const heads = matchesOf(text, new RegExp(String.raw`\b${name}\s*\([^;{}]*\)\s*[;{]`, 'g')).filter(
        ({ index }) => !bodies.some(({ open, close }) => index > open && index < close),
      );
      if (matchesOf(text, named).length !== inBodies + inTables + heads.length) return false;
      if (users.some((body) => /\binit_net\b/.test(body.text))) return false;
      for (const { name: user } of users) above.add(user);
    }
    return true;
  }
}

/** Whether a name is declared in a function: a parameter, a local variable. */
function isLocalOf({ head, text }: Body, name: string): boolean {
  const declaration = new RegExp(String.raw`[*\w]\s*\b${name}\s*[;,=)]`);
  return declaration.test(head) || declaration.test(text);
}
