import { registrationsOf } from '../reading.ts';
import type { Found } from '../collect.ts';
import { Code, type FixSource } from './code.ts';
import { errorVariable, type Candidate } from './unwind.ts';

/** `register_pernet_subsys(&a);` becomes a registration whose failure is returned. */
export function askResult({ finding }: Found, code: Code): Candidate[] {
  const { line } = finding;
  const fn = code.functionAround(line);
  if (!fn || fn.returnsVoid || code.isBare(line)) return [];
  const end = code.endOfStatement(line, fn.span[2]);
  const written = Array.from({ length: end - line + 1 }, (_, index) => code.line(line + index)).join('\n');
  const call = /^\s*(?:\(void\)\s*)?(\w+\([^]*\));$/.exec(written)?.[1];
  const assigned = /^\s*(\w+) = (\w+\([^]*\));$/.exec(written);
  if (call === undefined && !assigned) return [];
  const known = errorVariable(code, fn);
  const name = assigned?.[1] ?? known.name;
  const edits = assigned ? [] : known.edits;
  const indent = code.indentOf(line);
  const first = `${indent}${name} = ${assigned?.[2] ?? call ?? ''};\n${indent}if (${name})\n${indent}\t`;
  const title = 'Ask for its result';
  const labels = code.labelsOf(fn).filter((label) => label.line > line);
  return [
    { title, edits: [...edits, code.replaceLines(line, end, `${first}return ${name};\n`)] },
    ...[...labels].reverse().map((label) => ({
      title: `${title}, and leave by ${label.name}`,
      edits: [...edits, code.replaceLines(line, end, `${first}goto ${label.name};\n`)],
    })),
  ];
}

/** `return 0;` at the end of the error path becomes `return err;`. */
export function returnError({ finding }: Found, code: Code): Candidate[] {
  const fn = code.functionAround(finding.line);
  if (!fn) return [];
  const { name, edits } = errorVariable(code, fn);
  const value = /^return\s+([^;]+);/.exec(code.trimmed(finding.line))?.[1];
  if (value === undefined || edits.length > 0) return [];
  const edit = code.replaceIn(finding.line, `return ${value};`, `return ${name};`);
  return edit ? [{ title: `Return ${name}`, edits: [edit] }] : [];
}

/** Registers an ops as a device, and unregisters it so, wherever the run does. */
export function changeKind(found: Found, _code: Code, source: FixSource): Candidate[] {
  const { finding, history } = found;
  const edits = new Map<string, Candidate['edits'][number]>();
  for (const { step, ops } of history ? registrationsOf(history) : []) {
    if (ops.fact.name !== finding.ops) continue;
    const code = Code.of(source, step.place.file);
    const edit = code?.replaceIn(step.place.at[0], step.call, step.call.replace('subsys', 'device'));
    if (edit) edits.set(`${edit.file}:${edit.at.join(':')}`, edit);
  }
  // The paths that fail unregister it too.
  const code = Code.of(source, finding.file);
  if (code) {
    const written = `unregister_pernet_subsys(&${finding.ops ?? ''})`;
    for (const fn of code.facts.functions) {
      for (let line = fn.span[0]; line <= fn.span[2]; line++) {
        const edit = code.line(line).includes(written)
          ? code.replaceIn(line, 'unregister_pernet_subsys', 'unregister_pernet_device')
          : null;
        if (edit) edits.set(`${edit.file}:${edit.at.join(':')}`, edit);
      }
    }
  }
  return edits.size === 0 ? [] : [{ title: 'Register it as a device', edits: [...edits.values()] }];
}

/** rcu_barrier() before the cache goes. */
export function insertBarrier({ finding }: Found, code: Code): Candidate[] {
  const { line } = finding;
  const indent = code.indentOf(line);
  if (code.isBare(line)) return [];
  return [
    { title: 'Wait for RCU callbacks: rcu_barrier()', edits: [code.insertBefore(line, `${indent}rcu_barrier();\n`)] },
  ];
}
