import type { Analysed } from './analysis.ts';
import { entriesOf } from './entries.ts';
import { proofId, runsOf, type Run } from './runs.ts';
import type { Timeline, TimelineRequest } from './types.ts';
import { otherRun } from './what-if.ts';

/** The timeline that a request asks for: a finding's witness, a run by its id, or the plain life of the ops' module. */
export function timelineOf(analysed: Analysed, request: TimelineRequest): Timeline {
  const runs = runsOf(analysed, request);
  const run = chosen(runs, request);
  const finding = run?.finding;
  const title = `Lifecycle: ${finding?.ops ?? request.ops ?? request.file.replace(/^.*\//, '')}`;
  const base = { title, file: request.file, ...(request.ops === undefined ? {} : { ops: request.ops }) };
  if (!run) return { ...base, runs: [], run: '', entries: [], scenario: { steps: [] } };
  const { lifecycles, path } = run;
  const script = run.script();
  const played = lifecycles.play(script);
  const cause = path?.cause ? played.events.findIndex(({ trace }) => trace === path.cause) : -1;
  const other = request.whatIf ? otherRun({ run, script, played }, request.whatIf) : undefined;
  return {
    ...base,
    runs: runs.map(({ id, label, group, at }) => ({ id, label, group, ...(at ? { at } : {}) })),
    run: run.id,
    entries: entriesOf(played, lifecycles.dialect),
    scenario: played.scenario,
    ...(finding?.witness.failing === undefined ? {} : { failing: finding.witness.failing }),
    ...(cause < 0 ? {} : { cause }),
    ...(finding ? { finding: { rule: finding.rule, message: finding.message, fingerprint: finding.fingerprint } } : {}),
    ...(other ? { other } : {}),
  };
}

function chosen(runs: readonly Run[], { run, fingerprint }: TimelineRequest): Run | undefined {
  const proof = fingerprint === undefined ? undefined : proofId(fingerprint);
  return (
    runs.find(({ id }) => id === (run ?? proof)) ??
    runs.find(({ id }) => id === proof) ??
    runs.find(({ path, finding }) => path?.fate === 'unloaded' && !finding) ??
    runs.find(({ path, finding }) => path?.fate === 'loaded' && !finding) ??
    runs.find(({ finding }) => !finding) ??
    runs[0]
  );
}
