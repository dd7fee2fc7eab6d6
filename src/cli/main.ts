import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runExplain } from './explain.ts';
import { lintUsage } from './lint-args.ts';
import { runLint } from './lint.ts';
import { runOrder } from './order.ts';
import { runReview } from './review.ts';
import { runSimulate } from './simulate.ts';
import { runTimeline } from './timeline.ts';
import { setUpV8 } from './v8.ts';
import { version } from './version.ts';

const usage = `${lintUsage}
       pernet-lint review [REV..REV]        what a change introduces and mends: a range, the index, patches by mail
       pernet-lint simulate FILE…           runs *.netns.json scenarios on the model
       pernet-lint timeline FILE.c          the lifecycle of the file's modules, as a scenario with its event log
       pernet-lint order TREE [--config F]  the pernet_list of the kernel that TREE and a .config make, once booted
       pernet-lint explain RULE             the rule's page
       pernet-lint explain --finding FINGERPRINT [PATH…]
                                            a finding as a report for the kernel's lists
       pernet-lint lsp --stdio              the language server
       pernet-lint --version
`;

setUpV8();

/** What a shell says of a program that a closed pipe has ended. */
const closedPipe = 141;

// Whoever reads may have seen enough (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(closedPipe);
});

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case '--version':
      process.stdout.write(`${version}\n`);
      return 0;
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(usage);
      return 0;
    case 'lint':
      return runLint(rest, process);
    case 'review':
      return runReview(rest, process);
    case 'simulate':
      return runSimulate(rest, process);
    case 'timeline':
      return runTimeline(rest, process);
    case 'order':
      return runOrder(rest, process);
    case 'explain':
      return runExplain(rest, process);
    case 'lsp':
      return serve(rest);
    case undefined:
    default:
      return runLint(argv, process, { isBare: true });
  }
}

/** Runs the language server, which lies beside this program, over the transport that the arguments name. */
async function serve(argv: readonly string[]): Promise<number> {
  if (argv.length !== 1 || argv[0] !== '--stdio') {
    process.stderr.write('usage: pernet-lint lsp --stdio\n');
    return 2;
  }
  await import(pathToFileURL(path.join(path.dirname(fs.realpathSync(process.argv[1] ?? '.')), 'server.cjs')).href);
  // The server ends the process when its client is gone.
  return new Promise(() => undefined);
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
