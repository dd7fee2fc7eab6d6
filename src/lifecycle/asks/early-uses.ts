import { folderOf } from '../../facts/folder.ts';
import { later, ofWholeFile, unasked } from '../../facts/words.ts';
import type { Program } from '../../program/program.ts';
import type { Named } from '../bodies/member-gates.ts';

/** Functions farther away are not looked into: paths there are rarely taken. */
const mostSteps = 4;

/** How a member of some structure is used: what is called with it, and by which function. */
interface Use {
  readonly form: string;
  readonly by: string;
}

/**
 * What functions use of which structures before they ask for anything (`unaskedIn()`), they themselves or what they call
 * by then, by the member as `foo_net->table`. Of a variable the functions that it names are meant.
 */
export function usesUnasked(program: Program, roots: readonly Named[]): ReadonlyMap<string, readonly Use[]> {
  const found = new Map<string, Use[]>();
  const seen = new Set<string>();
  let edge = roots.flatMap((root) => functionsOf(program, root));
  const folders = new Set(edge.map(({ file }) => folderOf(file)));
  for (let steps = 0; edge.length > 0 && steps < mostSteps; steps++) {
    const next: Named[] = [];
    for (const { file, name } of edge) {
      if (seen.has(`${file}#${name}`)) continue;
      seen.add(`${file}#${name}`);
      for (const word of wordsOf(program, file, name)) {
        if (!word.startsWith(unasked.calls(''))) continue;
        const [, form, to = '', struct = '', path = ''] = unasked.use.exec(word) ?? [];
        if (form === undefined) {
          const home = homeOf(program, file, word.slice(1));
          if (home !== null && (folders.has(folderOf(home)) || home.endsWith('.h')))
            next.push({ file: home, name: word.slice(1) });
        } else if (form !== 'part' && (form !== 'handed' || homeOf(program, file, to) === null)) {
          // What a function of the program itself is handed it may ask for.
          const place = `${struct}->${path}`;
          const uses = found.get(place);
          if (uses) uses.push({ form, by: name });
          else found.set(place, [{ form, by: name }]);
        }
      }
    }
    edge = next;
  }
  return found;
}

/** What is come to first of several functions of one variable: a file's open, the start of what goes through a list. */
const first = [/(?:^|_)(?:start|stop)(?:_|$)/, /(?:^|_)open(?:_|$)/];

/** A function, or those that a variable names, perhaps by way of another one. */
function functionsOf(program: Program, { file, name }: Named, deep = 2): readonly Named[] {
  if (program.resolveOps(file, name)) return [];
  const home = homeOf(program, file, name);
  if (home === null) return [];
  if (isFunction(program, home, name)) return [{ file: home, name }];
  const named = wordsOf(program, home, name).filter((word) => /^\w+$/.test(word) && word !== name);
  const functions = named.filter((word) => {
    const at = homeOf(program, home, word);
    return at !== null && isFunction(program, at, word);
  });
  const entries = first.map((by) => functions.filter((word) => by.test(word))).find((some) => some.length > 0);
  const variables = deep > 0 ? named.filter((word) => !functions.includes(word)) : [];
  return [
    ...(entries ?? functions).map((word) => ({ file: homeOf(program, home, word)!, name: word })),
    ...variables.flatMap((word) => functionsOf(program, { file: home, name: word }, deep - 1)),
  ];
}

function isFunction(program: Program, file: string, name: string): boolean {
  return program.facts(file)?.functions.some((fact) => fact.name === name) === true;
}

function wordsOf(program: Program, file: string, name: string): readonly string[] {
  const words: unknown = program.facts(file)?.mentions[name];
  return Array.isArray(words) ? (words as readonly string[]) : [];
}

function homeOf(program: Program, file: string, name: string): string | null {
  if (wordsOf(program, file, name).length > 0 || isFunction(program, file, name)) return file;
  return program.resolveFunction(file, name)?.file ?? null;
}

/** The functions that a work item of a file runs. */
export function runnersOf(program: Program, file: string, item: string): readonly Named[] {
  const runs = later.runs(item, '');
  return wordsOf(program, file, ofWholeFile).flatMap((word) =>
    word.startsWith(runs) ? { file, name: word.slice(runs.length) } : [],
  );
}
