import { runExplain } from './explain.ts';
import { lintUsage } from './lint-args.ts';
import { runLint } from './lint.ts';
import { runSimulate } from './simulate.ts';
import { runTimeline } from './timeline.ts';

const usage = `${lintUsage}
       pernet-lint simulate FILE…           runs *.netns.json scenarios on the model
       pernet-lint timeline FILE.c          the lifecycle of the file's modules, as a scenario with its event log
       pernet-lint explain RULE             the rule's page
       pernet-lint --version
`;

declare const PERNET_VERSION: string;

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case '--version':
      process.stdout.write(`${PERNET_VERSION}\n`);
      return 0;
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(usage);
      return 0;
    case 'lint':
      return runLint(rest, process);
    case 'simulate':
      return runSimulate(rest, process);
    case 'timeline':
      return runTimeline(rest, process);
    case 'explain':
      return runExplain(rest, process);
    case undefined:
    default:
      return runLint(argv, process);
  }
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(
      `pernet-lint: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 2;
  },
);
