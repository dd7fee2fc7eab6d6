/** From the text of a scenario to what can be run: with the kernel that it starts on, when it asks for one. */
import path from 'node:path';
import { bootRequestOf, bootStart, type BootStart } from '../engine/boot-start.ts';
import { loadParser } from '../engine/parser.ts';
import { dialectNamed, dialects, parseScenarioText, type Booted, type Dialect, type Scenario } from '../netns/index.ts';
import { readScenarioText } from './simulate-files.ts';

/** A scenario, and what it is run with. */
export interface ReadyScenario {
  readonly scenario: Scenario;
  readonly options: { readonly dialect: Dialect; readonly booted?: Booted };
}

/** A scenario that is malformed, with the JSON path. */
export interface MalformedScenario {
  readonly error: string;
}

/** Reads scenarios; a kernel that several of them start on is booted once. */
export class ScenarioReader {
  private readonly starts = new Map<string, BootStart | MalformedScenario>();

  /** `dialect`: the one that was asked for. */
  constructor(private readonly dialect: Dialect | undefined) {}

  async file(file: string): Promise<ReadyScenario | MalformedScenario> {
    const read = readScenarioText(file);
    return 'error' in read ? read : this.text(read.text, path.dirname(file));
  }

  /** `folder` is what paths in the scenario are relative to. */
  async text(text: string, folder: string): Promise<ReadyScenario | MalformedScenario> {
    const start = await this.start(text, folder);
    if (start && 'error' in start) return start;
    const dialect = this.dialect ?? dialectNamed(start?.dialect ?? '') ?? dialects[0]!;
    const options = { dialect, ...(start ? { booted: start.booted } : {}) };
    const parsed = parseScenarioText(text, options);
    return parsed.ok ? { scenario: parsed.scenario, options } : { error: parsed.error };
  }

  private async start(text: string, folder: string): Promise<BootStart | MalformedScenario | undefined> {
    const request = bootRequestOf(text);
    if (!request) return undefined;
    const key = JSON.stringify([path.resolve(folder, request.boot), request.bootConfig, folder]);
    let start = this.starts.get(key);
    if (!start) {
      const dialect = this.dialect ? { dialect: this.dialect.name } : {};
      start = bootStart(await loadParser(), { ...request, ...dialect }, folder);
      this.starts.set(key, start);
    }
    return start;
  }
}
