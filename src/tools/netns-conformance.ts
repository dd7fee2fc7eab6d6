/**
 * Says how much of the recorded behaviour of the reference text and of two real kernels comes out of the model:
 * `node src/tools/run.mjs netns-conformance`. Exits with 1 when anything differs.
 */
import path from 'node:path';
import { readTraces } from './netns-conformance/kernel-trace.ts';
import { replayLabScenarios, type Verdict } from './netns-conformance/lab-scenario.ts';
import { replayModuleTrace } from './netns-conformance/module-trace.ts';
import { referenceLogs, referenceNames } from './netns-conformance/reference.ts';

const folder = path.resolve('test/netns');

const groups: [title: string, verdicts: Verdict[]][] = [
  ['the reference text', referenceVerdicts(path.join(folder, 'reference'))],
  ...['6.1', '6.12'].flatMap((kernel): [string, Verdict[]][] => {
    const traces = (file: string) => readTraces(path.join(folder, 'kernel', `${file}-${kernel}.jsonl`));
    return [
      [`Linux ${kernel}, the lab's scenarios`, replayLabScenarios(traces('d-scenarios'), kernel)],
      [`Linux ${kernel}, namespaces with all its own ops`, replayAll(traces('b-netns'), kernel)],
      [`Linux ${kernel}, modules loaded and unloaded`, replayAll(traces('c-modules'), kernel)],
    ];
  }),
];

for (const [title, verdicts] of groups) {
  const equal = verdicts.filter(({ difference }) => difference === undefined).length;
  const events = verdicts.reduce((sum, verdict) => sum + verdict.events, 0);
  console.log(`${equal} of ${verdicts.length} equal (${events} events): ${title}`);
  for (const { name, difference } of verdicts) if (difference !== undefined) console.log(`  ${name}: ${difference}`);
}
process.exitCode = groups.some(([, verdicts]) => verdicts.some(({ difference }) => difference !== undefined)) ? 1 : 0;

function replayAll(traces: ReturnType<typeof readTraces>, kernel: string): Verdict[] {
  return traces.map((trace) => replayModuleTrace(trace, kernel));
}

function referenceVerdicts(reference: string): Verdict[] {
  return referenceNames(reference).map((name) => {
    const { model, recorded } = referenceLogs(reference, name);
    const at = recorded.findIndex((line, index) => line !== model[index]);
    const first = at === -1 && model.length > recorded.length ? recorded.length : at;
    const words = (log: string[]) => log[first] ?? 'nothing more';
    const difference = first === -1 ? undefined : `event ${first}: recorded ${words(recorded)}, model ${words(model)}`;
    return { name, events: model.length, difference };
  });
}
