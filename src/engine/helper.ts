import { parentPort, workerData } from 'node:worker_threads';
import { partState, type HelpedPart, type HelperData, type Round } from './helper-threads.ts';
import { Means } from './means.ts';
import { unpacked } from './packed.ts';
import { loadParser } from './parser.ts';
import { partOf } from './part.ts';
import { sharedMaker } from './parts.ts';
import { diskHost } from './tree.ts';
import { Walk, type Whole } from './walk.ts';

/** A thread that makes parts of an analysis beside the one that asked for it. What it cannot make it leaves to that one. */
const { root, config, severities, pairs, dialect, files, modules, port, beat } = workerData as HelperData;

const started = start();

parentPort?.on('message', (round: Round) => {
  void started.then(({ input, whole }) => {
    makeParts(round, (shared) => partOf(input, null, sharedMaker(shared, whole)).result);
  });
});

async function start(): Promise<{ readonly input: Walk['input']; readonly whole: Whole }> {
  const parser = await loadParser();
  const host = diskHost(root);
  const means = new Means({ parser, host, dialect, severities, pairs, ...(config ? { config } : {}) });
  means.kernel.takeOver(modules);
  const facts = files.flatMap((text) => {
    const result = unpacked(text);
    return 'facts' in result ? result.facts : [];
  });
  const walk = new Walk({
    ...means.inputFor(undefined),
    read: { facts, unread: [], loaded: [], rounds: [] },
    checkpoint: () => {
      Atomics.add(beat, 0, 1);
    },
  });
  return { input: walk.input, whole: walk.link() };
}

function makeParts(
  { number, parts, states }: Round,
  make: (shared: (typeof parts)[number]) => HelpedPart['result'],
): void {
  for (const [part, shared] of parts.entries()) {
    if (Atomics.compareExchange(states, part, partState.free, partState.helped) !== partState.free) continue;
    Atomics.add(beat, 0, 1);
    let state: number = partState.left;
    try {
      const made: HelpedPart = { round: number, part, result: make(shared) };
      port.postMessage(made);
      state = partState.made;
    } catch {
      // The thread that asked makes it then, and says what is wrong.
    }
    Atomics.store(states, part, state);
    Atomics.notify(states, part);
  }
}
