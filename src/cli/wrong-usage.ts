/** What `parseArgs` has to say of the arguments, in a line. Of an unknown option it gives advice that is of no use here. */
export function wrongUsage(error: unknown): string {
  const said = error instanceof Error ? error.message.split('\n')[0]! : String(error);
  const unknown = /^Unknown option '(.*?)'\./.exec(said)?.[1];
  return unknown === undefined ? said : `there is no option ${unknown} (see --help)`;
}
