import type { Expr } from '../../facts/ir.ts';
import type { OpsEntry, Program } from '../../program/program.ts';
import type { Callables } from './callables.ts';
import { callbackOf } from '../bodies/callbacks-of.ts';
import { runnersOf, usesUnasked } from './early-uses.ts';
import { callsIn } from '../bodies/may-stop.ts';
import type { Named } from '../bodies/member-gates.ts';
import { printExpression } from '../bodies/print.ts';
import { queueingWork } from '../bodies/queueing.ts';
import type { PairsByCall } from '../resources/index.ts';
import { setUpsAround, type SetUp } from './set-ups.ts';
import type { Place, TraceStep } from '../paths/trace.ts';
import { structOfData } from '../bodies/structs.ts';

/** What an init makes ready only after it has let in who uses it. */
export interface ReadyLate extends SetUp {
  /** The function that uses it without asking whether it is there. */
  readonly user: string;
}

/** A work item that an init queues to run at once, and what it uses that is made ready only then. */
export interface StartedEarly {
  readonly call: string;
  /** The item, as it is written. */
  readonly item: string;
  readonly place: Place;
  readonly late: ReadyLate;
}

/** What the callbacks of an ops' own init find that is not ready yet. */
export class EarlyCalls {
  constructor(
    private readonly program: Program,
    private readonly callables: Callables,
    private readonly table: PairsByCall,
  ) {}

  /** What is ready only after an acquisition whose callbacks use it; `ways` are the calls in which that lies, and its own. */
  opened(step: TraceStep & { readonly t: 'acquire' }, ways: readonly Place[], ops: OpsEntry): ReadyLate | null {
    return this.readyLate(this.callables.rootsOf(step), ways, ops);
  }

  /** The first work item that an init queues, without a delay, before what it uses is ready. */
  started(ops: OpsEntry): StartedEarly | null {
    const init = callbackOf(this.program, ops, 'init');
    if (!init) return null;
    for (const call of (init.fact.blocks ?? []).flatMap(callsIn)) {
      const name = call.fn.k === 'id' ? call.fn.name : '';
      const at = queueingWork.get(name);
      const item = at === undefined ? undefined : call.args[at];
      if (item?.k !== 'unary' || item.op !== '&' || (name.includes('delayed') && !isAtOnce(call.args.at(-1)))) continue;
      const text = printExpression(item.of);
      const place = { file: init.file, fn: init.fact.name, at: call.at };
      const late = this.readyLate(runnersOf(this.program, init.file, text), [place], ops);
      if (late) return { call: name, item: text, place, late };
    }
    return null;
  }

  private readyLate(roots: readonly Named[], ways: readonly Place[], ops: OpsEntry): ReadyLate | null {
    if (roots.length === 0) return null;
    const around = setUpsAround(this.program, this.table, ways);
    if (!around || around.after.length === 0) return null;
    const uses = usesUnasked(this.program, roots);
    for (const setUp of around.after) {
      if (!isOfNamespace(setUp, ops)) continue;
      const use = uses.get(setUp.member)?.find(({ form }) => isMissed(setUp, form));
      if (use && !around.before(setUp)) return { ...setUp, user: use.by };
    }
    return null;
  }
}

/** Whether a member is one of struct net, or of the structure of which each namespace has one for an ops. */
function isOfNamespace({ member }: SetUp, { fact }: OpsEntry): boolean {
  const struct = structOfData(fact);
  return member.startsWith('net->') || (struct !== undefined && member.startsWith(`${struct}->`));
}

/** Whether a use needs what is set up: a part by its address, a thing to be looked into or handed on. */
function isMissed({ kind }: SetUp, form: string): boolean {
  if (kind === 'part') return form === 'address';
  return form === 'value' || (kind === 'thing' && form === 'handed');
}

function isAtOnce(delay: Expr | undefined): boolean {
  return delay?.k === 'num' && delay.value === 0;
}
