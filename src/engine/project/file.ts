import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import type { Pair } from '../../lifecycle/index.ts';
import { checkPairs, checkRules, isObject, kindOf, pathText, type Flaw, type Severities } from './check.ts';

/** The file in which a tree says what is its own: pairs of calls, how loud rules are. JSON with comments. */
export const projectFileName = '.pernet-lint.json';

/** What is wrong in a project file: where, from 1 (columns in UTF-16 units), and what, with the path to it. */
export interface ProjectProblem {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly message: string;
}

/** What a tree says of itself. Whatever is flawed is left out and named in `problems`. */
export interface Project {
  readonly pairs: readonly Pair[];
  readonly rules: Severities;
  readonly problems: readonly ProjectProblem[];
}

export const noProject: Project = { pairs: [], rules: {}, problems: [] };

const members = ['$schema', 'pairs', 'rules'];

/** Reads a project file's text. Never throws. */
export function parseProject(text: string): Project {
  const body = text.replace(/^\uFEFF/, ' ');
  const errors: ParseError[] = [];
  const root = parseTree(body, errors, { allowTrailingComma: true, disallowComments: false });
  const [error] = errors;
  if (error || !root) {
    const { offset, length } = error ?? { offset: 0, length: 0 };
    const what = error ? printParseErrorCode(error.error) : 'it is empty';
    return { ...noProject, problems: [problemAt(body, offset, length, `not JSON: ${what}`)] };
  }
  const { pairs, rules, flaws } = readValue(getNodeValue(root));
  const problems = flaws.map(({ path, message }) => {
    // What is missing is shown where it should be.
    let at = findNodeAtLocation(root, [...path]);
    for (let length = path.length - 1; !at && length >= 0; length--)
      at = findNodeAtLocation(root, path.slice(0, length));
    const { offset, length } = at ?? root;
    return problemAt(body, offset, length, `${pathText(path)}: ${message}`);
  });
  return { pairs, rules, problems };
}

/** The same for a value: what a list of pairs alone says as well. */
function readValue(value: unknown): Pick<Project, 'pairs' | 'rules'> & { readonly flaws: readonly Flaw[] } {
  if (Array.isArray(value)) {
    const pairs = checkPairs(value);
    return { pairs: pairs.value, rules: {}, flaws: pairs.flaws };
  }
  if (!isObject(value))
    return { ...noProject, flaws: [{ path: [], message: `it is an object, not ${kindOf(value)}` }] };
  const unknown = Object.keys(value)
    .filter((name) => !members.includes(name))
    .map((name): Flaw => ({ path: [name], message: `there is no ${name} here; there are ${members.join(', ')}` }));
  const pairs = checkPairs(value['pairs'] ?? [], ['pairs']);
  const rules = checkRules(value['rules'] ?? {}, ['rules']);
  return { pairs: pairs.value, rules: rules.value, flaws: [...unknown, ...pairs.flaws, ...rules.flaws] };
}

function problemAt(text: string, offset: number, length: number, message: string): ProjectProblem {
  const place = (at: number): [line: number, column: number] => {
    const before = text.slice(0, at);
    return [before.split('\n').length, at - (before.lastIndexOf('\n') + 1) + 1];
  };
  const [line, column] = place(offset);
  const [endLine, endColumn] = place(Math.min(text.length, offset + Math.max(1, length)));
  return { line, column, endLine, endColumn, message };
}
