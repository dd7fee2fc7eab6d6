import { folderOf } from '../../facts/folder.ts';
import { expressionsOf, walkExpression, type FunctionFact } from '../../facts/ir.ts';
import { published } from '../../facts/words.ts';
import type { FunctionEntry, Program } from '../../program/program.ts';
import { plainName } from '../../program/statics.ts';
import { isSetOtherwise } from '../paths/published.ts';
import type { Reach } from '../../program/reach.ts';
import { exitsOf } from '../bodies/callbacks-of.ts';
import { certainBlocks, certainIn } from '../bodies/certain.ts';
import { isUnreadStep } from './left-running.ts';
import type { PairsByCall } from '../resources/index.ts';

/** A pointer of someone else's that a module has set, and what of its own it has set it to. */
export interface LeftSet {
  readonly pointer: string;
  readonly value: string;
}

/** A module publishes what it has itself, or by few calls. */
const mostStepsToSetting = 3;

/**
 * The global pointers outside a module that its init sets to what is the module's (`RCU_INIT_POINTER(nf_ct_timeout_hook,
 * &hooks)`, net/netfilter/nfnetlink_cttimeout.c) and that nothing resets which its exit comes to, by itself or by
 * unregistering an ops: who follows one gets to memory that is gone.
 */
export function leftSetByModule(
  program: Program,
  reach: Reach,
  { init, exit }: { readonly init: FunctionEntry; readonly exit: FunctionEntry },
  table: PairsByCall,
): readonly LeftSet[] {
  const set = [...reach.from(init.file, init.fact.name, 'calls')].flatMap(([word, { file, steps, beside }]) => {
    const [, pointer, value] = beside && steps <= mostStepsToSetting ? (setting.exec(word) ?? []) : [];
    const isPublished = pointer !== undefined && value !== undefined && isOf(program, file, value);
    return isPublished && !isDeclaredBeside(program, file, pointer)
      ? [{ pointer, value: value.replace(/^&/, '') }]
      : [];
  });
  if (set.length === 0) return [];
  const words = reach.from(exit.file, exit.fact.name, 'calls');
  // A step of the module's that was not read may well be what resets it.
  if ([...words].some(([word, way]) => !table.releases.has(word) && isUnreadStep(program, exit, word, way))) return [];
  const folder = folderOf(exit.file);
  const exits = program
    .allOps()
    .filter((ops) => folderOf(ops.file) === folder)
    .flatMap((ops) => exitsOf(program, ops).map((fn) => reach.from(fn.file, fn.fact.name)));
  const isReset = (word: string): boolean => [words, ...exits].some((each) => each.has(word));
  return set.filter(({ pointer }) => !isReset(published.resets(pointer)));
}

/**
 * Whether a global that an init has set to something, when it fails, is a pointer of someone else's which now leads to what
 * is the module's, and is gone. That its exit resets it shows that it is to be.
 */
export function isLeftSetOnFailure(
  program: Program,
  reach: Reach,
  { init, pointer, value }: LeftSet & { readonly init: FunctionEntry },
  table: PairsByCall,
): boolean {
  if (!isOf(program, init.file, value) || isDeclaredBeside(program, init.file, pointer)) return false;
  const words = [...reach.from(init.file, init.fact.name, 'calls')];
  // Of a pointer to a function the words do not tell where it is declared: a file beside it exports it to others.
  const isPublished = words.some(([word]) => word.startsWith(published.sets(pointer, '')));
  if (!isPublished && !isExportedBeside(program, init.file, pointer)) return false;
  return !words.some(([word, way]) => !table.releases.has(word) && isUnreadStep(program, init, word, way));
}

function isExportedBeside(program: Program, own: string, pointer: string): boolean {
  const folder = folderOf(own);
  return program
    .fileNames()
    .some(
      (file) => file !== own && folderOf(file) === folder && program.facts(file)?.exports.includes(pointer) === true,
    );
}

/**
 * Whether others get at what a file has by a global pointer, without that they could hold the module by it: by `.owner`, which
 * a macro may set as well, or by what they call (`try_module_get(THIS_MODULE)`).
 */
export function isHook(program: Program, { pointer, value }: LeftSet, file: string): boolean {
  const { mentions = {}, functions = [] } = program.facts(file) ?? {};
  const words = mentions[plainName(value).replace(/^&/, '')] ?? [];
  if (words.includes('THIS_MODULE') || words.some((word) => /^[A-Z]\w*\(\)$/.test(word))) return false;
  if (functions.some((fact) => mayHold(fact, mentions[fact.name] ?? []))) return false;
  return !isDeclaredBeside(program, file, pointer) && !isSetOtherwise(program, file, pointer);
}

/** Whether a function names the module as the owner of something, or takes hold of it before whatever else it does. */
function mayHold({ blocks }: FunctionFact, words: readonly string[]): boolean {
  if (!words.includes('THIS_MODULE')) return false;
  if (!blocks) return words.includes('try_module_get()');
  const isOwner = [...expressionsOf(blocks)].some((whole) =>
    [...walkExpression(whole)].some((e) => e.k === 'assign' && e.from.k === 'id' && e.from.name === 'THIS_MODULE'),
  );
  const first = certainBlocks(blocks, { loops: false, failures: true }).flatMap((block) =>
    [...certainIn(block)].flatMap((whole) => [...whole]),
  );
  return isOwner || first.some((e) => e.k === 'call' && e.fn.k === 'id' && e.fn.name === 'try_module_get');
}

const setting = /^\*(\w+)=(&?\w+)$/;

/** Whether what is published is the module's: an object of it, or a function. */
function isOf(program: Program, file: string, value: string): boolean {
  return value.startsWith('&') || program.facts(file)?.mentions[value] !== undefined;
}

/** Whether a pointer may be the module's own: a file of its folder declares it, and does not export it to others. */
function isDeclaredBeside(program: Program, own: string, pointer: string): boolean {
  const folder = folderOf(own);
  return program.fileNames().some((file) => {
    const facts = folderOf(file) === folder ? program.facts(file) : undefined;
    if (!facts || (file !== own && facts.exports.includes(pointer))) return false;
    // A name alone is a word of a function where its file declares it.
    return facts.statics.includes(pointer) || Object.values(facts.mentions).some((words) => words.includes(pointer));
  });
}
