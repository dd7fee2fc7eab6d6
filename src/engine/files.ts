import {
  givenInMacros,
  withScopeEnds,
  membersApart,
  ofWholeFile,
  mentionsOf,
  movedFrom,
  outlineOf,
  pruneBodies,
  readFile,
  ReadingMemo,
  scopeEndsOf,
  standIns,
  type At,
  type FileFacts,
  type PreparedText,
} from '../facts/index.ts';
import { shareNames } from '../program/index.ts';
import {
  distanceBetween,
  everyOption,
  prepare,
  type Configuration,
  type CParser,
  type Prepared,
  type SyntaxTree,
} from '../syntax/index.ts';

/** Larger texts are said to be not analysed: no C that people write is this long (UTF-16 units). */
export const largestText = 4 * 1024 * 1024;

/** What one file came to: its facts, or why there are none. */
export type ReadResult = { readonly facts: FileFacts } | { readonly error: string };

/** Why a text is not worth a parse, or null when it is. */
export function unfit(text: string): string | null {
  if (text.length > largestText)
    return `larger than ${largestText / 1024 / 1024} MB (${Math.round(text.length / 1024 / 1024)} MB)`;
  if (text.includes('\0')) return 'binary: it holds NUL bytes';
  return null;
}

/** Text to facts for one file in one go; the tree is freed again. */
export function factsOf(
  parser: CParser,
  file: string,
  text: string,
  configuration: Configuration = everyOption,
  callsOf?: readonly string[],
): ReadResult {
  const error = unfit(text);
  if (error !== null) return { error };
  const prepared = prepareForFacts(text, configuration, callsOf);
  if (prepared.refused !== undefined) return { error: prepared.refused };
  const tree = parser.parse(prepared.text);
  try {
    return { facts: asAsked(readFile(file, text, prepared, tree.rootNode), text, callsOf) };
  } finally {
    parser.free(tree);
  }
}

/**
 * The facts of a file as they were asked for. Of a header only what was asked for is there: what some other file wanted of
 * it must not make a function known by its name, and by no more than that, to all that call it.
 */
function asAsked(facts: FileFacts, text: string, callsOf: readonly string[] | undefined): FileFacts {
  if (!callsOf || !facts.file.endsWith('.h')) return withStandIns(facts, text, callsOf);
  return { ...facts, functions: facts.functions.filter(({ blocks }) => blocks !== null) };
}

/** Of a file that is read for itself, and that has no word of pernet, what stands for the ops which it is a helper of. */
function withStandIns(facts: FileFacts, text: string, callsOf: readonly string[] | undefined): FileFacts {
  if (callsOf || text.includes('pernet_')) return facts;
  const ops = standIns(facts);
  return ops.length > 0 ? { ...facts, ops } : facts;
}

/**
 * A file's facts under another configuration in which one option is off: only the functions and ops that the option
 * decides over are read again, the rest is the base's.
 */
export function variantOf(
  parser: CParser,
  base: FileFacts,
  text: string,
  { off, configuration }: { readonly off: string; readonly configuration: Configuration },
): FileFacts {
  const functions = base.functions.filter((fact) => fact.options.includes(off));
  const ops = base.ops.filter((fact) => fact.options.includes(off));
  const { text: prepared, arms } = prepare(text, configuration);
  const part = keepLines(
    prepared,
    [...functions, ...ops].map((fact) => fact.span),
  );
  const tree = parser.parse(part);
  try {
    const read = readFile(base.file, text, { text: part, arms }, tree.rootNode);
    const functionNames = new Set(functions.map((fact) => fact.name));
    const opsNames = new Set(ops.map((fact) => fact.name));
    return {
      ...base,
      functions: base.functions.map((fact) =>
        functionNames.has(fact.name) ? (read.functions.find((f) => f.name === fact.name) ?? fact) : fact,
      ),
      ops: base.ops.map((fact) =>
        opsNames.has(fact.name) ? (read.ops.find((o) => o.name === fact.name) ?? fact) : fact,
      ),
    };
  } finally {
    parser.free(tree);
  }
}

/** The text with all lines but those of some spans blanked, at equal length. */
function keepLines(text: string, spans: readonly At[]): string {
  const kept = [...spans].sort((a, b) => a[0] - b[0]);
  let next = 0;
  return text
    .split('\n')
    .map((line, index) => {
      while (next < kept.length && kept[next]![2] < index + 1) next++;
      const span = kept[next];
      return span && span[0] <= index + 1 ? line : ' '.repeat(line.length);
    })
    .join('\n');
}

/** The text that is parsed: kernel C made to parse, without the bodies that no lifecycle reaches. */
function prepareForFacts(
  text: string,
  configuration: Configuration,
  callsOf?: readonly string[],
  memo?: ReadingMemo,
): PreparedText & Pick<Prepared, 'refused'> {
  const { text: prepared, arms, refused } = prepare(text, configuration);
  const outline = outlineOf(prepared);
  const ends = scopeEndsOf(text);
  const pruned = pruneBodies(prepared, text, { callsOf, memo: memo?.words, outline, ends });
  const names = mentionsOf(prepared, memo?.mentions, outline, text);
  const inMacros = givenInMacros(text);
  const ofFile = { [ofWholeFile]: [...(names.mentions[ofWholeFile] ?? []), ...inMacros] };
  const mentions = withScopeEnds(inMacros.length > 0 ? { ...names.mentions, ...ofFile } : names.mentions, text, {
    outline,
    ends,
  });
  return { text: pruned, arms, refused, ...names, mentions, apart: membersApart(prepared) };
}

/** So many trees of an open document are kept. */
const mostVersions = 2;

/** An open document: its tree and its functions are kept, so that of the next version only what changed is read. */
export class OpenFile {
  /** The last versions, the latest first. */
  private readonly versions: { readonly tree: SyntaxTree; readonly text: string }[] = [];
  private readonly memo = new ReadingMemo();

  constructor(
    private readonly parser: CParser,
    private readonly of: {
      readonly file: string;
      readonly configuration: Configuration;
      readonly callsOf?: readonly string[] | undefined;
    },
  ) {}

  read(text: string): ReadResult {
    const error = unfit(text);
    if (error !== null) {
      this.close();
      return { error };
    }
    this.memo.turn();
    const { file, configuration, callsOf } = this.of;
    const prepared = prepareForFacts(text, configuration, callsOf, this.memo);
    if (prepared.refused !== undefined) {
      this.close();
      return { error: prepared.refused };
    }
    const tree = this.parser.parse(prepared.text, this.nearestTo(prepared.text));
    if (this.parser.spendsTrees) this.close();
    this.versions.unshift({ tree, text: prepared.text });
    this.forgetBut(mostVersions);
    const facts = asAsked(readFile(file, text, prepared, tree.rootNode, this.memo), text, callsOf);
    for (const fact of facts.functions) {
      const from = movedFrom(fact).fact;
      if (from !== fact) shareNames(fact, from);
    }
    return { facts };
  }

  close(): void {
    this.forgetBut(0);
  }

  private forgetBut(most: number): void {
    for (const { tree } of this.versions.splice(most)) this.parser.free(tree);
  }

  /** The version of which least has to be parsed anew: who takes back a large edit comes back to the one before it. */
  private nearestTo(text: string): (typeof this.versions)[number] | undefined {
    const [last, ...others] = this.versions;
    if (!last || others.length === 0) return last;
    const far = ({ text: then }: typeof last): number => distanceBetween(then, text);
    return [last, ...others].reduce((near, each) => (far(each) < far(near) ? each : near));
  }
}
