/**
 * The facts of one file: plain, serialisable, a pure function of the text and the configuration. A function's body is a
 * graph of basic blocks over expressions, lowered from the tree; nothing of tree-sitter is left in it.
 */

/** Line, column, end line, end column: from 1, columns in UTF-16 units, the end exclusive. */
export type At = readonly [line: number, column: number, endLine: number, endColumn: number];

export type Expr =
  /** With `elements`, the name of a constant array of the file. */
  | { readonly k: 'id'; readonly name: string; readonly elements?: readonly Expr[]; readonly at: At }
  /** `value` is null when it is a number that is not known here (a macro's arithmetic, a float). */
  /** With `name`, by which the file calls it. */
  | { readonly k: 'num'; readonly value: number | null; readonly name?: string; readonly at: At }
  | { readonly k: 'str'; readonly text: string; readonly at: At }
  | { readonly k: 'call'; readonly fn: Expr; readonly args: readonly Expr[]; readonly at: At }
  | { readonly k: 'unary'; readonly op: string; readonly of: Expr; readonly at: At }
  | { readonly k: 'binary'; readonly op: string; readonly l: Expr; readonly r: Expr; readonly at: At }
  | { readonly k: 'assign'; readonly op: string; readonly to: Expr; readonly from: Expr; readonly at: At }
  | { readonly k: 'update'; readonly op: '++' | '--'; readonly of: Expr; readonly at: At }
  /** `a ? b : c`; without `then` it is the kernel's `a ?: c`. */
  | { readonly k: 'cond'; readonly test: Expr; readonly then: Expr | null; readonly else: Expr; readonly at: At }
  | { readonly k: 'field'; readonly of: Expr; readonly name: string; readonly arrow: boolean; readonly at: At }
  /** With `elements`, those of a constant array of the file. */
  | {
      readonly k: 'index';
      readonly of: Expr;
      readonly index: Expr;
      readonly elements?: readonly Expr[];
      readonly at: At;
    }
  | { readonly k: 'comma'; readonly of: readonly Expr[]; readonly at: At }
  /** An initialiser list: designated members by name, the others in order. */
  | {
      readonly k: 'init';
      readonly members: readonly { readonly name: string | null; readonly value: Expr }[];
      readonly at: At;
    }
  /** What has no bearing on a lifecycle (sizeof, a type, a statement expression's text): its value is unknown. */
  | { readonly k: 'other'; readonly text: string; readonly of: readonly Expr[]; readonly at: At };

export type Step =
  | { readonly s: 'eval'; readonly of: Expr }
  /** A local variable comes to life; `pointer` tells how its value is to be read in messages. */
  | {
      readonly s: 'declare';
      readonly name: string;
      readonly pointer: boolean;
      /** What it points at, where that is a structure: `foo*` for `struct foo *p`. */
      readonly struct?: string;
      readonly isStatic: boolean;
      readonly init: Expr | null;
      readonly at: At;
    };

export type End =
  | {
      readonly e: 'goto';
      readonly to: number;
      /** Where a `goto` statement stands, if it is one. */ readonly at?: At;
      readonly label?: string;
    }
  | {
      readonly e: 'branch';
      readonly on: Expr;
      readonly then: number;
      readonly else: number;
      /** The head of a loop. */ readonly loop?: boolean;
    }
  /** A loop macro (`list_for_each_entry(…)`): runs its body an unknown number of times. */
  | {
      readonly e: 'each';
      readonly macro: string;
      readonly args: readonly Expr[];
      readonly body: number;
      readonly after: number;
      readonly at: At;
    }
  | {
      readonly e: 'switch';
      readonly on: Expr;
      readonly cases: readonly { readonly value: Expr; readonly to: number }[];
      readonly otherwise: number;
    }
  | { readonly e: 'return'; readonly value: Expr | null; readonly at: At };

export interface Block {
  readonly steps: readonly Step[];
  readonly end: End;
}

/** The blocks that a block can go on to. */
export function successorsOf({ end }: Block): readonly number[] {
  switch (end.e) {
    case 'goto':
      return [end.to];
    case 'branch':
      return [end.then, end.else];
    case 'each':
      return [end.body, end.after];
    case 'switch':
      return [...end.cases.map((each) => each.to), end.otherwise];
    case 'return':
      return [];
  }
}

export interface FunctionFact {
  readonly name: string;
  readonly isStatic: boolean;
  /** Attribute macros of its head as written, in order: `__init`, `__net_exit`, … */
  readonly attributes: readonly string[];
  /** True when it returns nothing. */
  readonly returnsVoid: boolean;
  readonly params: readonly string[];
  /** By parameter, what it points at, where that is a structure: `foo*` for `struct foo *p`. */
  readonly structs?: Readonly<Record<string, string>>;
  /** Its name in its definition. */
  readonly at: At;
  /** Its whole definition. */
  readonly span: At;
  /** The basic blocks, the entry first; null when the body was not lowered because no lifecycle of this file needs it. */
  readonly blocks: readonly Block[] | null;
  /** Why a part of the body could not be read, where one could not. */
  readonly unreadable?: { readonly line: number; readonly reason: string };
  /** CONFIG options that an `#if` or an IS_ENABLED() inside it depends on. */
  readonly options: readonly string[];
}

export interface FieldFact {
  readonly name: string;
  /** As written: a function's name, `&foo_net_id`, `sizeof(struct foo_net)`. */
  readonly text: string;
  readonly value: Expr;
  readonly at: At;
}

export interface OpsFact {
  readonly name: string;
  readonly isStatic: boolean;
  /** `__net_initdata`, `__read_mostly` and their kin, as written. */
  readonly attributes: readonly string[];
  readonly fields: readonly FieldFact[];
  /** Its name in its definition. */
  readonly at: At;
  /** The whole definition. */
  readonly span: At;
  /**
   * The number of elements when it is an array of ops of which it cannot be read which is which, so that their fields are
   * not told apart. Null for all others: the elements of an array are ops of their own, `foo_ops[0]`.
   */
  readonly elements: number | null;
  /** CONFIG options that an `#if` inside it depends on. */
  readonly options: readonly string[];
  /** True for one that the file does not hold: it stands for an ops elsewhere whose callbacks call what is in the file. */
  readonly isStandIn?: true;
  /** True for one that no file holds: it stands for whatever ops a function is passed by that name. */
  readonly isPassed?: true;
}

/** The name of one of an array of ops: each is an ops of its own. */
export function elementOf(array: string, index: number): string {
  return `${array}[${index}]`;
}

/** The array that a name is of an element of; the name itself where it is of none. */
export function arrayOf(name: string): string {
  return name.replace(/\[\d+\]$/, '');
}

/** `module_init(f)`, `subsys_initcall(f)`, `module_exit(f)`, `__exitcall(f)`, … */
export interface InitcallFact {
  /** The macro as written. */
  readonly macro: string;
  readonly fn: string;
  readonly at: At;
}

export interface SuppressionFact {
  readonly rules: readonly string[];
  readonly reason: string;
  readonly wholeFile: boolean;
  readonly at: At;
}

export interface FileFacts {
  readonly file: string;
  readonly functions: readonly FunctionFact[];
  readonly ops: readonly OpsFact[];
  readonly initcalls: readonly InitcallFact[];
  readonly exports: readonly string[];
  /** True when it has MODULE_LICENSE: it is the main file of something that can be a module. */
  readonly hasModuleLicense: boolean;
  readonly suppressions: readonly SuppressionFact[];
  /** CONFIG options that decide over pernet code outside functions, where this configuration leaves some of it or its stub out. */
  readonly hiddenBy: readonly string[];
  /** Function-like and object macros that stand for one call or one name: `#define foo_exit() bar_exit()`. */
  readonly aliases: Readonly<Record<string, string>>;
  /** What each function and each initialised variable mentions (mentionsOf()), bodies that were not lowered included. */
  readonly mentions: Readonly<Record<string, readonly string[]>>;
  /** The static variables at file level, in order. */
  readonly statics: readonly string[];
  /**
   * Those of them that count: numbers that begin at zero and that only functions count up or down to which no pointer leads,
   * and flags that begin lowered and that only functions raise which register ops.
   */
  readonly counters: readonly string[];
  /** The members of parts, `part.table`, beside which the same structure declares one by the plain name (membersApart()). */
  readonly apart: readonly string[];
  /** What could not be read at all: binary text, a text that is too large, an unclosed definition. */
  readonly unreadable: readonly { readonly line: number; readonly function?: string; readonly reason: string }[];
}

/** Every expression inside one, itself included, outermost first. */
export function* walkExpression(expression: Expr): Generator<Expr> {
  yield expression;
  for (const child of childrenOf(expression)) yield* walkExpression(child);
}

export function childrenOf(e: Expr): readonly Expr[] {
  switch (e.k) {
    case 'id':
      return e.elements ?? [];
    case 'num':
    case 'str':
      return [];
    case 'call':
      return [e.fn, ...e.args];
    case 'unary':
    case 'update':
    case 'field':
      return [e.of];
    case 'binary':
      return [e.l, e.r];
    case 'assign':
      return [e.to, e.from];
    case 'cond':
      return e.then ? [e.test, e.then, e.else] : [e.test, e.else];
    case 'index':
      return e.elements ? [e.of, e.index, ...e.elements] : [e.of, e.index];
    case 'comma':
    case 'other':
      return e.of;
    case 'init':
      return e.members.map((member) => member.value);
  }
}

/** Every expression of a body, those of conditions and results included. */
export function* expressionsOf(blocks: readonly Block[]): Generator<Expr> {
  for (const { steps, end } of blocks) {
    for (const step of steps) {
      if (step.s === 'eval') yield step.of;
      else if (step.init) yield step.init;
    }
    if (end.e === 'branch' || end.e === 'switch') yield end.on;
    if (end.e === 'return' && end.value) yield end.value;
    if (end.e === 'each') yield* end.args;
  }
}
