import type { History, Lifecycles } from '../lifecycle/index.ts';
import type { LoadOrder, Module } from '../program/index.ts';
import type { Across } from './across.ts';
import { isSame, withBodies, type Context, type Homes } from './homes.ts';

/**
 * Histories of two modules at once, where the init callback of an ops of the one may use a cache, a workqueue or the like
 * that the other one makes when it starts, and that is known to be later: the registration calls it for init_net at once.
 * What a module uses of another one while it is loaded was made before, so this is about built-in code.
 */
export function* thingsAcross(context: Context, homes: Homes, order: LoadOrder): Generator<Across> {
  const { program, lifecycles, onRun } = context;
  for (const user of program.allOps().flatMap((ops) => homes.known(ops) ?? [])) {
    const files = lifecycles.state.filesOfInit(user.ops);
    for (const maker of files.length > 0 ? context.lives : []) {
      if (maker.init === null || isSame(maker, user.module) || !isMadeIn(maker, files, context)) continue;
      const why = order.isFirst(user.module, maker);
      if (why === null) continue;
      onRun();
      for (const { history, lifecycles: with_ } of historiesWith(user.module, maker, context)) {
        yield {
          history,
          lifecycles: with_,
          use: {
            rule: 'pernet/registered-before-resource',
            why,
            isIt: ({ key, related }) => {
              const file = related.at(-1)?.file;
              const name = key?.slice(key.indexOf('|') + 1);
              return (
                file !== undefined &&
                file !== user.module.file &&
                name !== undefined &&
                key === `${user.ops.id}|${name}` &&
                history.state.usesAtInit(user.ops, name, file)
              );
            },
          },
        };
      }
    }
  }
}

/** Whether one of some files goes into a module. */
function isMadeIn({ file, name }: Module, files: readonly string[], { input }: Context): boolean {
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  return files.some(
    (each) =>
      each === file || (each.startsWith(folder) && each.endsWith('.c') && input.moduleInfo(each)?.name === name),
  );
}

/** One module that starts after another one, with all bodies that get at what it makes. */
function* historiesWith(
  user: Module,
  maker: Module,
  context: Context,
): Generator<{ readonly history: History; readonly lifecycles: Lifecycles }> {
  const first = context.lifecycles.together(user, maker);
  const made = first ? thingsIn(first, maker.file) : [];
  if (made.length === 0) return;
  const lifecycles = withBodies(maker.file, made, context);
  const history = lifecycles.together(user, maker);
  if (history) yield { history, lifecycles };
}

/** The names of what a file acquires for others to use, as a history shows it. */
function thingsIn({ events }: History, file: string): string[] {
  const names = events.flatMap(({ trace }) => {
    if (trace?.t !== 'acquire' || trace.pair.used !== true || trace.place.file !== file) return [];
    const name = /^&?([A-Za-z_]\w*)$/.exec(trace.at ?? trace.of[0] ?? '')?.[1];
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)].sort();
}
