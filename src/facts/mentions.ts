import { outlineOf } from './outline.ts';

/** `static struct x name[] … = {` at file level, up to its closing brace. */
const variable = /^[^\n#;{}()=]*?\b([A-Za-z_]\w*)\s*(?:\[[^\]\n]*\]\s*)*=\s*\{([^;]*?)\}\s*;/gm;
/** `static struct kmem_cache *name;` at file level: what has no initialiser, or belongs to another file. */
const declaration =
  /^(?:static|extern|struct|unsigned|int|bool|const)\b[^\n;{}()=]*?\b([A-Za-z_]\w*)\s*(?:\[[^\]\n]*\]\s*)*;/gm;
/** What follows `net->`, wherever the struct net comes from. */
const netMember = /(?:\bnet|_net\([^()]*\))->(\w+(?:\.\w+)*)/g;

/**
 * What each function and each initialised variable of a file mentions, from its text alone: names that the file defines,
 * whatever is called, and members of struct net (as `net->ipv4.foo`). It says what can be reached, not on which path.
 */
export function mentionsOf(prepared: string): Readonly<Record<string, readonly string[]>> {
  const parts: { name: string; text: string }[] = [];
  let from = 0;
  for (const { name, open, close } of outlineOf(prepared)) {
    parts.push(...variablesIn(prepared.slice(from, open)), { name, text: prepared.slice(open, close) });
    from = close + 1;
  }
  parts.push(...variablesIn(prepared.slice(from)));
  const known = new Set(parts.map(({ name }) => name));
  for (const match of prepared.matchAll(declaration)) known.add(match[1]!);
  const mentions: Record<string, string[]> = {};
  for (const { name, text } of parts)
    mentions[name] = [...new Set([...(mentions[name] ?? []), ...wordsIn(text, known)])];
  return mentions;
}

function variablesIn(gap: string): { name: string; text: string }[] {
  if (!gap.includes('{')) return [];
  return [...gap.matchAll(variable)].map((match) => ({ name: match[1]!, text: match[2]! }));
}

function* wordsIn(text: string, known: ReadonlySet<string>): Generator<string> {
  for (const match of text.matchAll(/[A-Za-z_]\w*/g)) {
    const word = match[0];
    if (text[match.index + word.length] === '(') yield `${word}()`;
    else if (known.has(word)) yield word;
  }
  // The id of an ops' own data is a variable without an initialiser.
  for (const match of text.matchAll(/\bnet_generic\s*\([^;]*?,\s*(\w+)\s*\)/g)) yield match[1]!;
  // A cache or workqueue of another file.
  for (const match of text.matchAll(/\b(?:kmem_cache_z?alloc|queue_work|queue_delayed_work)\s*\(\s*(\w+)\s*,/g))
    yield match[1]!;
  for (const match of text.matchAll(netMember)) yield `net->${match[1]!}`;
}
