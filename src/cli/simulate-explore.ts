/** `pernet-lint simulate --explore`: what is not clean after anything in a scenario has failed. */
import { explore, traceLines, runScenario, type Exploration, type Finding } from '../netns/index.ts';
import type { SimulateIo } from './simulate.ts';
import type { SimulateArgs } from './simulate-args.ts';
import type { ScenarioFile } from './simulate-files.ts';
import { writeLines } from './simulate-output.ts';
import { ScenarioReader, type ReadyScenario } from './simulate-reader.ts';

/** Explores each file and prints a report; resolves to 1 when something is not clean, 2 when a file is malformed. */
export async function exploreFiles(
  files: readonly ScenarioFile[],
  args: SimulateArgs,
  io: SimulateIo,
): Promise<number> {
  const reader = new ScenarioReader(args.dialect);
  let exit = 0;
  for (const { file } of files) {
    const parsed = await reader.file(file);
    if ('error' in parsed) {
      io.stderr.write(`${file}: ${parsed.error}\n`);
      exit = 2;
      continue;
    }
    if (parsed.scenario.boot !== undefined) {
      io.stderr.write(`${file}: $.boot: --explore starts on no booted kernel\n`);
      exit = 2;
      continue;
    }
    const exploration = explore(parsed.scenario, parsed.options);
    exit = Math.max(exit, exploration.findings.length > 0 ? 1 : 0);
    if (args.format === 'text') await writeLines(io.stdout, reportLines(file, exploration, parsed));
    else await writeLines(io.stdout, [JSON.stringify({ file, ...exploration }, null, args.format === 'json' ? 2 : 0)]);
  }
  return exit;
}

function* reportLines(
  file: string,
  { runs, panics, findings }: Exploration,
  { options }: ReadyScenario,
): Generator<string> {
  const panicked = panics === 0 ? '' : `, ${panics} of them to a panic`;
  yield `# ${file}: ${runs} runs${panicked}; ends that are not clean: ${findings.length}`;
  for (const finding of findings) {
    yield '';
    yield* findingLines(finding, options);
  }
}

function* findingLines(
  { kind, detail, fault, scenario }: Finding,
  options: ReadyScenario['options'],
): Generator<string> {
  yield `# ${kind}: ${detail}`;
  yield `# ${fault ?? 'nothing has to fail for it'}; the shortest scenario that shows it:`;
  yield `# ${JSON.stringify(scenario)}`;
  yield* traceLines({ steps: scenario.steps }, runScenario(scenario, options));
}
