/** A piece of HTML that is safe to put into a page as it is. */
export class Html {
  constructor(readonly text: string) {}
}

type Value = Html | readonly Html[] | string | number | null | undefined;

/**
 * A template whose values are escaped unless they are HTML already: what comes from a tree (names, messages, code) can be
 * nothing but text. An array is joined, null and undefined are nothing. (It is not called `html`: formatters change the
 * white space of templates of that name, and a page's policy counts on every byte.)
 */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(strings.map((text, index) => text + shown(values[index])).join(''));
}

function shown(value: Value): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escaped(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for the inside of an element or a quoted attribute. Control characters, which no page may hold, are replaced. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (each) => entities[each] ?? each).replace(/(?![\t\n\r])\p{Cc}/gu, '\ufffd');
}
