import { lastName, type Call } from './tree.ts';
import type { Made } from './made.ts';

const releaseVerbs = new Set(
  (
    'unregister deregister unreg destroy free exit fini cleanup remove del delete release stop uninit deinit teardown ' +
    'shutdown unset detach disable put disconnect uninstall unload'
  ).split(' '),
);
const acquireVerbs = new Set(
  'register reg create alloc init setup add new start get set attach enable install load connect insert open'.split(
    ' ',
  ),
);
/** Words that one side of a pair has and the other need not. */
const noise = new Set(
  'net all many sz module sync ordered singlethread kern lite recursive dir file gfp simple full queue late'.split(' '),
);

/** Pairs whose names do not tell: what takes down, and what has set up. */
const special: readonly (readonly [release: RegExp, acquire: RegExp])[] = [
  [/^remove_proc_(?:entry|subtree)$|^proc_remove$/, /^proc_(?:create|net_|mkdir|symlink)/],
  [/^unregister_(?:net_)?sysctl_table$/, /^register_(?:net_)?sysctl/],
  [/^kmem_cache_destroy$/, /^kmem_cache_create|^KMEM_CACHE/],
  [/^destroy_workqueue$/, /^(?:alloc|create)_\w*workqueue$/],
  [/^unregister_netdev(?:ice)?(?:_many|_queue)?$/, /^register_netdev(?:ice)?$/],
  [/^free_netdev$/, /^alloc_(?:netdev|etherdev)/],
  [/^sock_release$|^inet_ctl_sock_destroy$/, /^sock_create|^inet_ctl_sock_create$/],
  [/^kthread_stop$/, /^kthread_(?:run|create)/],
  [/^debugfs_remove/, /^debugfs_create/],
];
const memoryRelease = /^(?:k|kv|v)free(?:_sensitive)?$/;
const memoryAcquire = /^(?:k|kv|v)[mzc]?alloc|^k(?:mem|str)n?dup|^kasprintf$|^alloc_\w*(?:table|hash)/;
/** Takes down what holds nothing of its own, once it is empty. */
const trivial =
  /^(?:ida|idr|xa|mutex)_destroy$|^(?:h?list|skb|sk|dst|neigh|nlmsg|rcu|timer|del_timer)_|^kmem_cache_free$|_shutdown$/;

interface Reading {
  readonly releases: boolean;
  readonly acquires: boolean;
  readonly stem: string;
}

function read(name: string): Reading {
  const words = name.split('_').filter((word) => word !== '');
  const verb = (word: string): boolean => releaseVerbs.has(word) || acquireVerbs.has(word);
  return {
    releases: words.some((word) => releaseVerbs.has(word)),
    acquires: words.some((word) => acquireVerbs.has(word)),
    stem: words.filter((word) => !verb(word) && !noise.has(word)).join('_'),
  };
}

/** Whether a call takes down something that one of `made` has set up, by their names. */
export function isReleaseOf(call: Call, made: readonly Made[]): boolean {
  if (trivial.test(call.name)) return false;
  if (memoryRelease.test(call.name)) return freesOneOf(call, made);
  const pair = special.find(([release]) => release.test(call.name));
  if (pair) {
    const literal = call.args[0]?.type === 'string_literal' ? call.args[0].text.slice(1, -1) : null;
    // A file that goes by the name of something else is none that was made by name here: `remove_proc_entry(t->name, dir)`.
    const isNamed = /^remove_proc_/.test(call.name) && literal === null;
    const name = isNamed && call.args[0] ? lastName(call.args[0]) : literal;
    return made.some((each) => pair[1].test(each.call) && (name === null || each.names.includes(name)));
  }
  // A reference that is taken and dropped is no part of a lifecycle: what is counted has one of its own.
  if (
    /_put(?:_|$)/.test(call.name) &&
    !made.some(
      (each) => /(?:create|alloc|register|init)/.test(each.call) && read(each.call).stem === read(call.name).stem,
    )
  )
    return false;
  const own = read(call.name);
  if (!own.releases || own.stem === '') return false;
  return made.some((each) => {
    const other = read(each.call);
    return other.acquires && !other.releases && other.stem === own.stem;
  });
}

/** Memory has no name but its variable's: that, or a member that the variable was put into. */
function freesOneOf(call: Call, made: readonly Made[]): boolean {
  const name = call.args[0] ? lastName(call.args[0]) : null;
  if (name === null) return false;
  const allocated = new Set(made.filter((each) => memoryAcquire.test(each.call)).flatMap((each) => each.names));
  for (const each of made) {
    const [to, from] = each.names;
    if (each.call === '=' && to !== undefined && from !== undefined && allocated.has(from)) allocated.add(to);
  }
  return allocated.has(name);
}
