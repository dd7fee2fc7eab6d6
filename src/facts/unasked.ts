import { closingOf } from './gates.ts';
import { matchesOf } from './matches.ts';
import type { MentionedWord } from './memo.ts';
import { unasked, type UseForm } from './words.ts';

/**
 * What a function goes by, and where that is asked for, or waited for: who sets something up may hold the lock until it is
 * done, and what a macro does is not known. RCU and what spins is held by nobody meanwhile.
 */
const question =
  /\b(if|while|for|switch)\s*\(|\b\w*for_each\w*\s*\(|\?|&&|\|\||\b\w*(?:wait|sleep|delay(?!ed)|completion|schedule_timeout)\w*\s*\(|\b(?:schedule|kthread_parkme|scoped_guard|guard|down(?:_interruptible|_killable)?|(?!READ_ONCE|WRITE_ONCE|ARRAY_SIZE|IP6CB|IPCB)[A-Z][A-Z\d_]{2,})\s*\(|\b(?!\w*(?:unlock|rcu|spin|block|clock))\w*(?:lock|down_(?:read|write))\w*\s*\(/g;
const second = /&&|\|\||\?/;

/** What is asked of a packet, of an event or of a device, and not of what the module has for it. */
const ofOutside =
  /^(?:skb|event|write|likely|unlikely|true|false|sizeof|ntohs|ntohl|htons|htonl|pskb_may_pull|skb_is_nonlinear|skb_is_gso|skb_cloned|ip_is_fragment|ipv6_addr_any|kthread_should_stop|kthread_freezable_should_stop|kthread_freezable|try_to_freeze|freezing|netif_running|dev_net|net_eq|net|[A-Z]\w*)$/;
/** What macros call a packet, or an event, that they are passed. */
const ofPacket = /^(?:skb|event|write|fmt|\.\.\.)$/;
/** Locals that hold a part of a packet, the device that is told of, or what a general handler has said of a sysctl's value. */
const partOfPacket =
  /\b(\w+)\s*=\s*(?:\([^()]*\)\s*)?(?:(?:inner_)?(?:ip|ipv6|udp|tcp|sctp|eth|icmp|icmp6|arp|skb_eth|skb_vlan_eth|nlmsg)_hdr\s*\(\s*skb\s*\)|skb_header_pointer\s*\(\s*skb\b[^;]*|netdev_notifier_info_to_dev\s*\([^()]*\)|skb->(?:dev|data|len|protocol|mark|pkt_type)\b|proc_do\w+\s*\([^;]*\))\s*[;,]/g;
/** What `net_generic()` yields is there as long as its ops is registered. */
const gotData = /\b(\w+)\s*=\s*net_generic\s*\(/g;
const negated = /!\s*(\w+)\b(?!\s*(?:->|\.|\[|\())/g;
const root = /(?<![\w.]|->)[A-Za-z_]\w*/g;
const macroCall = /\b(?!IPCB|IP6CB|IS_ENABLED|BIT)[A-Z][A-Z\d_]*\s*\(/;
const ofState = /\b\w+->(?:in|out|hook|pf)\b(?!\s*(?:->|\[|\())/g;

const member = /\b([A-Za-z_]\w*)->(\w+(?:\.\w+)*)/g;
const called = /\b([A-Za-z_]\w*)\s*\(/g;
/** `read()` of a pointer that others change. */
const reading = /^(?:rcu_(?:dereference|access_pointer)\w*|READ_ONCE|smp_load_acquire|rtnl_dereference)$/;
/** What copes with NULL, or does not look into what it is passed. */
const harmless =
  /^(?:\w*free\w*|IS_ERR\w*|PTR_ERR\w*|WARN_ON\w*|BUG_ON|if|while|for|switch|return|sizeof|swap|ksize|krealloc\w*|(?:dev|netdev)_(?:put|hold)|module_put|kobject_(?:get|put)|(?:get|put)_device|debugfs_\w+|proc_remove|\w*_(?:read|set|inc|dec|add|sub)(?:_\w+)?|pr_\w+)$/;
/** Macros that take a waitqueue by its name. */
const takesByName = /^(?:wait_event|wake_up)\w*$/;

/** Who does so much without asking for anything is no callback that people write. */
const mostText = 10_000;

/** How a member is used is told by so many characters before it and after it. */
const mostAround = 200;

/**
 * What the text of a function's body uses of what pointers lead to, and calls, before it asks for anything that may say
 * whether it is there: by the text's order, each question but those about a packet or an event is taken for one.
 */
export function unaskedIn(text: string): MentionedWord[] {
  const first = beforeQuestions(text);
  if (first.length > mostText) return [];
  const words = new Set<string>();
  const aliases = new Map<string, string>();
  // What it sets itself is what it finds.
  const own = new Set<string>();
  for (const match of matchesOf(first, member)) {
    const [whole, pointer = '', path = ''] = match;
    const place = `${pointer}->${path}`;
    const before = first.slice(Math.max(0, match.index - mostAround), match.index);
    const after = first.slice(match.index + whole.length, match.index + whole.length + mostAround);
    if (/^\s*=(?!=)/.test(after)) own.add(place);
    const use = useOf(before, after);
    if (use) words.add(unasked.uses(use.form, place, use.to));
    const alias = aliasIn(before, after);
    if (alias !== null) aliases.set(alias, place);
  }
  for (const [alias, place] of aliases)
    for (const { form, to } of usesOfAlias(first, alias)) words.add(unasked.uses(form, place, to));
  const calls = new Set(matchesOf(first, called).map((match) => match[1]!));
  return [
    ...[...words].flatMap((word) => (own.has(word.replace(/^.*?:/, '')) ? [] : { word, isPlain: false })),
    ...[...calls].map((name) => ({ word: unasked.calls(name), isPlain: true, of: name })),
  ];
}

const defined = /^[ \t]*#[ \t]*define[ \t]+(\w*[a-z]\w*)\(([^()\n]*)\)([^\n]*(?:(?<=\\\r?)\n[^\n]*)*)/gm;
const asking = /\b(?:if|while|for|switch)\s*\(/g;
const leaving = /\b(?:return|goto|break|continue)\b/;

/**
 * The uses of the macros of a file that ask for something of what they are passed and may leave who uses them,
 * `foo_require(fn);`, or begin a statement that goes on there, where they are not written in capitals.
 */
export function askingMacros(text: string): RegExp | null {
  if (!text.includes('define')) return null;
  const names = matchesOf(text, defined).flatMap(([, name, params, body]) => (asksFor(params!, body!) ? name! : []));
  return names.length > 0 ? new RegExp(`\\b(?:${names.join('|')})\\s*\\(`) : null;
}

/** More characters than any macro has that asks for what it is passed. */
const mostBody = 10_000;

function asksFor(params: string, body: string): boolean {
  const passed = params
    .split(',')
    .flatMap((param) => (ofPacket.test(param.trim()) ? [] : (/\w+/.exec(param)?.[0] ?? [])));
  if (passed.length === 0 || body.length > mostBody) return false;
  const ofPassed = new RegExp(`(?<![\\w.]|->)(?:${passed.join('|')})\\b`);
  const canLeave = leaving.test(body);
  return matchesOf(body, asking).some(({ 0: whole, index }) => {
    const open = index + whole.length - 1;
    const end = closingOf(body, open);
    return ofPassed.test(body.slice(open, end)) && (canLeave || /^[\s\\]*$/.test(body.slice(end)));
  });
}

/** A word of `unaskedIn()` by the structure that its pointer points at; null where that is not told. Any other as it is. */
export function withStruct(word: string, structs: ReadonlyMap<string, string>): string | null {
  const [, form, to, pointer = '', path] = unasked.use.exec(word) ?? [];
  if (form === undefined || path === undefined) return word;
  const struct = structs.get(pointer) ?? (pointer === 'net' ? 'net' : null);
  return struct === null ? null : unasked.uses(form as UseForm, `${struct}->${path}`, to);
}

function beforeQuestions(text: string): string {
  // Most functions ask for something of their own at once: what is of a packet is looked for when that is asked for first.
  let locals: { readonly outside: ReadonlySet<string>; readonly data: ReadonlySet<string> } | undefined;
  const named = (pattern: RegExp): ReadonlySet<string> => new Set(matchesOf(text, pattern).map((match) => match[1]!));
  const isOfOutside = (asked: string): boolean => {
    locals ??= { outside: named(partOfPacket), data: named(gotData) };
    const { outside, data } = locals;
    const rest = asked.replace(ofState, '').replace(negated, (whole, name: string) => (data.has(name) ? '' : whole));
    if (macroCall.test(rest)) return false;
    return matchesOf(rest, root).every(({ 0: name, index }) =>
      name === 'net' ? !rest.startsWith('->', index + 3) : ofOutside.test(name) || outside.has(name),
    );
  };
  question.lastIndex = 0;
  for (let match = question.exec(text); match; match = question.exec(text)) {
    const { 0: whole, 1: keyword, index } = match;
    if (!whole.endsWith('(')) return text.slice(0, index);
    const open = index + whole.length - 1;
    const end = closingOf(text, open);
    const asked = text.slice(open + 1, end - 1);
    if (keyword !== undefined && keyword !== 'for' && isOfOutside(asked)) {
      question.lastIndex = end;
      continue;
    }
    const more = keyword === undefined ? -1 : asked.search(second);
    return text.slice(0, more < 0 ? end : open + 1 + more);
  }
  return text;
}

interface Use {
  readonly form: UseForm;
  readonly to?: string;
}

/** How what stands between two parts of a text is used: it is looked into, handed on, or its address is. */
function useOf(before: string, after: string): Use | null {
  if (/\bsizeof\s*\(?\s*\*?\s*$/.test(before)) return null;
  if (/(?<!&)&\s*$/.test(before)) return { form: isLookedInto(after) ? 'part' : 'address' };
  if (isLookedInto(after) || /(?:[=(,;{}!&|?:<>]|\breturn)\s*\*\s*$/.test(before)) return { form: 'value' };
  const [, to = '', passed] = /(\w+)\s*\(([^()]*)$/.exec(before) ?? [];
  if (passed === undefined || !/(?:^|,)\s*$/.test(passed)) return null;
  if (reading.test(to)) return /^[^()]*\)\s*(?:->|\[)/.test(after) ? { form: 'value' } : null;
  if (!/^\s*[,)]/.test(after)) return null;
  if (takesByName.test(to)) return { form: 'address' };
  return harmless.test(to) ? null : { form: 'handed', to };
}

function isLookedInto(after: string): boolean {
  return /^\s*(?:->|\[)/.test(after);
}

/** The local that is set to what stands between two parts of a text, or to what is read from there. */
function aliasIn(before: string, after: string): string | null {
  const plain = /\b(\w+)\s*=\s*$/.exec(before);
  if (plain) return /^\s*;/.test(after) ? plain[1]! : null;
  const read = /\b(\w+)\s*=\s*(\w+)\s*\(\s*$/.exec(before);
  return read && reading.test(read[2]!) && /^\s*[,)]/.test(after) ? read[1]! : null;
}

function* usesOfAlias(text: string, alias: string): Generator<Use> {
  if (new RegExp(`\\b${alias}\\s*(?:->|\\[)|[=(,;{}!]\\s*\\*\\s*${alias}\\b`).test(text)) yield { form: 'value' };
  for (const [, to = ''] of text.matchAll(new RegExp(`\\b(\\w+)\\s*\\((?:[^()]*,)?\\s*${alias}\\s*[,)]`, 'g')))
    if (!harmless.test(to) && !reading.test(to)) yield { form: 'handed', to };
}
