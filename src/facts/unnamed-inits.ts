import { matchesOf } from './matches.ts';
import { unnamedInit } from './words.ts';

/** `static int __net_init foo_net_init(struct net *net) {` */
const setUp = /^static\b([^;{}()=#]{0,200}?)\b(\w{1,100})\s{0,9}\(\s*struct\s+net\s*\*\s*\w*\s*\)([^;{}()]{0,200})\{/gm;
const isSetUp = /(?:^|_)(?:init|setup|create|register)(?:_|$)/;
/** Who may be left unused, or is no function of its own. */
const mayBeUnused =
  /\b(?:inline|__maybe_unused|__always_unused|__used|__init|__always_inline|__bpf_kfunc|noinline\w*)\b/;

const ops = /\bstruct\s+pernet_operations\b[^;{}()=]*=\s*\{((?:[^{}]|\{[^{}]*\})*)\}/g;
/** More characters than stand in a head before a function's name. */
const mostHead = 200;
const opsNamed = /\bstruct\s+pernet_operations\s+(?:__\w+\s+)*(\w+)/g;
/** `.exit = foo_net_exit`, and nothing but such. */
const plain = /^\s*\.\w+\s*=[^,{}#]*$/;
/** What stands at file level and takes a name: `FOO_ACTION(vlan);` */
const made = /^\w+\s*\(\s*(\w+)\s*[,)]/gm;
/** A macro that may be somebody's own, wherever it stands, and the plain names that it is handed: `FOO_CALL(tcp, net)`. */
const handed = /\b([A-Z][A-Z\d_]*)\s*\(([^()]*)\)/g;
/** Macros of the kernel's that make nothing of the names that they are handed. */
const ofKernel =
  /^(?:READ_ONCE|WRITE_ONCE|IS_ERR\w*|PTR_ERR\w*|ERR_(?:PTR|CAST)|(?:WARN|BUG)_ON\w*|WARN\w*|ARRAY_SIZE|RCU_INIT_POINTER|INIT_\w+|H?LIST_HEAD|NF_HOOK\w*|\w+_(?:INC|ADD|DEC|UPD)_\w+|__\w+)$/;
/** What pastes two parts of a name (include/linux/args.h, compiler_types.h), gives a function another name, or the members of an ops. */
const hidden =
  /##|\b(?:CONCATENATE|_*PASTE|__concat|_*CONCAT)\s*\(|\balias\s*\(|^asm\b|\bstruct\s+pernet_operations\b[^;{}()=]*=\s*\w/m;
/** A call that takes an ops by its address, to register it or to take it back. */
const registering =
  /\b(?:(?:un)?register_pernet_(?:subsys|device)\s*\(|tcf_(?:un)?register_action\s*\(\s*&\s*\w+\s*,)\s*&\s*$/;
const takesWhole =
  /^(?:(?:module|pure|core|postcore|arch|subsys|fs|rootfs|device|late)_(?:init|exit|initcall)\w*|EXPORT_|MODULE_(?:LICENSE|AUTHOR|DESCRIPTION|ALIAS\w*|VERSION|PARM_DESC|DEVICE_TABLE|SOFTDEP|FIRMWARE|INFO|IMPORT_NS)\b|BTF_|DEFINE_(?:BPF_|MUTEX|(?:RAW_)?SPINLOCK|RWLOCK|PER_CPU|STATIC_|ID[AR]\b|HASHTABLE|(?:SHOW|SEQ|PROC_SHOW)\w*_ATTRIBUTE))/;
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
      !isLeftUnused(text, name) &&
      (isSetUp.test(name) || /\b__net_init\b/.test(before + after)),
  );
  // A macro that makes names of parts may make that of a function, and one in place of members may name it.
  if (found.length === 0 || hidden.test(text)) return;
  if (!matchesOf(text, ops).every(([, members = '']) => isPlain(members))) return;
  if (!matchesOf(text, opsNamed).every(([, name = '']) => isOnlyRegistered(text, name))) return;
  // What is included behind the functions knows them: a template, another file of functions.
  const included = matchesOf(text, including).at(-1)?.index ?? -1;
  const parts = matchesOf(text, made).flatMap(([whole, part = '']) => (takesWhole.test(whole) ? [] : part));
  const pasted = matchesOf(text, handed).flatMap(([, macro = '', names = '']) =>
    ofKernel.test(macro) || takesWhole.test(macro) ? [] : names.split(',').map((each) => each.trim()),
  );
  for (const { 2: name = '' } of found) {
    const isPart = (part: string): boolean => /^\w+$/.test(part) && part !== 'net' && `_${name}_`.includes(`_${part}_`);
    const isMade = parts.some((part) => name.startsWith(part)) || pasted.some(isPart);
    if (included < text.search(new RegExp(`\\b${name}\\b`)) && isUnnamed(text, name) && !isMade)
      yield unnamedInit(name);
  }
}

/** Whether a function is said to be left unused, before its head on a line of its own or where it is declared. */
function isLeftUnused(text: string, name: string): boolean {
  return matchesOf(text, new RegExp(`\\b${name}\\s*\\(\\s*struct\\s+net\\s*\\*[^;{}()]*\\)[^;{}]*`, 'g')).some(
    ({ 0: head, index }) => {
      const before = text.slice(Math.max(0, index - mostHead), index);
      return mayBeUnused.test(
        before.slice(Math.max(...[';', '}', '#'].map((end) => before.lastIndexOf(end))) + 1) + head,
      );
    },
  );
}

/** Whether a file does no more with an ops than to define it, to register it and to take it back: it may be set to what it lacks. */
function isOnlyRegistered(text: string, name: string): boolean {
  return matchesOf(text, new RegExp(`\\b${name}\\b`, 'g')).every(({ index }) => {
    const before = text.slice(Math.max(0, index - mostHead), index);
    return registering.test(before) || /\bstruct\s+pernet_operations\s+(?:__\w+\s+)*$/.test(before);
  });
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
  return matchesOf(text, new RegExp(`\\b${name}\\b`, 'g')).every(({ index }) => {
    const before = text.slice(Math.max(0, index - mostHead), index);
    return head.test(text.slice(index, index + 200)) && !/\([^;{}#]*$/.test(before);
  });
}
