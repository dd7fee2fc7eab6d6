import type { FileFacts } from '../facts/index.ts';
import { analyseProgram } from './analysis.ts';
import type { ContextFiles } from './context.ts';
import { focusOn } from './focus.ts';
import { Watch, type Kept, type Variant } from './kept.ts';
import type { Means } from './means.ts';

/** Analyses one file, or all that are indexed, and notes what that depends on. */
export function analyseAnew(means: Means, path: string | undefined): Kept {
  const { files, contexts } = means;
  const { clock } = means.options;
  const asked = new Set<string>();
  const find = (): ContextFiles => contexts.of(focusOn(path), asked);
  const read = clock ? clock('context', find) : find();
  const watch = new Watch();
  const variants = new Map<string, Variant>();
  // Only what is open, or whose file was asked for, changes often enough for it to be worth knowing what was asked.
  const isWatched = (file: string): boolean => path !== undefined && (file === path || files.isOpen(file));
  const vary = (file: string, key: string, made: FileFacts | null, again: Variant['again']): FileFacts | null => {
    variants.set(`${file}|${key}`, { file, facts: made, again });
    return made && isWatched(file) ? watch.of(made) : made;
  };
  const raw = new Map(read.facts.map((facts) => [facts.file, facts]));
  const input = means.inputFor(path);
  const stock = means.partStock();
  const analysed = analyseProgram({
    ...input,
    read: { ...read, facts: read.facts.map((facts) => (isWatched(facts.file) ? watch.of(facts) : facts)) },
    variant: ({ file }, off) =>
      vary(file, `${off}|part`, files.variant(raw.get(file)!, off), (now) => files.variant(now, off)),
    reread: (file, off) => vary(file, off, files.reread(file, off), () => files.reread(file, off)),
    stock,
    ...(clock ? { clock } : {}),
  });
  return {
    analysed,
    dialect: input.dialect,
    asked,
    read,
    texts: path === undefined ? new Map() : textsOf(read, means),
    variants,
    consulted: watch.consulted,
    watched: watch.watched,
    stale: new Set(),
    places: new Map(),
    moved: new Map(),
    apart: new Map(),
    result: analysed.result,
  };
}

function textsOf({ facts }: ContextFiles, { files }: Means): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { file } of facts) {
    const text = files.text(file);
    if (typeof text === 'string') texts.set(file, text);
  }
  return texts;
}
