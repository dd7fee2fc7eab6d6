import { matchesOf } from './matches.ts';
import { unnamedInit } from './words.ts';

/** `static int __net_init foo_net_init(struct net *net) {` */
const setUp = /^static\b([^;{}()=#]*?)\b(\w+)\s*\(\s*struct\s+net\s*\*\s*\w*\s*\)([^;{}()]*)\{/gm;
const isSetUp = /(?:^|_)(?:init|setup|create|register)(?:_|$)/;
/** Who may be left unused, or is no function of its own. */
const mayBeUnused = /\b(?:inline|__maybe_unused|__always_unused|__used|__init|__always_inline|__bpf_kfunc|noinline)\b/;

const ops = /\bstruct\s+pernet_operations\b[^;{}()=]*=\s*\{((?:[^{}]|\{[^{}]*\})*)\}/g;
/** `.exit = foo_net_exit`, and nothing but such. */
const plain = /^\s*\.\w+\s*=[^,{}#]*$/;
/** What stands at file level and takes a name: `FOO_ACTION(vlan);` */
const made = /^\w+\s*\(\s*(\w+)\s*[,)]/gm;
const takesWhole =
  /^(?:(?:module|pure|core|postcore|arch|subsys|fs|rootfs|device|late)_(?:init|exit|initcall)\w*|EXPORT_|MODULE_|BTF_|DEFINE_(?:BPF_|MUTEX|(?:RAW_)?SPINLOCK|RWLOCK|PER_CPU|STATIC_|ID[AR]\b|HASHTABLE|(?:SHOW|SEQ|PROC_SHOW)\w*_ATTRIBUTE))/;
const including = /^[ \t]*#[ \t]*include\b/gm;

/**
 * Words of the functions of a file that set up for a namespace, by their heads and their names, and that nothing in its whole
 * text names, whatever is configured: a compiler says that they are unused.
 */
export function* initsUnnamed(text: string): Generator<string> {
  const found = matchesOf(text, setUp).filter(
    ([, before = '', name = '', after = '']) =>
      /\bint\b(?!.*\*)/.test(before) &&
      !mayBeUnused.test(before + after) &&
      (isSetUp.test(name) || /\b__net_init\b/.test(before + after)),
  );
  // A macro that makes names of parts may make that of a function, and one in place of members may name it.
  if (found.length === 0 || text.includes('##')) return;
  if (!matchesOf(text, ops).every(([, members = '']) => isPlain(members))) return;
  // What is included behind the functions knows them: a template, another file of functions.
  const included = matchesOf(text, including).at(-1)?.index ?? -1;
  const parts = matchesOf(text, made).flatMap(([whole, part = '']) => (takesWhole.test(whole) ? [] : part));
  for (const { 2: name = '', index } of found)
    if (included < index && isUnnamed(text, name) && !parts.some((part) => name.startsWith(part)))
      yield unnamedInit(name);
}

function isPlain(members: string): boolean {
  return members
    .split(',')
    .filter((each) => each.trim() !== '')
    .every((each) => plain.test(each));
}

/** Whether a text defines or declares a function wherever it names it. */
function isUnnamed(text: string, name: string): boolean {
  const head = new RegExp(`^${name}\\s*\\(\\s*struct\\s+net\\s*\\*`);
  return matchesOf(text, new RegExp(`\\b${name}\\b`, 'g')).every(({ index }) =>
    head.test(text.slice(index, index + 200)),
  );
}
