/** Traces of two real kernels: what they did must come out of the model with their dialect. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTraces } from '../../src/tools/netns-conformance/kernel-trace.ts';
import { replayLabScenarios } from '../../src/tools/netns-conformance/lab-scenario.ts';

const folder = path.join(import.meta.dirname, 'kernel');
import { replayModuleTrace } from '../../src/tools/netns-conformance/module-trace.ts';

describe.each(['6.1', '6.12'])('Linux %s', (kernel) => {
  const scenarios = readTraces(path.join(folder, `d-scenarios-${kernel}.jsonl`));
  const verdicts = replayLabScenarios(scenarios, kernel);
  it.each(verdicts)('$name', ({ difference }) => {
    expect(difference).toBeUndefined();
  });

  const modules = ['b-netns', 'c-modules'].flatMap((file) => readTraces(path.join(folder, `${file}-${kernel}.jsonl`)));
  it.each(modules.map((trace) => replayModuleTrace(trace, kernel)))('$name', ({ events, difference }) => {
    expect(difference).toBeUndefined();
    expect(events).toBeGreaterThan(300);
  });
});
