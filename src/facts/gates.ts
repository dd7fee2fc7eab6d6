import { matchesOf } from './matches.ts';

/** What is done by what is asked and does no more than say something: `if (foo_debug) pr_info("…");`, without an `else`. */
const call = String.raw`(?:pr_\w+|printk\w*|net_\w+_ratelimited|trace_\w+|(?:netdev|dev)_(?:err|warn|info|notice|dbg)\w*)\s*\([^;{}]*\)\s*;`;
const saying = new RegExp(String.raw`\bif\s*\([^;{}]*\)\s*(?:\{\s*${call}\s*\}|${call})(?!\s*else\b)`, 'g');

const condition = /\b(?:if|while|for|switch)\s*\(/g;
/** A statement that decides something, or hands on what a helper was asked. */
const deciding = /\breturn\b|[?]|&&|\|\|/;
/** `conf = rcu_dereference(foo_conf)`: who asks for the one asks for the other. */
const taking = /\b(\w+)\s*=(?!=)([^=][^]*)/;
/** `foo_handle(skb, rcu_dereference(foo_conf))` */
const passing = /[(,]\s*(?:rcu_dereference\w*|READ_ONCE|smp_load_acquire)\s*\(\s*&?(\w+)(?=\s*[,)])/g;
/** A variable itself, or a member of one, not what lies behind it. */
const plain = /(?<![\w.]|->)[A-Za-z_]\w*(?:\.\w+)*\b(?!\s*(?:->|\.|\[|\())/g;

/** The variables that the text of a function's body asks for. What it only counts, or gets at something by, it does not ask for. */
export function gatesIn(body: string): ReadonlySet<string> {
  const asked = new Set<string>();
  const statements: string[] = [];
  const text = body.replace(saying, ';');
  let from = 0;
  for (const match of matchesOf(text, condition)) {
    const open = match.index + match[0].length - 1;
    const end = closingOf(text, open);
    if (open < from) continue;
    statements.push(...text.slice(from, match.index).split(/[;{}]/));
    addNames(text.slice(open, end), asked);
    from = end;
  }
  statements.push(...text.slice(from).split(/[;{}]/));
  const taken: { readonly by: string; readonly from: string }[] = [];
  for (const statement of statements) {
    if (deciding.test(statement)) addNames(statement, asked);
    const [, by = '', value] = taking.exec(statement) ?? [];
    if (value !== undefined) taken.push({ by, from: value });
  }
  for (const { by, from: value } of taken.reverse()) if (asked.has(by)) addNames(value, asked);
  // Who is passed what a variable holds may ask for it.
  for (const [, name = ''] of matchesOf(text, passing)) asked.add(name);
  return asked;
}

function addNames(text: string, to: Set<string>): void {
  for (const [name] of matchesOf(text, plain)) to.add(name);
}

/** Where the parenthesis that opens at a place has closed. */
export function closingOf(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return text.length;
}
