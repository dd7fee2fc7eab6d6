/**
 * Explores the reference's own scenarios: fails every allocation and every init of each, in each dialect, and prints
 * which ends are not clean, each kind with the shortest scenario that shows it.
 * `node src/tools/run.mjs netns-explore`; `src/netns/EXPLORED.md` says what it found.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dialects, explore, stepText, type Dialect, type Finding, type Scenario } from '../netns/index.ts';
import { referenceNames } from './netns-conformance/reference.ts';

const folder = path.resolve('test/netns/reference');

interface Tally {
  runs: number;
  panics: number;
  /** For each kind: the scenarios that show it, and the finding whose scenario is the shortest. */
  kinds: Map<string, { scenarios: number; shortest: Finding }>;
}

function exploreAll(dialect: Dialect): Tally {
  const tally: Tally = { runs: 0, panics: 0, kinds: new Map() };
  for (const name of referenceNames(folder)) {
    const file = path.join(folder, 'scenarios', `${name}.netns.json`);
    const { runs, panics, findings } = explore(JSON.parse(readFileSync(file, 'utf8')) as Scenario, { dialect });
    tally.runs += runs;
    tally.panics += panics;
    for (const kind of new Set(findings.map((finding) => finding.kind))) {
      const candidates = findings.filter((finding) => finding.kind === kind);
      const known = tally.kinds.get(kind);
      const shortest = [...(known ? [known.shortest] : []), ...candidates].reduce(shorter);
      tally.kinds.set(kind, { scenarios: (known?.scenarios ?? 0) + 1, shortest });
    }
  }
  return tally;
}

function shorter(a: Finding, b: Finding): Finding {
  return b.scenario.steps.length < a.scenario.steps.length ? b : a;
}

for (const dialect of dialects) {
  const { runs, panics, kinds } = exploreAll(dialect);
  console.log(`dialect ${dialect.name}: ${runs} runs, ${panics} of them to a panic`);
  for (const [kind, { scenarios, shortest }] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`  ${kind}: in ${scenarios} scenarios; ${shortest.fault ?? 'nothing has to fail'}`);
    console.log(`    ${shortest.detail}`);
    const { config, steps } = shortest.scenario;
    if (config?.NET_NS === false) console.log('    with CONFIG_NET_NS off');
    for (const step of steps) console.log(`    - ${stepText(step)}`);
  }
}
