import { mentionsOf, outlineOf, pruneBodies } from '../facts/index.ts';
import { prepare } from '../syntax/index.ts';

/**
 * What of a source the engine can make facts of, as one text: two versions with the same have the same lifecycles. Comments,
 * the bodies that no lifecycle reaches, and blanks make no difference; what depends on an option is compared with either
 * answer. Cheap beside a parse.
 */
export function signatureOf(text: string): string {
  // A suppression acts by where it stands.
  if (text.includes('pernet-lint:')) return text;
  const { text: prepared, refused } = prepare(text);
  if (refused !== undefined) return text;
  const pruned = pruneBodies(prepared, text).split('\n');
  const whole = prepared.split('\n');
  const kept = text.split('\n').filter((line, at) => !isBlank(pruned[at]!) || (isBlank(whole[at]!) && !isBlank(line)));
  return `${plain(kept.join('\n'))}\n${JSON.stringify(mentionsOf(prepared))}`;
}

/** A function of a source: what it is called, and its text without comments and blanks. */
export interface SourceFunction {
  readonly name: string;
  readonly isStatic: boolean;
  readonly text: string;
  /** Every word in its body. */
  readonly words: ReadonlySet<string>;
}

/** The functions of a source that are written as the kernel's style asks; inline functions of headers included. */
export function functionsOf(text: string): readonly SourceFunction[] {
  const { text: prepared } = prepare(text);
  return outlineOf(prepared).map(({ name, isStatic, open, close }) => {
    const body = text.slice(open, close);
    return { name, isStatic, text: plain(body), words: new Set(body.match(/[A-Za-z_]\w*/g) ?? []) };
  });
}

/**
 * The functions that differ between two versions of a source, or that call one which does, with all words of both versions
 * of them.
 */
export function changedFunctions(before: string, after: string): readonly SourceFunction[] {
  const [old, now] = [before, after].map(functionsOf) as [readonly SourceFunction[], readonly SourceFunction[]];
  const texts = new Set(old.map(keyOf));
  const fresh = new Set(now.map(keyOf));
  const changed = new Set([...old.filter((fn) => !fresh.has(keyOf(fn))), ...now.filter((fn) => !texts.has(keyOf(fn)))]);
  const names = new Set([...changed].map(({ name }) => name));
  for (let size = -1; size !== changed.size;) {
    size = changed.size;
    for (const fn of [...old, ...now]) {
      if (changed.has(fn) || ![...names].some((name) => fn.words.has(name))) continue;
      changed.add(fn);
      names.add(fn.name);
    }
  }
  return [...changed];
}

function keyOf({ name, isStatic, text }: SourceFunction): string {
  return `${isStatic ? 'static ' : ''}${name} ${text}`;
}

function isBlank(line: string): boolean {
  return line.trim() === '';
}

const token = /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|\/\*[^]*?\*\/|\/\/[^\n]*|\s+/g;

/** Without comments, and with one blank for many. */
function plain(text: string): string {
  return text
    .replace(token, (match) => (match.startsWith('"') || match.startsWith("'") ? match : ' '))
    .replace(/ +/g, ' ');
}
