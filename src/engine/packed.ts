import type { FileFacts, FunctionFact } from '../facts/index.ts';
import type { ReadResult } from './files.ts';
import { digestOf, knowDigest, type Digest } from '../lifecycle/index.ts';
import { knowNames, namesOf } from '../program/index.ts';

type Block = NonNullable<FunctionFact['blocks']>[number];

/** A function as it is kept: its body stands on a line of its own, with what is asked of most bodies beside it. */
interface PackedFunction extends Omit<FunctionFact, 'blocks'> {
  readonly blocks: true | null;
  readonly names?: readonly string[];
  readonly digest?: Digest;
}

/** The texts that facts were unpacked from; their bodies keep these anyway. */
const texts = new WeakMap<FileFacts, string>();

/**
 * Facts as a text: a line of JSON, and one for each body. Most bodies are never followed, so that they are not read
 * either before somebody asks for one.
 */
export function packed(result: ReadResult): string {
  if (!('facts' in result)) return JSON.stringify(result);
  const known = texts.get(result.facts);
  if (known !== undefined) return known;
  const bodies: string[] = [];
  const functions = result.facts.functions.map((fact): PackedFunction => {
    if (fact.blocks === null) return { ...fact, blocks: null };
    bodies.push(JSON.stringify(fact.blocks));
    return { ...fact, blocks: true, names: [...namesOf(fact)], digest: digestOf(fact) };
  });
  return [JSON.stringify({ facts: { ...result.facts, functions } }), ...bodies].join('\n');
}

export function unpacked(text: string): ReadResult {
  const [head = '', ...bodies] = text.split('\n');
  const result = JSON.parse(head) as
    { readonly error: string } | { readonly facts: Omit<FileFacts, 'functions'> & { functions: PackedFunction[] } };
  if (!('facts' in result)) return result;
  let next = 0;
  const functions = result.facts.functions.map((fact): FunctionFact => {
    const { names, digest, ...rest } = fact;
    return rest.blocks === null ? { ...rest, blocks: null } : lazily(rest, { text: bodies[next++]!, names, digest });
  });
  const facts = { ...result.facts, functions };
  texts.set(facts, text);
  return { facts };
}

function lazily(
  fact: Omit<PackedFunction, 'names' | 'digest'>,
  of: {
    readonly text: string;
    readonly names: readonly string[] | undefined;
    readonly digest: Digest | undefined;
  },
): FunctionFact {
  const body = new Body(of.text);
  const whole = Object.defineProperty({ ...fact, blocks: null as FunctionFact['blocks'] }, 'blocks', {
    enumerable: true,
    get: () => body.blocks,
  });
  if (of.names) knowNames(whole, new Set(of.names));
  if (of.digest) knowDigest(whole, of.digest);
  return whole;
}

/** So much text (UTF-16 units) of bodies that were asked for last is kept read: as read it takes ten times the room. */
const mostRead = 500_000;

/** A body that is read when it is asked for, and again when it has not been for long. */
class Body {
  private static recent = new Set<Body>();
  private static before = new Set<Body>();
  private static size = 0;

  private read: readonly Block[] | undefined;

  constructor(private readonly text: string) {}

  get blocks(): readonly Block[] {
    if (!Body.recent.has(this)) this.note();
    return (this.read ??= JSON.parse(this.text) as readonly Block[]);
  }

  private note(): void {
    Body.recent.add(this);
    Body.size += this.text.length;
    if (Body.size <= mostRead) return;
    for (const body of Body.before) if (!Body.recent.has(body)) body.read = undefined;
    Body.before = Body.recent;
    Body.recent = new Set();
    Body.size = 0;
  }
}
