import type { Read } from './folder.ts';
import { kconfigLines, type KconfigLine } from './kconfig-lines.ts';

export type OptionType = 'bool' | 'tristate' | 'string' | 'int' | 'hex';

/** A value under a condition: `default y if FOO`. */
export interface Conditional {
  readonly value: string;
  readonly when: string;
  /** What the entry that says so depends on: all of it has to hold as well (menu_finalize() in scripts/kconfig/menu.c). */
  readonly within: readonly string[];
}

/** What the Kconfig files say of one option, all its entries taken together. */
export interface KconfigOption {
  type: OptionType | undefined;
  /** For each entry, what it depends on: all of it has to hold. */
  readonly depends: (readonly string[])[];
  /** When a user is asked for it; none when nobody is. The value is the text of the question. */
  readonly prompts: Conditional[];
  readonly defaults: Conditional[];
  /** Who selects it. */
  readonly selectedBy: Conditional[];
  /** Who would like it to be on (`imply`). */
  readonly impliedBy: Conditional[];
  /** The options of its choice, itself among them, and the choice's own defaults; undefined outside of choices. */
  choice: Choice | undefined;
}

export interface Choice {
  readonly members: string[];
  readonly defaults: Conditional[];
}

export type Kconfig = ReadonlyMap<string, KconfigOption>;

interface Block {
  readonly kind: 'if' | 'menu' | 'choice';
  readonly conditions: string[];
  /** `visible if` of a menu: what has to hold for its questions to be asked. */
  readonly visible: string[];
  readonly choice?: Choice;
}

const types: readonly string[] = ['bool', 'tristate', 'string', 'int', 'hex'];

/** Reads a Kconfig file and, with `follow`, those that it sources. `$(NAME)` in a path is one of `variables`. */
export function readKconfig(
  read: Read,
  file: string,
  options: { readonly follow: boolean; readonly variables?: Readonly<Record<string, string>> },
): Kconfig {
  const reader = new KconfigReader(read, options.follow, options.variables ?? {});
  reader.file(file);
  return reader.options;
}

class KconfigReader {
  readonly options = new Map<string, KconfigOption>();
  private readonly blocks: Block[] = [];
  private readonly reading = new Set<string>();

  constructor(
    private readonly read: Read,
    private readonly follow: boolean,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  file(path: string): void {
    const text = this.read(path);
    if (text === undefined || this.reading.has(path)) return;
    this.reading.add(path);
    /** The entry that following lines belong to: an option, or the block itself (`depends on` of a menu or choice). */
    let option: KconfigOption | null = null;
    let own: string[] = [];
    let name = '';
    for (const line of kconfigLines(text)) {
      switch (line.word) {
        case 'config':
        case 'menuconfig':
          name = /^\w+/.exec(line.rest)?.[0] ?? '';
          option = this.option(name);
          own = [...this.blocks.flatMap((block) => block.conditions)];
          option.depends.push(own);
          break;
        case 'if':
          this.blocks.push({ kind: 'if', conditions: [line.rest], visible: [] });
          option = null;
          break;
        case 'menu':
        case 'comment':
        case 'mainmenu':
          if (line.word === 'menu') this.blocks.push({ kind: 'menu', conditions: [], visible: [] });
          option = null;
          // What a comment depends on concerns nobody.
          own = line.word === 'menu' ? this.blocks.at(-1)!.conditions : [];
          break;
        case 'choice':
          this.blocks.push({ kind: 'choice', conditions: [], visible: [], choice: { members: [], defaults: [] } });
          option = null;
          own = this.blocks.at(-1)!.conditions;
          break;
        case 'endif':
        case 'endmenu':
        case 'endchoice':
          this.blocks.pop();
          option = null;
          own = [];
          break;
        case 'source':
        case 'osource':
        case 'rsource':
          if (this.follow) this.file(this.pathOf(line, path));
          option = null;
          own = [];
          break;
        default:
          if (option) this.property(name, option, own, line);
          else this.blockProperty(own, line);
      }
    }
    this.reading.delete(path);
  }

  /** An option that an entry defines, where the entry stands. */
  private option(name: string): KconfigOption {
    const option = this.known(name);
    const choice = this.blocks.findLast((block) => block.kind === 'choice')?.choice;
    if (choice && !choice.members.includes(name)) {
      choice.members.push(name);
      option.choice = choice;
    }
    return option;
  }

  private known(name: string): KconfigOption {
    let option = this.options.get(name);
    if (!option) {
      option = {
        type: undefined,
        depends: [],
        prompts: [],
        defaults: [],
        selectedBy: [],
        impliedBy: [],
        choice: undefined,
      };
      this.options.set(name, option);
    }
    return option;
  }

  private property(name: string, option: KconfigOption, own: string[], { word, rest }: KconfigLine): void {
    if (types.includes(word)) {
      option.type ??= word as OptionType;
      if (/^["']/.test(rest)) this.prompt(option, own, rest);
      return;
    }
    const defined = /^def_(bool|tristate)$/.exec(word);
    if (defined) option.type ??= defined[1] as OptionType;
    if (defined || word === 'default') option.defaults.push({ ...splitIf(rest), within: own });
    else if (word === 'prompt') this.prompt(option, own, rest);
    else if (word === 'depends') own.push(rest.replace(/^on\s+/, ''));
    else if (word === 'select' || word === 'imply') {
      const { value, when } = splitIf(rest);
      const target = this.known(value);
      target[word === 'select' ? 'selectedBy' : 'impliedBy'].push({ value: name, when, within: own });
    }
  }

  private prompt(option: KconfigOption, own: readonly string[], rest: string): void {
    const visible = this.blocks.flatMap((block) => block.visible);
    const { value, when } = splitIf(rest);
    const all = [when, ...visible].filter((each) => each !== '').map((each) => `(${each})`);
    option.prompts.push({ value, when: all.join(' && '), within: own });
  }

  private blockProperty(own: string[], { word, rest }: KconfigLine): void {
    const block = this.blocks.at(-1);
    if (word === 'depends') own.push(rest.replace(/^on\s+/, ''));
    else if (word === 'visible') block?.visible.push(rest.replace(/^if\s+/, ''));
    else if (word === 'default' && block?.choice) block.choice.defaults.push({ ...splitIf(rest), within: own });
  }

  private pathOf({ word, rest }: KconfigLine, from: string): string {
    const path = rest
      .replace(/^["']|["']$/g, '')
      .replace(/\$\((\w+)\)|\$(\w+)/g, (_, a?: string, b?: string) => this.variables[a ?? b ?? ''] ?? '')
      .replace(/^\/+/, '');
    return word === 'rsource' ? `${from.slice(0, from.lastIndexOf('/') + 1)}${path}` : path;
  }
}

function splitIf(rest: string): { value: string; when: string } {
  const match = /^("(?:\\.|[^"])*"|'(?:\\.|[^'])*'|.*?)(?:(?:\s+|(?<=["']))if\s+(.*))?$/.exec(rest);
  return { value: match?.[1] ?? '', when: match?.[2] ?? '' };
}
