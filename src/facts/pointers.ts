import { matchesOf } from './matches.ts';
import type { MentionedWord, Stretch } from './memo.ts';
import { withStruct } from './unasked.ts';

/** A local or a parameter that points at a structure. */
const pointer = /\bstruct\s+(\w+)\s*\*\s*(?:const\s+)?(\w+)\b/g;

/** The pointers at structures that a text declares. */
export function pointersIn(text: string): Stretch['pointers'] {
  return matchesOf(text, pointer).map((match) => ({ name: match[2]!, struct: match[1]! }));
}

/** The head of a function before its body, from its name on. */
export function headOf(text: string, name: string, open: number): string {
  return text.slice(text.lastIndexOf(`${name}(`, open), open);
}

/** The words of a function's body, with what its head says of the pointers that it is passed. */
export function wordsOfBody(
  { words, pointers, unasked }: Pick<Stretch, 'words' | 'pointers' | 'unasked'>,
  head: string,
): readonly MentionedWord[] {
  if (unasked.length === 0) return words;
  const structs = new Map<string, string>();
  for (const [, struct = '', name = ''] of matchesOf(head, pointer)) structs.set(name, struct);
  for (const { name, struct } of pointers) structs.set(name, struct);
  return [
    ...words,
    ...unasked.flatMap((each) => {
      const word = withStruct(each.word, structs);
      return word === null ? [] : { ...each, word };
    }),
  ];
}
