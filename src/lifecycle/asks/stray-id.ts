import { expressionsOf, walkExpression, type At, type Block, type Expr } from '../../facts/ir.ts';
import type { FunctionEntry, OpsEntry, Program } from '../../program/program.ts';
import { isWrittenDown } from '../bodies/always-done.ts';
import { allIn, callsOf, nameOf } from '../bodies/body.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { idOf } from '../bodies/known.ts';
import { localsOf } from '../bodies/locals.ts';
import type { Call } from '../bodies/may-stop.ts';
import { printExpression } from '../bodies/print.ts';

/** An id that no ops has, which a callback of an ops asks for: by net_generic(), or by what it passes it to. */
export interface StrayId {
  readonly id: string;
  readonly call: string;
  readonly at: At;
}

/** Who asks for the data of an id that it is passed is followed so far, one called by the other. */
const mostDeep = 2;

/**
 * The id that a callback of an ops asks for while another callback of that asks for the ops' own, and that no ops has: another
 * member of what the ops' own lies in (`foo_action.id` for `foo_action.net_id`), or another variable of the file. Null where
 * anything gives that a value, or the callback asks for its own as well: it may look for two then.
 */
export function strayId(program: Program, ops: OpsEntry, fn: FunctionEntry): StrayId | null {
  const own = idOf(program, ops);
  if (own === undefined || fn.file !== ops.file) return null;
  const asked = callsOf(fn).flatMap((call) => {
    const id = idAsked(program, fn, call, mostDeep);
    return id ? [{ id: printExpression(id), call: nameOf(call), at: call.at }] : [];
  });
  if (asked.length === 0 || asked.some(({ id }) => id === own)) return null;
  const locals = localsOf(fn.fact);
  const stray = asked.find(({ id }) => !locals.has(id.split('.')[0]!) && isBeside(program, ops, own, id));
  return stray && isAskedByOther(program, ops, fn, own) ? stray : null;
}

/** What a call is passed as an id under which it, or what that calls, asks for data. */
function idAsked(program: Program, fn: FunctionEntry, call: Call, deep: number): Expr | null {
  const at = placeOfId(program, fn, call, deep);
  return call.args[at] ?? null;
}

/** Which argument of a call is an id that is asked for with net_generic(); -1 for none. */
function placeOfId(program: Program, fn: FunctionEntry, call: Call, deep: number): number {
  const name = nameOf(call);
  if (name === 'net_generic') return 1;
  const callee = deep > 0 && name !== '' ? program.lookUp(fn.file, name) : undefined;
  if (!callee) return -1;
  const ids = new Set<string>();
  for (const inner of callsOf(callee)) {
    const id = idAsked(program, callee, inner, deep - 1);
    if (id?.k === 'id') ids.add(id.name);
  }
  return callee.fact.params.findIndex((param) => ids.has(param) && !isSet(callee, param));
}

function isSet(fn: FunctionEntry, name: string): boolean {
  return [...allIn(fn)].some((e) => e.k === 'assign' && e.to.k === 'id' && e.to.name === name);
}

function isAskedByOther(program: Program, ops: OpsEntry, fn: FunctionEntry, own: string): boolean {
  return ops.fact.fields.some(({ name }) => {
    const other = callbackOf(program, ops, name);
    if (!other || other.id === fn.id) return false;
    return callsOf(other).some((call) => {
      const id = idAsked(program, other, call, mostDeep);
      return id !== null && printExpression(id) === own;
    });
  });
}

/** Whether a name is that of a variable beside an ops' own id, and nothing makes it an id. */
function isBeside(program: Program, ops: OpsEntry, own: string, used: string): boolean {
  const { statics = [], mentions = {}, functions = [] } = program.facts(ops.file) ?? {};
  const [root = '', member] = used.split('.');
  if (!/^\w+(?:\.\w+)?$/.test(used) || !statics.includes(root)) return false;
  // A member of something else is set by whoever has that: of what holds the ops' own id it is known who that is.
  if (member !== undefined && !(own.startsWith(`${root}.`) && !own.slice(root.length + 1).includes('.'))) return false;
  // Of a body that is not read here its words tell.
  const read = new Set(functions.flatMap(({ name, blocks }) => (blocks ? [name] : [])));
  const isElsewhere = Object.entries(mentions).some(([by, words]) => !read.has(by) && words.includes(root));
  if (member === undefined && isElsewhere) return false;
  if (member !== undefined && !isNumberOfKind(program, ops, { own, root, member })) return false;
  const isId = (other: OpsEntry): boolean => {
    const id = idOf(program, other);
    return id === used || (member !== undefined && id?.split('.').at(-1) === member);
  };
  return !program.allOps().some(isId) && !functions.some(({ blocks }) => isGiven(blocks ?? [], root, member));
}

/**
 * Whether a member is the number of what holds an ops' id, `id` beside `net_id` (include/net/act_api.h, struct tc_action_ops),
 * which is written down with it. Any other member is set by who is passed what it lies in.
 */
function isNumberOfKind(
  program: Program,
  ops: OpsEntry,
  { own, root, member }: { readonly own: string; readonly root: string; readonly member: string },
): boolean {
  return member === 'id' && own === `${root}.net_id` && isWrittenDown(program, ops.file, root);
}

/** Whether a function sets a variable, or a member by that name of anything, or has it set: `foo_attach(&host_id)`. */
function isGiven(blocks: readonly Block[], root: string, member: string | undefined): boolean {
  const isIt = (e: Expr): boolean => (e.k === 'id' && e.name === root) || (e.k === 'field' && e.name === member);
  const isHere = (e: Expr): boolean => isIt(e) && (member === undefined || e.k === 'field');
  return [...expressionsOf(blocks)].some((whole) =>
    [...walkExpression(whole)].some(
      (e) => (e.k === 'assign' && isIt(e.to)) || (e.k === 'unary' && e.op === '&' && isHere(e.of)),
    ),
  );
}
