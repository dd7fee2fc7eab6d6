import { outlineOf, pruneBodies, readFile, type FileFacts, type FunctionFact } from '../facts/index.ts';
import type { BootCode, BootFunction, OptionValue } from '../program/index.ts';
import { prepare, type Configuration, type CParser, type Prepared, type SyntaxNode } from '../syntax/index.ts';
import { definitionIn, macroAsFunction } from './c-text.ts';
import { unfit } from './files.ts';
import { Headers } from './headers.ts';

interface ReadText {
  readonly text: string;
  readonly prepared: Prepared;
}

/** What an `#if` of built-in code sees: `CONFIG_X` for y, `CONFIG_X_MODULE` for m, and MODULE is not defined. */
export function builtInConfiguration(option: OptionValue): Configuration {
  return {
    value(name) {
      if (name === 'MODULE') return false;
      if (!name.startsWith('CONFIG_')) return undefined;
      const value = option(name);
      if (value !== undefined) return value !== 'm';
      return name.endsWith('_MODULE') && option(name.slice(0, -'_MODULE'.length)) === 'm';
    },
  };
}

/** The C text of a tree, read and parsed as far as the boot order asks. */
export class TreeCode implements BootCode {
  private readonly configuration: Configuration;
  private readonly texts = new Map<string, ReadText | undefined>();
  private readonly outlines = new Map<string, readonly BootFunction[]>();
  private readonly fileFacts = new Map<string, FileFacts | undefined>();
  private readonly functions = new Map<string, FunctionFact | undefined>();
  private readonly bytes = new Map<string, Buffer | null>();
  private readonly headers: Headers;

  constructor(
    private readonly parser: CParser,
    private readonly read: (file: string) => Buffer | undefined,
    readonly option: OptionValue,
  ) {
    this.configuration = builtInConfiguration(option);
    this.headers = new Headers((file) => this.raw(file)?.toString('latin1'));
  }

  outline(file: string): readonly BootFunction[] {
    let outline = this.outlines.get(file);
    if (!outline) this.outlines.set(file, (outline = this.readOutline(file)));
    return outline;
  }

  private readOutline(file: string): BootFunction[] {
    const text = this.text(file)?.prepared.text ?? '';
    const outline = outlineOf(text);
    const known = new Set(outline.map(({ name }) => name));
    return outline.map(({ name, isStatic, open, close }) => ({
      name,
      isStatic,
      mentions: new Set(wordsIn(text.slice(open, close), known)),
    }));
  }

  facts(file: string): FileFacts | undefined {
    if (!this.fileFacts.has(file)) this.fileFacts.set(file, this.readFacts(file));
    return this.fileFacts.get(file);
  }

  private readFacts(file: string): FileFacts | undefined {
    const text = this.text(file);
    if (!text) return undefined;
    const { arms, text: prepared } = text.prepared;
    const pruned = pruneBodies(prepared, text.text, { callsOf: [] });
    return this.parse(pruned, (root) => readFile(file, text.text, { text: pruned, arms }, root));
  }

  function(file: string, name: string): FunctionFact | undefined {
    const key = `${file}#${name}`;
    if (!this.functions.has(key)) this.functions.set(key, this.readFunction(file, name));
    return this.functions.get(key);
  }

  private readFunction(file: string, name: string): FunctionFact | undefined {
    const text = this.text(file);
    if (!text) return undefined;
    const { prepared } = text;
    const span = definitionIn(prepared.text, name);
    return span && this.parseOne(file, name, text.text, prepared.text, span);
  }

  /** Parses one function alone, with the lines before it empty so that places stay right. */
  private parseOne(
    file: string,
    name: string,
    original: string,
    prepared: string,
    [start, end]: readonly [number, number],
  ): FunctionFact | undefined {
    const lines = '\n'.repeat(original.slice(0, start).split('\n').length - 1);
    const part = { original: lines + original.slice(start, end), text: lines + prepared.slice(start, end) };
    return this.parse(part.text, (root) => {
      const facts = readFile(file, part.original, { text: part.text, arms: [] }, root);
      return facts.functions.find((fact) => fact.name === name);
    });
  }

  private parse<T>(text: string, use: (root: SyntaxNode) => T): T {
    const tree = this.parser.parse(text);
    try {
      return use(tree.rootNode);
    } finally {
      this.parser.free(tree);
    }
  }

  macro(file: string, name: string): FunctionFact | undefined {
    const key = `${file}#define ${name}`;
    if (!this.functions.has(key)) this.functions.set(key, this.readMacro(file, name));
    return this.functions.get(key);
  }

  private readMacro(file: string, name: string): FunctionFact | undefined {
    const text = this.text(file);
    if (!text?.text.includes(name)) return undefined;
    const found = new RegExp(`^[ \\t]*#[ \\t]*define[ \\t]+${name}\\(([^)]*)\\)((?:[^\\n\\\\]|\\\\[^])*)`, 'gm');
    for (const match of text.text.matchAll(found)) {
      if (isDead(text, match.index)) continue;
      const params = match[1]!
        .split(',')
        .map((param) => param.trim())
        .filter((param) => /^\w+$/.test(param));
      const body = match[2]!
        .replace(/\\\r?\n/g, ' ')
        .replace(/\/\*.*?\*\//g, ' ')
        .trim();
      const source = macroAsFunction(name, params, body);
      return this.parseOne(file, name, source, prepare(source, this.configuration).text, [0, source.length]);
    }
    return undefined;
  }

  constant(file: string, name: string): string | undefined {
    for (const each of [file, ...this.headers.defining(file, name)]) {
      const text = this.text(each);
      if (!text?.text.includes(name)) continue;
      for (const match of text.text.matchAll(
        new RegExp(`^[ \\t]*#[ \\t]*define[ \\t]+${name}[ \\t]+([^\\n/]+)`, 'gm'),
      )) {
        if (!isDead(text, match.index)) return match[1]!.trim();
      }
    }
    return undefined;
  }

  isShort(file: string, name: string): boolean {
    const text = this.text(file);
    if (!text) return false;
    const span = definitionIn(text.prepared.text, name);
    if (!span) return true;
    const body = text.prepared.text.slice(span[0], span[1]);
    return (body.slice(body.indexOf('{')).match(/;/g) ?? []).length <= 1;
  }

  source(file: string): string {
    const text = this.text(file);
    return text ? blanked(text) : '';
  }

  live(file: string): string {
    return this.text(file)?.prepared.text ?? '';
  }

  headersDefining(file: string, name: string): readonly string[] {
    return this.headers.defining(file, name);
  }

  mentioning(files: readonly string[], names: readonly string[]): readonly string[] {
    const pattern = new RegExp(`\\b(?:${names.join('|')})\\b`);
    const [only] = names;
    return files.filter((file) => {
      const bytes = this.raw(file);
      if (!bytes || (names.length === 1 && !bytes.includes(only!))) return false;
      return pattern.test(bytes.toString('latin1'));
    });
  }

  defining(files: readonly string[], name: string): readonly string[] {
    const pattern = new RegExp(`^(?:\\w[^\\n;={}]*[\\s*])?${name}\\s*\\([^;{}]*\\)[^;{}]*\\{`, 'm');
    return files.filter((file) => {
      const bytes = this.raw(file);
      return bytes?.includes(`${name}(`) === true && pattern.test(bytes.toString('latin1'));
    });
  }

  private text(file: string): ReadText | undefined {
    if (!this.texts.has(file)) {
      const text = this.raw(file)?.toString('utf8');
      this.texts.set(
        file,
        text === undefined || unfit(text) !== null ? undefined : { text, prepared: prepare(text, this.configuration) },
      );
    }
    return this.texts.get(file);
  }

  private raw(file: string): Buffer | null {
    let bytes = this.bytes.get(file);
    if (bytes === undefined) this.bytes.set(file, (bytes = this.read(file) ?? null));
    return bytes;
  }
}

function isDead({ prepared }: ReadText, at: number): boolean {
  return prepared.arms.some((arm) => !arm.taken && arm.start <= at && at < arm.end);
}

function blanked({ text, prepared }: ReadText): string {
  let result = text;
  for (const { start, end, taken } of prepared.arms) {
    if (!taken) result = result.slice(0, start) + result.slice(start, end).replace(/[^\n]/g, ' ') + result.slice(end);
  }
  return result;
}

function* wordsIn(text: string, known: ReadonlySet<string>): Generator<string> {
  // What follows `->` or `.` is a member, whatever it is called.
  for (const match of text.matchAll(/(?<![\w.]|->)[A-Za-z_]\w*/g)) {
    if (known.has(match[0]) || text[match.index + match[0].length] === '(') yield match[0];
  }
}
