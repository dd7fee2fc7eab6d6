/** Scenario files: which there are, and what is in them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The greatest scenario that is read, in bytes; a scenario of a million steps has about 50 MiB. */
export const MAX_SCENARIO_BYTES = 128 * 1024 * 1024;

const SUFFIX = '.netns.json';

export interface ScenarioFile {
  file: string;
  /** The file's name without its suffix. */
  name: string;
}

export type FoundFiles = { ok: true; files: ScenarioFile[] } | { ok: false; error: string };

/** The files that these paths mean; a folder means every *.netns.json in it, by name. */
export function scenarioFiles(paths: readonly string[]): FoundFiles {
  const files: string[] = [];
  for (const given of paths) {
    try {
      if (statSync(given).isDirectory()) files.push(...scenariosIn(given));
      else files.push(given);
    } catch (error) {
      return { ok: false, error: `cannot read ${given}: ${reason(error)}` };
    }
  }
  return { ok: true, files: files.map((file) => ({ file, name: nameOf(file) })) };
}

function scenariosIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(SUFFIX));
  return names.sort().map((name) => path.join(folder, name));
}

function nameOf(file: string): string {
  const base = path.basename(file);
  return base.endsWith(SUFFIX) ? base.slice(0, -SUFFIX.length) : base.replace(/\.json$/, '');
}

/** The text of a scenario file, which must be UTF-8; whatever is wrong with the file is said in one line. */
export function readScenarioText(file: string): { readonly text: string } | { readonly error: string } {
  let bytes: Uint8Array;
  try {
    const { size } = statSync(file);
    if (size > MAX_SCENARIO_BYTES) return { error: `$: too large: ${size} bytes` };
    bytes = readFileSync(file);
  } catch (error) {
    return { error: `$: cannot be read: ${reason(error)}` };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { error: '$: not JSON: not UTF-8 text' };
  }
}

/** What the system says, without the path, which the caller names. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message.split('\n')[0]!;
}
