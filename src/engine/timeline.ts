import { causeText, laneOf, sentenceOf, type History, type Path } from '../lifecycle/index.ts';
import type { Analysed } from './analysis.ts';
import type { Snapshot, Timeline, TimelineEntry, TimelineRequest } from './types.ts';

/** The id of the run that proves the requested finding. */
const witnessRun = 'witness';

/** The timeline that a request asks for: a finding's witness, a run by its id, or the plain life of the ops' module. */
export function timelineOf(analysed: Analysed, request: TimelineRequest): Timeline {
  const runs = runsOf(analysed, request);
  const found =
    request.fingerprint === undefined
      ? undefined
      : analysed.found.find(({ finding }) => finding.fingerprint === request.fingerprint);
  const chosen =
    runs.find((run) => run.id === request.run) ??
    runs.find((run) => run.path.fate === 'unloaded') ??
    runs.find((run) => run.path.fate === 'loaded') ??
    runs[0];
  const title = `Lifecycle: ${found?.finding.ops ?? request.ops ?? request.file.replace(/^.*\//, '')}`;
  const base = { title, file: request.file, ...(request.ops === undefined ? {} : { ops: request.ops }) };
  const proof = found ? [{ id: witnessRun, label: `the run that proves ${found.finding.rule}` }] : [];
  const labels = [...proof, ...runs.map(({ id, label }) => ({ id, label }))];
  if (found?.history && (request.run ?? witnessRun) === witnessRun) {
    const history = analysed.rerun(found.history);
    const { rule, message, fingerprint } = found.finding;
    const { failing } = found.finding.witness;
    return {
      ...base,
      runs: labels,
      run: witnessRun,
      entries: entriesOf(history),
      ...(failing === undefined ? {} : { failing }),
      finding: { rule, message, fingerprint },
    };
  }
  if (!chosen) return { ...base, runs: [], run: '', entries: [] };
  return { ...base, runs: labels, run: chosen.id, entries: entriesOf(chosen.again()) };
}

interface Run {
  readonly id: string;
  readonly label: string;
  readonly path: Path;
  readonly again: () => History;
}

function runsOf(analysed: Analysed, request: TimelineRequest): Run[] {
  return analysed.modules.flatMap(({ module, lifecycles: all }) => {
    const lifecycles = all.alone();
    return lifecycles
      .paths(module)
      .filter((path) => request.ops === undefined || names(path, request.ops))
      .map((path, index) => ({
        id: `${module.name}:${index + 1}`,
        label: `${module.name}: ${labelOf(path)}`,
        path,
        again: () => lifecycles.run(path, true),
      }));
  });
}

function names(path: Path, ops: string): boolean {
  return [...path.load, ...path.unload].some((step) => step.t === 'pernet' && step.ops.endsWith(`#${ops}`));
}

function labelOf(path: Path): string {
  if (path.fate === 'load-failed') return `load fails: ${path.cause ? causeText(path.cause) : path.result}`;
  const conditions = [...path.load, ...path.unload].flatMap((step) =>
    step.t === 'test' || (step.t === 'pernet' && !step.ok) ? [causeText(step)] : [],
  );
  const when = conditions.length === 0 ? '' : ` (${conditions.slice(0, 2).join(', ')})`;
  return `${path.fate === 'unloaded' ? 'load and unload' : 'load'}${when}`;
}

function entriesOf(history: History): TimelineEntry[] {
  const held: { resource: string; file: string; line: number; ops: string }[] = [];
  return history.events.map((each, index): TimelineEntry => {
    const { event, trace, snapshot, step } = each;
    if (trace?.t === 'pernet' && trace.ok) {
      const name = trace.ops.slice(trace.ops.indexOf('#') + 1);
      if (trace.call.startsWith('register')) {
        held.push({
          resource: `${name} (${trace.call.endsWith('device') ? 'device' : 'subsys'})`,
          file: trace.place.file,
          line: trace.place.at[0],
          ops: trace.ops,
        });
      } else {
        const at = held.findLastIndex((h) => h.ops === trace.ops);
        if (at >= 0) held.splice(at, 1);
      }
    }
    return {
      index,
      event: event as unknown as TimelineEntry['event'],
      text: sentenceOf(each),
      lane: laneOf(event),
      ...(trace ? { source: { file: trace.place.file, line: trace.place.at[0], column: trace.place.at[1] } } : {}),
      step: step ?? -1,
      ...(snapshot ? { snapshot: snapshot as unknown as Snapshot } : {}),
      held: held.map(({ resource, file, line }) => ({ resource, file, line })),
    };
  });
}
