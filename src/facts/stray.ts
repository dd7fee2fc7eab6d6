import { endOf } from './outline.ts';

/** A function as a text between outlined ones has it: its name, and where its body begins (at its brace) and is over. */
export interface StrayFunction {
  readonly name: string;
  readonly open: number;
  readonly end: number;
}

/** The head of a function that begins in the first column: words, its name, and its parameters' parenthesis. */
const head = /^[A-Za-z_][\w \t*]*[ \t*]([A-Za-z_]\w*)[ \t]*\(/gm;

/** Between the parameters and the body: nothing, but for what an attribute left. */
const toBody = /\s*\{/y;

/** No parameters are longer than that. */
const mostOfParameters = 2000;

/**
 * The functions whose body does not begin with a brace in the first column, which the outline leaves out: on one line, or
 * with the brace at the end of the head. The text is without comments and strings.
 */
export function strayFunctionsIn(text: string): StrayFunction[] {
  const found: StrayFunction[] = [];
  head.lastIndex = 0;
  for (let match = head.exec(text); match; match = head.exec(text)) {
    toBody.lastIndex = endOfParameters(text, head.lastIndex);
    if (toBody.lastIndex === 0 || !toBody.test(text)) continue;
    const open = toBody.lastIndex - 1;
    const end = endOf(text, open);
    // What never closes need not be gone through again from the next one on.
    if (end < 0) break;
    found.push({ name: match[1]!, open, end });
    head.lastIndex = end;
  }
  return found;
}

/** Where the parentheses close that are open at some place; 0 where they do not. */
function endOfParameters(text: string, from: number): number {
  const last = Math.min(text.length, from + mostOfParameters);
  for (let at = from, depth = 1; at < last; at++) {
    const char = text.charCodeAt(at);
    if (char === 40) depth++;
    else if (char === 41 && --depth === 0) return at + 1;
    else if (char === 59 || char === 123 || char === 125) return 0;
  }
  return 0;
}
