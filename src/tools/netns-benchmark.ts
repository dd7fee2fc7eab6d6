/**
 * Measures the model: 200 ops, and namespaces created and destroyed in batches.
 * `node src/tools/run.mjs netns-benchmark [NAMESPACES [BATCH]]` (default 1000, of which 50 are alive at once) prints
 * events a second, memory, and how the cost of an event grows from a quarter of the namespaces to all of them, for a
 * whole run and for the pure step function.
 */
import { initialState, runScenario, step, type OpsDeclaration, type Scenario } from '../netns/index.ts';

const OPS = 200;
const BATCH = Number(process.argv[3] ?? 50);
const namespaces = Number(process.argv[2] ?? 1000);

/** Ops of the mixture that a kernel has: most with init and exit, some batched, a third with data. */
function declarations(): Record<string, OpsDeclaration> {
  const ops = Array.from({ length: OPS }, (_, index): [string, OpsDeclaration] => [
    `ops${index}`,
    {
      init: true,
      exit: index % 5 !== 0,
      exit_batch: index % 5 === 0,
      pre_exit: index % 10 === 0,
      id: index % 3 === 0,
      size: index % 3 === 0 ? 64 : 0,
    },
  ]);
  return Object.fromEntries(ops);
}

/** All ops registered, then batches of namespaces that live and die together. */
function scenario(count: number): Scenario {
  const ops = declarations();
  const steps: Scenario['steps'] = [{ step: 'net_ns_init' }];
  Object.keys(ops).forEach((name, index) => {
    steps.push({ step: index < OPS * 0.9 ? 'register_pernet_subsys' : 'register_pernet_device', ops: name });
  });
  for (let first = 0; first < count; first += BATCH) {
    const nets = Array.from({ length: Math.min(BATCH, count - first) }, (_, index) => `n${first + index}`);
    for (const net of nets) steps.push({ step: 'copy_net_ns', net });
    for (const net of nets) steps.push({ step: 'peernet2id_alloc', net: 'init_net', peer: net });
    for (const net of nets) steps.push({ step: 'put_net', net });
    steps.push({ step: 'cleanup_net' });
  }
  return { ops, steps };
}

interface Measure {
  events: number;
  seconds: number;
}

function timed(run: () => number): Measure {
  const start = process.hrtime.bigint();
  const events = run();
  return { events, seconds: Number(process.hrtime.bigint() - start) / 1e9 };
}

function wholeRun(count: number): Measure {
  const built = scenario(count);
  return timed(() => runScenario(built).steps.reduce((sum, { events }) => sum + events.length, 0));
}

function pureSteps(count: number): Measure {
  const built = scenario(count);
  return timed(() => {
    let state = initialState(built);
    let events = 0;
    for (const next of built.steps) {
      const result = step(state, next);
      state = result.state;
      events += result.run.events.length;
    }
    return events;
  });
}

/** The fastest of a few runs, which other work on the machine has disturbed the least. */
function fastest(measure: (count: number) => Measure, count: number): Measure {
  return Array.from({ length: 7 }, () => measure(count)).reduce((a, b) => (b.seconds < a.seconds ? b : a));
}

for (const [title, measure] of [
  ['a whole run', wholeRun],
  ['pure steps', pureSteps],
] as const) {
  const quarter = fastest(measure, namespaces / 4);
  const full = fastest(measure, namespaces);
  const each = (full.seconds / full.events / (quarter.seconds / quarter.events)).toFixed(2);
  console.log(
    `${title}: ${OPS} ops, ${namespaces} namespaces in batches of ${BATCH}: ${full.events} events in ` +
      `${full.seconds.toFixed(2)} s, ${Math.round(full.events / full.seconds)} a second; ` +
      `an event costs ${each} times what it costs with a quarter of the namespaces`,
  );
}
const { heapUsed, rss } = process.memoryUsage();
console.log(`memory: ${Math.round(heapUsed / 2 ** 20)} MiB heap, ${Math.round(rss / 2 ** 20)} MiB resident`);
