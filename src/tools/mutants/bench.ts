import { Engine, type Host } from '../../engine/index.ts';
import { readFile, type FileFacts } from '../../facts/index.ts';
import { moduleOfFile } from '../../program/index.ts';
import type { AnalysisResult } from '../../engine/index.ts';
import type { Finding } from '../../rules/index.ts';
import { prepare, withTree, type CParser } from '../../syntax/index.ts';
import { Folders } from './folders.ts';
import { apply, mutantClasses, type Mutant, type MutantClass } from './index.ts';
import { sourceOf, type Source } from './source.ts';
import { World } from './world.ts';

/** What became of one planted bug. */
export interface Result {
  readonly file: string;
  readonly line: number;
  readonly fn: string;
  readonly class: string;
  readonly what: string;
  /**
   * `found`: by a rule of its class; `other`: by another rule only; `gap`: said to be not analysed; else missed. What a
   * bug breaks may be shown in another file of the module: that is `found` as well.
   */
  readonly outcome: 'found' | 'other' | 'gap' | 'missed' | 'failed';
  /** The rules with new findings, without `pernet/`; or why the analysis failed. */
  readonly rules: readonly string[];
}

export interface FileResult {
  readonly file: string;
  /** True when only the whole tree as index says the same of the file as the whole tree does. */
  readonly wide: boolean;
  readonly results: readonly Result[];
  /** How many places were left alone, by class and reason. */
  readonly skipped: readonly { readonly class: string; readonly reason: string; readonly count: number }[];
}

interface Planted {
  readonly planted: readonly { readonly each: MutantClass; readonly mutant: Mutant }[];
  readonly skipped: FileResult['skipped'];
}

/** Plants bugs into files of one tree and looks at what a warm engine says. One per thread. */
export class Bench {
  private readonly engine: Engine;
  private readonly world: World;
  private readonly host: Host;
  private whole: AnalysisResult | undefined;
  /** Files that need the whole tree as index. */
  private readonly wide = new Set<string>();
  private turns = 0;

  /** `paths` are the tree's files that mention pernet. */
  constructor(
    private readonly parser: CParser,
    host: Host,
    private readonly paths: readonly string[],
    private readonly how: {
      /** Whether so many files will be asked for that looking at the whole tree once pays. */
      readonly manyFiles: boolean;
      /** Whether the files around a file are taken to be enough, without a look at what the whole tree says. */
      readonly near: boolean;
    },
  ) {
    this.host = remembering(host);
    this.engine = new Engine({ parser, host: this.host });
    const facts = paths.flatMap((file) => this.wholeFacts(file) ?? []);
    const read = (path: string): string | undefined => this.text(path);
    const folders = new Folders({
      listFolder: (folder) => this.host.listFolder(folder),
      text: read,
      facts: (path) => this.factsBeside(path),
    });
    this.world = new World(facts, (file) => moduleOfFile(file, read), folders);
  }

  /** How many bugs of each class a file offers a place for. */
  count(file: string, classes: readonly string[]): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { each } of this.planted(file, classes).planted) counts.set(each.name, (counts.get(each.name) ?? 0) + 1);
    return counts;
  }

  /** Plants the bugs of some classes, one at a time: all of a file, or of each class those that `chosen` numbers from 0. */
  async run(
    file: string,
    classes: readonly string[],
    chosen?: ReadonlyMap<string, readonly number[]>,
  ): Promise<FileResult> {
    const text = this.text(file);
    const all = this.planted(file, classes);
    const skipped = all.skipped;
    const turns = new Map<string, number>();
    const planted = all.planted.filter(({ each: { name } }) => {
      const turn = turns.get(name) ?? 0;
      turns.set(name, turn + 1);
      return !chosen || chosen.get(name)?.includes(turn);
    });
    if (text === undefined || planted.length === 0) return { file, wide: false, results: [], skipped };
    this.engine.setOverlay(file, text);
    const pristine = this.pristine(file);
    const results: Result[] = [];
    for (const { each, mutant } of planted) {
      const expected = [...each.expected, ...(mutant.alsoExpected ?? [])];
      const outcome = this.outcome({ file, text, mutant, pristine, expected });
      results.push({
        file,
        line: mutant.line,
        fn: mutant.fn,
        class: each.name,
        what: oneLine(mutant.what),
        ...outcome,
      });
      // A binding that frees trees when the event loop turns gets its chance.
      if (++this.turns % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    this.engine.setOverlay(file, undefined);
    return { file, wide: this.wide.has(file), results, skipped };
  }

  /** The bugs that a file has a place for, and how many places were left alone. */
  private planted(file: string, classes: readonly string[]): Planted {
    const text = this.text(file);
    if (text === undefined || !this.world.facts(file)) return { planted: [], skipped: [] };
    const skipped = new Map<string, FileResult['skipped'][number]>();
    const planted = this.withSource(file, text, (source) =>
      mutantClasses
        .filter(({ name }) => classes.includes(name))
        .flatMap((each) =>
          [...each.mutants(source)].flatMap((made) => {
            if (!('skipped' in made)) return [{ each, mutant: made }];
            const key = `${each.name}|${made.skipped}`;
            const known = skipped.get(key) ?? { class: each.name, reason: made.skipped, count: 0 };
            skipped.set(key, { ...known, count: known.count + 1 });
            return [];
          }),
        ),
    );
    return { planted, skipped: [...skipped.values()] };
  }

  /**
   * What is said of a file as it is. Where the files around it are enough to say the same as the whole tree does, they
   * become the engine's index: an analysis of the tree costs some hundred times as much.
   */
  private pristine(file: string): Pristine {
    if (this.how.near) {
      this.engine.setIndex(this.world.neighbours(file));
      return new Pristine(this.through(file));
    }
    this.engine.setIndex(this.paths);
    if (this.how.manyFiles) this.whole ??= this.engine.analyse();
    const whole = new Pristine(this.whole ? ofFile(this.whole, file) : this.engine.analyse(file));
    this.engine.setIndex(this.world.neighbours(file));
    const near = this.through(file);
    if (new Pristine(ofFile(near, file)).says === whole.says) return new Pristine(near);
    this.engine.setIndex(this.paths);
    this.wide.add(file);
    return new Pristine(this.through(file));
  }

  private outcome(of: {
    file: string;
    text: string;
    mutant: Mutant;
    pristine: Pristine;
    expected: readonly string[];
  }): Pick<Result, 'outcome' | 'rules'> {
    let result: AnalysisResult;
    try {
      const mutated = apply(of.text, of.mutant.edits);
      if (mutated === of.text) return { outcome: 'failed', rules: ['the edit changes nothing'] };
      if (!this.parses(mutated, of.text)) return { outcome: 'failed', rules: ['the edit does not parse'] };
      this.engine.setOverlay(of.file, mutated);
      result = this.through(of.file);
    } catch (error) {
      return { outcome: 'failed', rules: [error instanceof Error ? error.message : String(error)] };
    }
    const own = of.pristine.newRules(ofFile(result, of.file));
    const isExpected = (rule: string): boolean => of.expected.includes(rule);
    if (own.some(isExpected)) return { outcome: 'found', rules: own };
    const rules = of.pristine.newRules(result);
    if (rules.some(isExpected)) return { outcome: 'found', rules };
    if (rules.length > 0) return { outcome: 'other', rules };
    return { outcome: of.pristine.hasGap(result, of.mutant.fn) ? 'gap' : 'missed', rules };
  }

  /** What the lifecycles through a file show, there and in the other files of the engine's index. */
  private through(file: string): AnalysisResult {
    return this.engine.analyseThrough([file]);
  }

  /** Calls `use` with the file as mutations read it; no node may leave it, so what it gives is made in full. */
  private withSource<T>(file: string, text: string, use: (source: Source) => T): T {
    return withTree(this.parser, prepare(text), (root) => use(sourceOf(file, text, root, this.world)));
  }

  private wholeFacts(file: string): FileFacts | null {
    const text = this.text(file);
    if (text === undefined) return null;
    const prepared = prepare(text);
    if (prepared.refused !== undefined) return null;
    return withTree(this.parser, prepared, (root) => readFile(file, text, prepared, root));
  }

  /** The facts of a file that is not among those that mention pernet, read when they are asked for. */
  private factsBeside(file: string): FileFacts | null {
    let facts = this.beside.get(file);
    if (facts === undefined) this.beside.set(file, (facts = this.wholeFacts(file)));
    return facts;
  }

  private readonly beside = new Map<string, FileFacts | null>();

  private readonly errorsOf = new Map<string, number>();

  private parses(text: string, before: string): boolean {
    const errors = (each: string): number =>
      withTree(this.parser, prepare(each), (root) => (root.hasError ? countErrors(root) : 0));
    const known = this.errorsOf.get(before) ?? errors(before);
    this.errorsOf.clear();
    this.errorsOf.set(before, known);
    return errors(text) <= known;
  }

  private text(file: string): string | undefined {
    const read = this.host.readText(file);
    return 'text' in read ? read.text : undefined;
  }
}

type Node = Parameters<Parameters<typeof withTree>[2]>[0];

function countErrors(node: Node): number {
  let count = node.isError || node.isMissing ? 1 : 0;
  for (const child of node.children) if (child && (child.hasError || child.isMissing)) count += countErrors(child);
  return count;
}

function ofFile({ findings, notAnalysed, ...rest }: AnalysisResult, file: string): AnalysisResult {
  const own = (each: { readonly file: string }): boolean => each.file === file;
  return { ...rest, findings: findings.filter(own), notAnalysed: notAnalysed.filter(own) };
}

/** What is said of the file as it is. */
class Pristine {
  private readonly findings: ReadonlySet<string>;
  private readonly gaps: ReadonlySet<string>;
  /** All of it as one text. */
  readonly says: string;

  constructor(result: AnalysisResult) {
    this.findings = new Set(result.findings.map(nameOf));
    this.gaps = new Set(result.notAnalysed.map((gap) => `${gap.function ?? ''}|${gap.reason}`));
    this.says = JSON.stringify([[...this.findings].sort(), [...this.gaps].sort()]);
  }

  newRules({ findings }: AnalysisResult): string[] {
    const loud = findings.filter(({ severity }) => severity === 'error' || severity === 'warning');
    const rules = loud.filter((each) => !this.findings.has(nameOf(each))).map(({ rule }) => rule);
    return [...new Set(rules)].map((rule) => rule.replace(/^pernet\//, '')).sort();
  }

  /** Whether something is newly not analysed, or the function in question never was. */
  hasGap({ notAnalysed }: AnalysisResult, fn: string): boolean {
    return notAnalysed.some((gap) => gap.function === fn || !this.gaps.has(`${gap.function ?? ''}|${gap.reason}`));
  }
}

function nameOf(finding: Finding): string {
  return `${finding.rule}|${finding.file}|${finding.ops ?? ''}|${finding.function ?? ''}|${finding.fingerprint}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 120);
}

/** Keeps texts: the tree is not written to while the bench runs, and an engine asks for each file each time. */
function remembering(host: Host): Host {
  const texts = new Map<string, ReturnType<Host['readText']>>();
  return {
    readText(path) {
      let read = texts.get(path);
      if (!read) texts.set(path, (read = host.readText(path)));
      return read;
    },
    listFolder: (folder) => host.listFolder(folder),
  };
}
