import { tableWith, type Pair, type PairsByCall } from '../lifecycle/index.ts';
import type { Rule, Severity } from '../rules/index.ts';
import type { AnalysisInput } from './analysis.ts';
import { configurationOf, optionIn } from './config.ts';
import { Contexts } from './contexts.ts';
import type { EngineOptions } from './engine.ts';
import { FileReader } from './file-reader.ts';
import { focusOn } from './focus.ts';
import { Kernel } from './kernel.ts';

/** All that an engine looks with: its files, what they say of the tree that they are of, and what it is set to. */
export class Means {
  readonly files: FileReader;
  readonly kernel: Kernel;
  readonly contexts: Contexts;
  /** The pairs of calls that acquire and release. */
  table: PairsByCall = tableWith([]);
  /** Called every now and then during an analysis: it throws where nobody wants the result any more. */
  checkpoint: (() => void) | undefined;

  private readonly option: AnalysisInput['option'];
  private severities: Readonly<Record<string, Severity | 'off'>>;
  private pairs = '[]';

  constructor(readonly options: EngineOptions) {
    const configuration = configurationOf(options.config ?? null);
    this.files = new FileReader(options, configuration);
    this.kernel = new Kernel(options, (path) => this.files.text(path));
    this.contexts = new Contexts(this);
    this.option = optionIn(configuration);
    this.severities = options.severities ?? {};
    this.setPairs(options.pairs ?? []);
  }

  /** Whether it makes a difference. */
  setSeverities(severities: Readonly<Record<string, Severity | 'off'>>): boolean {
    if (JSON.stringify(severities) === JSON.stringify(this.severities)) return false;
    this.severities = severities;
    return true;
  }

  /** Whether it makes a difference. */
  setPairs(pairs: readonly Pair[]): boolean {
    const text = JSON.stringify(pairs);
    if (text === this.pairs) return false;
    this.pairs = text;
    this.table = tableWith(pairs);
    return true;
  }

  severityOf(rule: Pick<Rule, 'id' | 'severity'>): Severity | null {
    const set = this.severities[rule.id];
    return set === 'off' ? null : (set ?? rule.severity);
  }

  digest(text: string): string {
    return this.options.stock?.digest(text) ?? text;
  }

  /** What an analysis of one file, or of all that are indexed, is given beside the facts to look at. */
  inputFor(path: string | undefined): Omit<AnalysisInput, 'read' | 'stock' | 'clock'> {
    const { files, kernel, option, table, checkpoint } = this;
    return {
      focus: focusOn(path),
      dialect: kernel.dialect,
      moduleInfo: (file) => kernel.moduleInfo(file),
      linkedFirst: (one, other) => kernel.linkedFirst(one, other),
      isConfigured: this.options.config !== undefined,
      severityOf: (rule) => this.severityOf(rule),
      option,
      table,
      variant: (facts, off) => files.variant(facts, off),
      reread: (file, off) => files.reread(file, off),
      bodies: (file, names) => files.bodies(file, names),
      ...(checkpoint ? { checkpoint } : {}),
    };
  }

  /** What earlier runs over the whole tree came to. */
  partStock(): AnalysisInput['stock'] {
    const { stock } = this.options;
    return (
      stock && {
        parts: stock.parts,
        digest: (text) => stock.digest(text),
        sourceOf: (facts) => this.files.sourceOf(facts),
      }
    );
  }
}
