import type { SyntaxNode } from '../../syntax/index.ts';
import type { Mutant, MutantClass, Skipped } from './mutant.ts';
import { isOfAll } from './helpers.ts';
import { isReleaseOf } from './pairs.ts';
import type { Fn, Source } from './source.ts';
import { callsIn, duplication, lineOf, removal, statementCall, type Call } from './tree.ts';
import type { Made } from './made.ts';

/** A statement that takes down what the matching set-up code has set up. */
interface Release {
  readonly fn: Fn;
  readonly statement: SyntaxNode;
  readonly call: Call;
}

type Where = 'module-error' | 'module-exit' | 'callback-error' | 'callback-exit';

/** Inits and exits reach code that runs at any time as well; what sets up and takes down says so in its name. */
const lifecycleName =
  /(?:^|_)(?:un)?(?:init|uninit|exit|fini|register|setup|start|stop|create|destroy|cleanup|load|protocol|protosw|module)/;

/** The functions of a file that do one kind of teardown, with what there is to take down; null: built in only. */
function* teardowns(source: Source, where: Where): Generator<{ fn: Fn; made: readonly Made[] | null }> {
  const { world } = source;
  for (const fn of source.functions) {
    if (where === 'module-error' || where === 'module-exit') {
      const exit = world.exitRole(fn.id);
      // What runs in both is a teardown function that the error path calls.
      const role = where === 'module-exit' ? exit : exit === null ? world.initRole(fn.id) : null;
      if (role && lifecycleName.test(fn.name))
        yield { fn, made: role === 'loadable' ? world.madeByModule(fn.id) : null };
    } else {
      const isInit = (field: string): boolean => field === 'init';
      const of = world.callbacks.filter(
        (each) => isInit(each.field) === (where === 'callback-error') && world.ownWork(each.fn).has(fn.id),
      );
      const made = [...new Set(of.flatMap(({ init }) => init ?? []))].flatMap((init) => world.madeFrom(init));
      const isCallback = of.some((each) => each.fn === fn.id);
      if (isCallback || (of.length > 0 && lifecycleName.test(fn.name))) yield { fn, made };
    }
  }
}

/**
 * Devices that have link ops are deleted with their namespace by default_device_exit_batch(), and with the link ops by
 * rtnl_link_unregister(), whoever else does it first (net/core/dev.c, net/core/rtnetlink.c).
 */
function isOfLinked({ text }: Source, { name }: Call): boolean {
  return /^unregister_netdevice/.test(name) && text.includes('->rtnl_link_ops = &');
}

export const deletedByCore = 'the core deletes what devices of a link type are left';

function* releases(source: Source, where: Where): Generator<Release | Skipped> {
  for (const { fn, made } of teardowns(source, where)) {
    for (const statement of fn.statements) {
      const call = statementCall(statement);
      if (!call || source.world.isUnregister(call.name)) continue;
      if (where.endsWith('-error') && !fn.isOnErrorPath(statement)) continue;
      if (!isReleaseOf(call, made ?? source.world.madeByModule(fn.id))) continue;
      if (takesItself(fn, call)) yield { skipped: 'a reference that the function takes itself' };
      else if (made === null) yield { skipped: 'built-in' };
      else if (!source.world.takesDown(source.file, call.name)) yield { skipped: 'the helper takes nothing down' };
      else if (where === 'callback-exit' && isOfLinked(source, call)) yield { skipped: deletedByCore };
      else if (where === 'module-error' && source.world.doneByCaller(fn.id, call.node.text))
        yield { skipped: 'the caller does the same when it gives up' };
      else yield { fn, statement, call };
    }
  }
}

/** Whether a function drops a reference that it has taken by the same words: `get_device(&dev->dev)`, `put_device(&dev->dev)`. */
function takesItself(fn: Fn, { name, node }: Call): boolean {
  const taking = name.replace(/(^|_)put(?=_|$)/, '$1get');
  const wanted = node.text.replace(name, taking);
  return taking !== name && fn.statements.some((each) => callsIn(each).some((call) => call.node.text === wanted));
}

function* droppedIn(source: Source, where: Where): Generator<Mutant | Skipped> {
  for (const found of releases(source, where)) {
    if ('skipped' in found) {
      yield found;
      continue;
    }
    const { fn, statement, call } = found;
    const of = { line: lineOf(statement), fn: fn.name, what: `${call.node.text} is gone` };
    const side = where === 'module-exit' ? 'exit' : 'error';
    const unregisters = where.startsWith('module') && source.world.unregistersBelow(source.file, call.name);
    const more = unregisters ? { alsoExpected: [`left-registered-on-${side}`] } : {};
    yield { edits: [removal(statement)], ...of, ...more };
  }
}

export const droppedReleaseError: MutantClass = {
  name: 'dropped-release-error',
  expected: ['left-behind-on-error'],
  mutants: (source) => droppedIn(source, 'module-error'),
};

export const droppedReleaseExit: MutantClass = {
  name: 'dropped-release-exit',
  expected: ['left-behind-on-exit'],
  mutants: (source) => droppedIn(source, 'module-exit'),
};

export const droppedReleaseCallbackError: MutantClass = {
  name: 'dropped-release-callback-error',
  // An init that goes on without what has failed leaves the rest for its exit, which does not know of it.
  expected: ['init-error-leak', 'exit-leak'],
  mutants: (source) => droppedIn(source, 'callback-error'),
};

export const droppedReleaseCallbackExit: MutantClass = {
  name: 'dropped-release-callback-exit',
  expected: ['exit-leak', 'exit-missing'],
  mutants: (source) => droppedIn(source, 'callback-exit'),
};

export const doubleRelease: MutantClass = {
  name: 'double-release',
  expected: ['double-release'],
  *mutants(source) {
    const seen = new Set<number>();
    for (const where of ['module-exit', 'callback-exit'] as const) {
      for (const found of releases(source, where)) {
        const harmless = 'skipped' in found ? null : harmlessTwice(source, found);
        if ('skipped' in found) yield found;
        else if (harmless !== null) yield { skipped: harmless };
        else if (!seen.has(found.statement.startIndex)) {
          const { fn, statement, call } = found;
          seen.add(statement.startIndex);
          const unregisters = source.world.unregistersBelow(source.file, call.name);
          yield {
            edits: [duplication(statement, source.text)],
            line: lineOf(statement),
            fn: fn.name,
            what: `${call.node.text} twice`,
            ...(unregisters ? { alsoExpected: ['unregister-not-registered'] } : {}),
          };
        }
      }
    }
  },
};

/** Removes a file of sysfs by its name (fs/sysfs/file.c, sysfs_remove_file_ns()). */
const byName = /^(?:(?:netdev_)?class|sysfs|device)_remove_file(?:_ns|_self)?$/;

/** Why calling a release twice does no harm, where it does none. */
function harmlessTwice(source: Source, { call }: Release): string | null {
  // net/core/dev.c, unregister_netdevice_queue(): a device that is on the list already is moved there again.
  if (/^unregister_netdevice_(?:queue|many)$/.test(call.name) && call.args[1]?.text !== 'NULL')
    return 'a device is queued for its end a second time';
  // fs/kernfs/dir.c, kernfs_remove_by_name_ns(): what is not there is said to be missing, and nobody asks.
  if (source.world.onlyCalls(source.file, call.name, byName)) return 'what is not there is not removed';
  if (isOfAll(call.name)) return 'the second time there is none left';
  return source.world.copesWithTwice(source.file, call.name) ? 'the helper forgets what it has given back' : null;
}

/** What an exit callback takes down of what the ops' init has set up: nothing, or nothing that the core would not. */
export function takesDown(source: Source, ops: string): 'something' | 'devices of a link type' | 'nothing' {
  const callback = source.world.callbacks.find(
    (each) => each.ops === ops && each.opsFile === source.file && each.field !== 'init',
  );
  if (!callback?.init) return 'nothing';
  const made = source.world.madeFrom(callback.init);
  const fns = source.functions.filter(({ id }) => source.world.ownWork(callback.fn).has(id));
  const calls = fns.flatMap((fn) =>
    fn.statements.flatMap((statement) => {
      const call = statementCall(statement);
      return call !== null && isReleaseOf(call, made) ? [call] : [];
    }),
  );
  if (calls.length === 0) return 'nothing';
  return calls.every((call) => isOfLinked(source, call)) ? 'devices of a link type' : 'something';
}
