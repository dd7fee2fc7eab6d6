import type { At } from '../facts/ir.ts';

/** Where something of a run happens: the file, the function it is written in, and the place. */
export interface Place {
  readonly file: string;
  readonly fn: string;
  readonly at: At;
}

/** The calls of net/core/net_namespace.c that a module makes. */
export type PernetCall =
  'register_pernet_subsys' | 'register_pernet_device' | 'unregister_pernet_subsys' | 'unregister_pernet_device';

/** What a path through the code does, in order: the source's own part of a history. */
export type TraceStep =
  /** A call whose result the path goes on to ask about, and what was assumed of it. */
  | { readonly t: 'call'; readonly name: string; readonly outcome: CallOutcome; readonly place: Place }
  /** A condition that is not known, and how it was answered. */
  | { readonly t: 'test'; readonly text: string; readonly answer: boolean; readonly place: Place }
  /** `sym` is the result's, by which it is known whether anything ever asked for it. */
  | {
      readonly t: 'pernet';
      readonly call: PernetCall;
      readonly ops: string;
      readonly ok: boolean;
      readonly sym: number;
      readonly place: Place;
    }
  | { readonly t: 'enter'; readonly name: string; readonly place: Place }
  /** `sym` is the failed registration's whose error it returns, which it is then for the caller to ask for. */
  | { readonly t: 'leave'; readonly name: string; readonly sym?: number; readonly place: Place }
  | { readonly t: 'jump'; readonly kind: 'goto' | 'return'; readonly label?: string; readonly place: Place };

export type CallOutcome = 'succeeds' | 'fails' | 'returns NULL' | 'returns 0' | 'returns nonzero';

/** A trace that is shared between the paths that begin alike. */
export interface TraceLink {
  readonly step: TraceStep;
  readonly previous: TraceLink | null;
}

export function stepsOf(link: TraceLink | null): TraceStep[] {
  const steps: TraceStep[] = [];
  for (let at = link; at; at = at.previous) steps.push(at.step);
  return steps.reverse();
}
