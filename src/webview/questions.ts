import type { Timeline, TimelineEntry, WhatIf } from '../engine/types.ts';

/** A registration of the run that is shown. */
export interface Registration {
  readonly ops: string;
  /** Index of its first entry. */
  readonly entry: number;
  /** Index of the scenario's step. */
  readonly step: number;
}

/** What can be asked at a step. */
export interface Questions {
  readonly faults: readonly { readonly label: string; readonly question: WhatIf }[];
  /** The registrations that this step's can be swapped with; none where the step belongs to no registration. */
  readonly swaps: readonly { readonly ops: string; readonly question: WhatIf }[];
}

const allocating = ['id_alloc', 'gen_grow', 'ns_alloc_inum'];

/** The questions that a step of the run gives rise to. */
export function questionsAt(timeline: Timeline, entry: TimelineEntry): Questions {
  const { event, index } = entry;
  const faults: { label: string; question: WhatIf }[] = [];
  if (event.event === 'init' && event['ret'] === 0)
    faults.push({ label: 'this init fails', question: { kind: 'fail-init', entry: index } });
  if ((event.event === 'init' && event['data'] === true) || allocating.includes(event.event))
    faults.push({ label: 'its allocation fails', question: { kind: 'fail-alloc', entry: index } });
  const own = registrationOf(timeline, entry);
  const others = own ? registrations(timeline).filter(({ step }) => step !== own.step) : [];
  return {
    faults,
    swaps: others.map(({ ops, entry: other }) => ({ ops, question: { kind: 'swap', entry: own!.entry, with: other } })),
  };
}

const known = new WeakMap<Timeline, readonly Registration[]>();

/** The registrations of a run, in order. */
export function registrations(timeline: Timeline): readonly Registration[] {
  let all = known.get(timeline);
  if (!all) known.set(timeline, (all = find(timeline)));
  return all;
}

function find({ scenario, entries }: Timeline): readonly Registration[] {
  const firsts = new Map<number, number>();
  for (const { step, index } of entries) if (step >= 0 && !firsts.has(step)) firsts.set(step, index);
  return scenario.steps.flatMap((each, step) => {
    const entry = firsts.get(step);
    const isRegistration = each.step === 'register_pernet_subsys' || each.step === 'register_pernet_device';
    return isRegistration && entry !== undefined ? [{ ops: each.ops, entry, step }] : [];
  });
}

/** The registration that a step belongs to: the model's own steps of it, and the source's call before them. */
function registrationOf(timeline: Timeline, { event, index, step }: TimelineEntry): Registration | undefined {
  const all = registrations(timeline);
  const call = event['call'];
  if (event.event === 'source' && typeof call === 'string' && call.startsWith('register_pernet_'))
    return all.find(({ entry }) => entry === index + 1);
  return step < 0 ? undefined : all.find((each) => each.step === step);
}
