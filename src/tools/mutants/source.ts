import type { FileFacts, OpsFact } from '../../facts/index.ts';
import type { SyntaxNode } from '../../syntax/index.ts';
import { branchStatements, endsControl, isZero, named, returned, unlabelled, walk } from './tree.ts';
import type { World } from './world.ts';

/** One file to plant bugs in: its text, its tree and what the program around it does with its functions. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly facts: FileFacts;
  readonly world: World;
  readonly functions: readonly Fn[];
  readonly ops: readonly OpsSource[];
}

/** A `struct pernet_operations` and the members of its initialiser. */
export interface OpsSource {
  readonly fact: OpsFact;
  readonly members: ReadonlyMap<string, SyntaxNode>;
}

/** A top-level statement of a body with the labels before it. */
export interface Step {
  readonly statement: SyntaxNode;
  readonly labels: readonly SyntaxNode[];
  /** True behind a label that the function does not fall into when all goes well. */
  readonly unwinding: boolean;
}

/** A label of an unwinding chain and the statements up to the next one. */
export interface ChainLabel {
  readonly name: string;
  readonly statements: readonly SyntaxNode[];
}

/** A function's body as mutations read it. */
export class Fn {
  readonly steps: readonly Step[];
  readonly chain: readonly ChainLabel[];
  /** All statements, those inside others included, in the order of the text. */
  readonly statements: readonly SyntaxNode[];
  readonly id: string;

  constructor(
    file: string,
    readonly name: string,
    readonly node: SyntaxNode,
    readonly body: SyntaxNode,
  ) {
    this.id = `${file}#${name}`;
    this.steps = stepsOf(body);
    this.chain = chainOf(this.steps);
    this.statements = [...walk(body)].filter((each) => each !== body && each.type.endsWith('_statement'));
  }

  /** The top-level step that a node lies in. */
  stepOf(node: SyntaxNode): Step | undefined {
    return this.steps.find(
      ({ statement }) => statement.startIndex <= node.startIndex && node.endIndex <= statement.endIndex,
    );
  }

  /** Whether a statement runs only when something has failed: behind an unwinding label, or in a branch that fails. */
  isOnErrorPath(statement: SyntaxNode): boolean {
    if (this.stepOf(statement)?.unwinding) return true;
    for (let node = statement; node.parent && node.id !== this.body.id; node = node.parent) {
      const branch = node.parent.type === 'if_statement' || node.parent.type === 'else_clause' ? node : null;
      if (branch && failsAtEnd(branch)) return true;
    }
    return false;
  }

  /** The statements that run from a label of the chain to the end. */
  unwindingFrom(label: string): readonly SyntaxNode[] {
    const from = this.chain.findIndex(({ name }) => name === label);
    return from < 0 ? [] : this.chain.slice(from).flatMap(({ statements }) => statements);
  }

  gotos(): { readonly node: SyntaxNode; readonly label: SyntaxNode }[] {
    return this.statements.flatMap((node) => {
      const label = node.type === 'goto_statement' ? node.childForFieldName('label') : null;
      return label ? [{ node, label }] : [];
    });
  }
}

/** A branch that ends in a `goto` or in returning something other than 0 and nothing. */
function failsAtEnd(branch: SyntaxNode): boolean {
  if (branch.type === 'if_statement') return false;
  const last = branchStatements(branch).at(-1);
  if (last?.type === 'goto_statement') return true;
  const value = last ? returned(last) : null;
  return value !== null && !isZero(value);
}

function stepsOf(body: SyntaxNode): Step[] {
  const steps: Step[] = [];
  let unwinding = false;
  let last: SyntaxNode | null = null;
  for (const each of named(body)) {
    const { statement, labels } = unlabelled(each);
    if (!statement) continue;
    if (labels.length > 0 && last && endsControl(last)) unwinding = true;
    steps.push({ statement, labels, unwinding });
    last = statement;
  }
  return steps;
}

function chainOf(steps: readonly Step[]): ChainLabel[] {
  const chain: { name: string; statements: SyntaxNode[] }[] = [];
  for (const { statement, labels, unwinding } of steps) {
    // A label that success falls into (`out: return err;`) can close the chain, so it counts when the chain has begun.
    for (const label of labels) if (unwinding) chain.push({ name: label.text, statements: [] });
    if (unwinding) chain.at(-1)?.statements.push(statement);
  }
  return chain;
}

export function sourceOf(file: string, text: string, root: SyntaxNode, world: World): Source {
  const facts = world.facts(file);
  if (!facts) throw new Error(`${file} is not part of the program`);
  const functions: Fn[] = [];
  const ops: OpsSource[] = [];
  for (const node of topLevel(root)) {
    if (node.type === 'function_definition') {
      const name = functionName(node);
      const body = node.childForFieldName('body');
      if (name !== null && body && !node.hasError) functions.push(new Fn(file, name, node, body));
    }
    if (node.type === 'declaration') ops.push(...opsIn(node, facts));
  }
  return { file, text, facts, world, functions, ops };
}

function* topLevel(node: SyntaxNode): Generator<SyntaxNode> {
  for (const child of named(node)) {
    if (child.type === 'ERROR' || child.type.startsWith('preproc_')) yield* topLevel(child);
    else yield child;
  }
}

function functionName(node: SyntaxNode): string | null {
  let inner: SyntaxNode | null = node.childForFieldName('declarator');
  while (inner && inner.type !== 'identifier') inner = inner.childForFieldName('declarator');
  return inner?.text ?? null;
}

function opsIn(declaration: SyntaxNode, facts: FileFacts): OpsSource[] {
  return named(declaration).flatMap((declarator) => {
    const name = declarator.type === 'init_declarator' ? declarator.childForFieldName('declarator')?.text : undefined;
    const value = declarator.childForFieldName('value');
    const fact = facts.ops.find((each) => each.name === name);
    if (!fact || value?.type !== 'initializer_list') return [];
    const members = new Map<string, SyntaxNode>();
    for (const pair of named(value)) {
      const field = pair.type === 'initializer_pair' ? pair.childForFieldName('designator') : null;
      const word = field ? named(field)[0]?.text : undefined;
      if (word !== undefined) members.set(word, pair);
    }
    return [{ fact, members }];
  });
}
