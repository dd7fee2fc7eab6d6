import type { OpsFact } from '../../facts/ir.ts';
import type { Found } from '../collect.ts';
import { Code, type FixSource } from './code.ts';
import { heldOf } from './leave.ts';
import { declarationOf, undoOfHeld } from './undo.ts';
import type { Candidate } from './unwind.ts';

/** `.size` of the structure that `net_generic(net, id)` is taken for in the file. */
export function addSize({ finding }: Found, code: Code): Candidate[] {
  const ops = opsOf(finding.ops, code);
  const id = ops?.fields.find(({ name }) => name === 'id');
  if (!ops || !id || ops.fields.some(({ name }) => name === 'size')) return [];
  const name = id.text.replace(/^&/, '');
  const type = structOf(code, name);
  const candidates: Candidate[] = [];
  if (type !== null) candidates.push(addField(ops, code, { name: 'id', field: `.size = sizeof(struct ${type})` }));
  const isUsed = Object.values(code.facts.mentions).some(
    (words) => words.includes(name) && words.includes('net_generic()'),
  );
  const [line, , end] = id.at;
  if (!isUsed && line === end && /^\s*\.id\s*=\s*&\w+,?\s*$/.test(code.line(line)))
    candidates.push({ title: `Remove .id, which nothing uses`, edits: [code.removeLines(line, line)] });
  return candidates;
}

/** The structure that a file takes an id's data for: `struct foo_net *fn = net_generic(net, foo_net_id);`. */
function structOf(code: Code, id: string): string | null {
  const use = new RegExp(`\\bnet_generic\\s*\\([^;]*?,\\s*${id}\\s*\\)`);
  for (const { span } of code.facts.functions) {
    for (let line = span[0]; line <= span[2]; line++) {
      if (!use.test(code.line(line))) continue;
      const declared = /\bstruct (\w+) \*\w+\s*=/.exec(code.line(line))?.[1];
      if (declared !== undefined) return declared;
      const variable = /(\w+)\s*=\s*net_generic/.exec(code.line(line))?.[1];
      for (let at = span[0]; variable !== undefined && at < line; at++) {
        const type = new RegExp(`\\bstruct (\\w+) \\*${variable}\\b`).exec(code.line(at))?.[1];
        if (type !== undefined) return type;
      }
      const returned = /\breturn\b/.test(code.line(line));
      const head = returned ? /\bstruct (\w+) \*/.exec(code.line(span[0]))?.[1] : undefined;
      if (head !== undefined) return head;
    }
  }
  return null;
}

/** `.id`, with the variable that it takes. */
export function addId({ finding }: Found, code: Code): Candidate[] {
  const ops = opsOf(finding.ops, code);
  if (!ops) return [];
  const id = `${ops.name.replace(/_ops$/, '')}_id`;
  const added = addField(ops, code, { name: 'size', field: `.id = &${id}` });
  const variable = code.insertBefore(ops.span[0], `static unsigned int ${id} __read_mostly;\n\n`);
  return [{ title: `${added.title}, and its variable`, edits: [variable, ...added.edits] }];
}

/** An exit callback that releases what init acquired. */
export function addExit(found: Found, code: Code, source: FixSource): Candidate[] {
  const ops = opsOf(found.finding.ops, code);
  const held = heldOf(found);
  const home = held && Code.of(source, held.place.file);
  const undo = home && undoOfHeld(home, held);
  const init = undo && home.functionNamed(undo.fn);
  if (!ops || !undo || !init || home.file !== code.file) return [];
  const net = init.params[0] ?? 'net';
  const declarations: string[] = [];
  for (const local of undo.locals) {
    if (local === net) continue;
    const declared = declarationOf(home, init, local);
    if (declared === null) return [];
    declarations.push(`\t${declared}\n`);
  }
  const base = init.name.replace(/_?init$/, '');
  const name = code.functionNamed(`${base}_exit`) ? `${ops.name.replace(/_ops$/, '')}_exit` : `${base}_exit`;
  if (code.functionNamed(name)) return [];
  const body = `${declarations.join('')}${declarations.length > 0 ? '\n' : ''}\t${undo.statement}\n`;
  const stub = `static void __net_exit ${name}(struct net *${net})\n{\n${body}}\n\n`;
  const added = addField(ops, code, { name: 'init', field: `.exit = ${name}` });
  return [
    {
      title: `Add ${name}(), which calls ${undo.statement.replace(/;$/, '')}`,
      edits: [code.insertBefore(ops.span[0], stub), ...added.edits],
    },
  ];
}

/** A field behind another one, on a line of its own where the others have theirs. */
function addField(ops: OpsFact, code: Code, of: { readonly name: string; readonly field: string }): Candidate {
  const beside = ops.fields.find(({ name }) => name === of.name) ?? ops.fields.at(-1)!;
  const [, , line, column] = beside.at;
  const title = `Add ${of.field}`;
  const rest = code.line(line).slice(column - 1);
  const isOwnLine = /^\s*,?\s*(?:\/\*.*)?$/.test(rest) && /^\s*\./.test(code.line(beside.at[0]));
  if (!isOwnLine)
    return { title, edits: [{ file: code.file, at: [line, column, line, column], text: `, ${of.field}` }] };
  const comma = rest.trimStart().startsWith(',')
    ? []
    : [{ file: code.file, at: [line, column, line, column] as const, text: ',' }];
  const aligned = /^(\s*)\.\w+(\s*)= /.exec(code.line(beside.at[0]));
  const field = aligned?.[2]?.includes('\t') ? of.field.replace(/ = /, '\t= ') : of.field;
  return { title, edits: [...comma, code.insertBefore(line + 1, `${code.indentOf(beside.at[0])}${field},\n`)] };
}

function opsOf(name: string | undefined, code: Code): OpsFact | undefined {
  return code.facts.ops.find((fact) => fact.name === name && fact.fields.length > 0);
}
