import type { FileFacts, FunctionFact } from '../../facts/ir.ts';

/** A function as its file's text shows it, before any of it is parsed. */
export interface OutlinedFunction {
  readonly name: string;
  readonly isStatic: boolean;
  /** The words of its body that are followed by `(`, or name a function of the file. */
  readonly mentions: ReadonlySet<string>;
}

/** The C text of a tree under one configuration, read and parsed only as far as somebody asks. Unknown files have nothing. */
export interface Code {
  /** The functions of a file that can be told without a parse. */
  outline(file: string): readonly OutlinedFunction[];
  /** A file's ops and initcalls; its functions are there without their bodies. */
  facts(file: string): FileFacts | undefined;
  /** One function that a file defines in its live text; undefined when it does not. */
  function(file: string, name: string): FunctionFact | undefined;
  /** A function-like macro that a file defines in its live text, as a function that returns the macro's value. */
  macro(file: string, name: string): FunctionFact | undefined;
  /** A file's text without comments' and dead arms' effect: attributes, directives and what is not compiled are blank. */
  live(file: string): string;
  /** Whether a function or macro of a file is at most one statement long: a stub, or another name for something. */
  isShort(file: string, name: string): boolean;
  /** A file's text as written, arms that are not compiled blank. */
  source(file: string): string;
  /** The text that an object-like macro of a file, or of a header that it includes, stands for. */
  constant(file: string, name: string): string | undefined;
  /** The headers that a file includes, directly or not, that define the name as a function or macro. */
  headersDefining(file: string, name: string): readonly string[];
  /** Those of `files` whose text mentions one of the names. */
  mentioning(files: readonly string[], names: readonly string[]): readonly string[];
  /** Those of `files` that look as if they defined a function of that name. */
  defining(files: readonly string[], name: string): readonly string[];
  /** `y`, `m`, a value as text, or undefined when the option is off. */
  option(name: string): string | undefined;
}
