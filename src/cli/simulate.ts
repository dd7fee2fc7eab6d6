/** `pernet-lint simulate`: runs scenarios of the netns model. */
import { parseSimulateArgs, USAGE, type SimulateArgs } from './simulate-args.ts';
import { exploreFiles } from './simulate-explore.ts';
import { scenarioFiles } from './simulate-files.ts';
import { answerLines } from './simulate-lines.ts';
import { printRuns, writeRuns } from './simulate-output.ts';

/** The streams of the process, or a test's. */
export interface SimulateIo {
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  stdin: NodeJS.ReadableStream;
}

/**
 * Runs the command with the arguments that follow its name. Resolves to the exit status: 0 ran, 1 ran and a violation
 * was logged (or --explore found something), 2 a scenario is malformed, a file cannot be read, or wrong usage.
 */
export async function runSimulate(args: string[], io: SimulateIo): Promise<number> {
  const parsed = parseSimulateArgs(args);
  if (!parsed.ok) {
    io.stderr.write(`pernet-lint simulate: ${parsed.error}\n`);
    return 2;
  }
  if (parsed.args.help) {
    io.stdout.write(USAGE);
    return 0;
  }
  // Without a listener the stream's error would end the process.
  io.stdout.on('error', () => undefined);
  try {
    return await (parsed.args.lines ? answerLines(parsed.args, io) : runFiles(parsed.args, io));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    // The reader has gone, as `head` does when it has seen enough.
    return 0;
  }
}

async function runFiles(args: SimulateArgs, io: SimulateIo): Promise<number> {
  const found = scenarioFiles(args.paths);
  if (!found.ok) {
    io.stderr.write(`pernet-lint simulate: ${found.error}\n`);
    return 2;
  }
  if (found.files.length === 0)
    io.stderr.write(`pernet-lint simulate: ${args.paths.join(', ')}: no *.netns.json is there, nothing was run\n`);
  if (args.explore) return exploreFiles(found.files, args, io);
  if (args.out !== undefined) return writeRuns(found.files, args.out, args, io);
  return printRuns(found.files, args, io);
}
