import { type Configuration } from './configuration.ts';
import { Conditionals } from './conditionals.ts';
import { Kind, Lexer } from './lexer.ts';
import { Role, roles } from './macros.ts';
import { type Draft } from './rewrites.ts';
import { Tokens } from './tokens.ts';

/** A directive's text without comments and line continuations. */
function directiveText(text: string): string {
  const joined = text.replaceAll(/\\\r?\n/g, '  ');
  if (!joined.includes('/')) return joined;
  return joined.replaceAll(/("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g, '$1 ');
}

const shape = /^#\s*([A-Za-z_]\w*)?\s*([\s\S]*)$/;
const definition = /^([A-Za-z_$][\w$]*)(?:\(([^)]*)\))?\s*([\s\S]*)$/;

/** The role that a macro's body gives to its name; 0 for none that matters to the grammar. */
function roleOfBody(parameters: string | undefined, body: string, known: ReadonlyMap<string, number>): number {
  if (parameters === undefined) return isAttribute(body, known) ? Role.attribute : 0;
  const isLoop = /^(?:for|while)\b/.test(body) || /^\w*for_each\w*\s*\(/.test(body);
  return isLoop && !/[;}]\s*$/.test(body) ? Role.loop : 0;
}

/** Whether a macro's body is empty or made of attributes. */
function isAttribute(body: string, known: ReadonlyMap<string, number>): boolean {
  if (body.length > 200) return false;
  const rest = body.replaceAll(/__attribute__\s*\(\([^()]*(?:\([^()]*\))?[^()]*\)\)/g, ' ');
  return (rest.match(/\S+/g) ?? []).every((word) => known.get(word) === Role.attribute);
}

/** Reads a text into its live tokens; directives and left out arms are blanked in the draft. */
export function read(
  text: string,
  draft: Draft,
  configuration: Configuration,
): { tokens: Tokens; conditionals: Conditionals } {
  const lexer = new Lexer(draft.units);
  const tokens = new Tokens(text);
  const conditionals = new Conditionals(configuration);
  const known = new Map(roles);
  let lastOfArm = 0;
  while (conditionals.live ? lexer.next() : lexer.nextDirective()) {
    if (lexer.kind !== Kind.directive) {
      const role = lexer.kind === Kind.word ? (known.get(text.slice(lexer.start, lexer.end)) ?? 0) : 0;
      tokens.push(lexer.kind, lexer.start, lexer.end, role);
      continue;
    }
    const { start } = lexer;
    const end = lexer.finishDirective();
    draft.blank('directive', start, end);
    follow(directiveText(text.slice(start, end)), { start, end, conditionals, known });
  }
  conditionals.finish(text.length);
  for (const arm of conditionals.arms) {
    if (arm.taken || arm.start < lastOfArm) continue;
    lastOfArm = arm.end;
    draft.blank('arm', arm.start, arm.end);
  }
  return { tokens, conditionals };
}

interface Place {
  start: number;
  end: number;
  conditionals: Conditionals;
  known: Map<string, number>;
}

/** Does what one directive says. */
function follow(source: string, { start, end, conditionals, known }: Place): void {
  const [, name = '', argument = ''] = shape.exec(source) ?? [];
  if (name === 'if' || name === 'ifdef' || name === 'ifndef') conditionals.open(name, argument, end);
  else if (name === 'elif' || name === 'elifdef' || name === 'elifndef' || name === 'else')
    conditionals.next(name, argument, start, end);
  else if (name === 'endif') conditionals.close(start);
  else if (conditionals.live) {
    if (name === 'define') define(argument, conditionals, known);
    else conditionals.notGuard();
    if (name === 'undef') conditionals.undefine(argument.trim());
  }
}

function define(argument: string, conditionals: Conditionals, known: Map<string, number>): void {
  const match = definition.exec(argument);
  if (!match?.[1]) return;
  const [, name, parameters] = match;
  const body = (match[3] ?? '').trim();
  conditionals.define({ name, parameters, body });
  const role = roleOfBody(parameters, body, known);
  if (role !== 0 && !roles.has(name)) known.set(name, role);
}
