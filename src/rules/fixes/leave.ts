import type { Held, TraceStep } from '../../lifecycle/index.ts';
import type { Found } from '../collect.ts';
import { Code, type FixSource } from './code.ts';
import { declarationOf, undoOfHeld, undoOfRegistration, type Undo } from './undo.ts';
import { undoOnError, undoOnExit, type Candidate } from './unwind.ts';

/** The unregistration that an error path lacks. */
export function leaveRegistered(found: Found, code: Code): Candidate[] {
  const undo = registrationUndo(found);
  const fn = code.functionAround(found.finding.line);
  if (!undo || !fn) return [];
  return [...undoOnError(code, fn, found.finding.line, undo), ...atTheEnd(found, code, undo)];
}

/** The release that an error path lacks. */
export function leaveHeld(found: Found, code: Code, source: FixSource): Candidate[] {
  const held = heldOf(found);
  const home = held && Code.of(source, held.place.file);
  const undo = home && undoOfHeld(home, held);
  const fn = code.functionAround(found.finding.line);
  if (!undo || !fn) return [];
  return [...undoOnError(code, fn, found.finding.line, undo), ...atTheEnd(found, code, undo)];
}

/** Where init itself returns: the last of the related places, when that is another one. */
function atTheEnd({ finding }: Found, code: Code, undo: Undo): Candidate[] {
  const last = finding.related.filter(({ message }) => message.includes('returns here')).at(-1);
  const fn = last?.file === code.file ? code.functionAround(last.line) : undefined;
  return last && fn ? undoOnError(code, fn, last.line, undo) : [];
}

/** The unregistration that a module exit lacks. */
export function keepRegistered(found: Found, code: Code, source: FixSource): Candidate[] {
  const undo = registrationUndo(found);
  return undo ? inExit(found, code, undo, source) : [];
}

/** The release that a module exit lacks. */
export function keepHeld(found: Found, code: Code, source: FixSource): Candidate[] {
  const held = heldOf(found);
  const home = held && Code.of(source, held.place.file);
  const undo = home && undoOfHeld(home, held);
  return undo && undo.locals.length === 0 ? inExit(found, code, undo, source) : [];
}

function inExit({ finding }: Found, code: Code, undo: Undo, source: FixSource): Candidate[] {
  const exit = code.functionNamed(finding.function ?? '');
  const home = finding.related[0] && Code.of(source, finding.related[0].file);
  const doer = home?.functionNamed(undo.fn);
  return exit && home && doer ? undoOnExit(code, exit, { code: home, fn: doer }, undo) : [];
}

/** The release that an ops' exit callback lacks, in the names of that callback. */
export function releaseInExit(found: Found, code: Code, source: FixSource): Candidate[] {
  const held = heldOf(found);
  const home = held && Code.of(source, held.place.file);
  const undo = home && undoOfHeld(home, held);
  const exit = code.functionNamed(found.finding.function ?? '');
  const init = home?.functionNamed(undo?.fn ?? '');
  if (!undo || !exit || !init || /_batch\b/.test(exit.name) || exit.params.length !== 1) return [];
  let { statement } = undo;
  const declarations: string[] = [];
  for (const local of undo.locals) {
    const netParameter = init.params[0];
    if (local === netParameter) {
      statement = statement.replace(new RegExp(`\\b${local}\\b`, 'g'), exit.params[0]!);
      continue;
    }
    const declared = declarationOf(home, init, local);
    const here = declarationOf(code, exit, local);
    if (here !== null) continue;
    if (declared === null) return [];
    declarations.push(declared.replace(new RegExp(`\\b${netParameter ?? 'net'}\\b`, 'g'), exit.params[0]!));
  }
  const first = code.openingOf(exit) + 1;
  const hasDeclarations = /^\t(?:const )?struct \w+ \*?\w+( = [^;]+)?;/.test(code.line(first));
  const added =
    declarations.map((each) => `\t${each}\n`).join('') + (declarations.length > 0 && !hasDeclarations ? '\n' : '');
  return undoOnExit(code, exit, { code: home, fn: init }, { ...undo, statement }).map(({ title, edits }) => ({
    title,
    edits: added === '' ? edits : [code.insertBefore(first, added), ...edits],
  }));
}

function registrationUndo({ history, finding }: Found): Undo | null {
  const [place] = finding.related;
  const step = history?.events
    .map(({ trace }) => trace)
    .find(
      (trace): trace is TraceStep & { t: 'pernet' } =>
        trace?.t === 'pernet' &&
        trace.call.startsWith('register') &&
        trace.place.file === place?.file &&
        trace.place.at[0] === place.line &&
        trace.place.at[1] === place.column,
    );
  // What undoes a call that registers an ops with something else takes that too.
  if (step?.by !== undefined) return null;
  return step && finding.ops !== undefined ? undoOfRegistration(step.call, finding.ops, step.place) : null;
}

/** The thing that a finding says is left: it was acquired at its first related place. */
export function heldOf({ history, finding }: Found): Held | null {
  const [place] = finding.related;
  const isThere = ({ place: other }: Held): boolean =>
    other.file === place?.file && other.at[0] === place.line && other.at[1] === place.column;
  return history?.path.left.find(isThere) ?? null;
}
