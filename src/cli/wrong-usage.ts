/** The words that the first argument may be; without one it is `lint`. */
const commands = ['lint', 'review', 'simulate', 'timeline', 'order', 'explain', 'lsp'];

/** What to say to a command that stands behind an option, where it reads as a path; nothing of any other word. */
export function misplaced(word: string): string | null {
  return commands.includes(word) ? `the command ${word} comes before all options` : null;
}

/** What `parseArgs` has to say of the arguments, in a line. Of an unknown option it gives advice that is of no use here. */
export function wrongUsage(error: unknown): string {
  const said = error instanceof Error ? error.message.split('\n')[0]! : String(error);
  const unknown = /^Unknown option '(.*?)'\./.exec(said)?.[1];
  return unknown === undefined ? said : `there is no option ${unknown} (see --help)`;
}
