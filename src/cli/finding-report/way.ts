import { sentenceOf } from '../../lifecycle/index.ts';
import type { HistoryEvent } from '../../lifecycle/index.ts';
import type { Finding, WitnessEvent } from '../../rules/index.ts';

/** One step of the way to a problem, in words; where it is the source's own, with its place. */
export interface WayStep {
  readonly file?: string;
  readonly line?: number;
  readonly text: string;
}

/** What brings a running system to the problem. */
export type Trigger = 'load' | 'unload' | 'namespace-made' | 'namespace-dies';

export interface Way {
  readonly trigger: Trigger;
  /** The function that the trigger calls first: the module's init or exit, an ops' callback. */
  readonly root: string | null;
  /** The call that has to fail for it, where one has to. */
  readonly failing: string | null;
  readonly steps: readonly WayStep[];
}

/** More steps than this nobody reads; the middle is left out, and that is said. */
const mostSteps = 24;

/** The condition of a loop over an array says nothing to a reader. */
const countsUp = / [<>]=? /;

const bad = /^(?:fails|returns NULL|returns nonzero)$/;

/** The way to a finding's problem, from the run that proves it: what enters, fails, decides and leaves on it. */
export function wayOf(finding: Finding): Way {
  const { events, failing = events.length - 1 } = finding.witness;
  const isOfNamespace = isScenarioOfOneNamespace(finding.witness.scenario);
  // The event that calls a callback stands before what the callback does.
  let end = failing + 1;
  if (isOfNamespace) while (end < events.length && isSource(events[end]!)) end++;
  const until = events.slice(0, end);
  const roots = rootsOf(until);
  const after = isOfNamespace ? (until.findLast((event) => isCallback(event))?.event ?? 'init') : '';
  const trigger: Trigger = isOfNamespace
    ? after === 'init'
      ? 'namespace-made'
      : 'namespace-dies'
    : roots.length > 1
      ? 'unload'
      : 'load';
  const places = new Set([finding, ...finding.related].map(({ file, line }) => `${file}:${line}`));
  const involved = new Set(until.flatMap((event) => (places.has(placeOf(event)) ? functionOf(event) : [])));
  const shown = until.filter((event, index) => {
    if (event.event === 'violation' || event.event === 'panic' || index === failing) return isShownAtEnd(event);
    if (roots.includes(event)) return event['outcome'] === 'entered';
    if (!isSource(event)) return false;
    if (event['outcome'] === 'entered' || event['outcome'] === 'returned') return false;
    if (places.has(placeOf(event))) return true;
    const call = String(event['call']);
    const isAnswer = event['outcome'] === 'true' || event['outcome'] === 'false';
    const isDecision = (isAnswer && !countsUp.test(call)) || bad.test(String(event['outcome']));
    const isJump = call.startsWith('goto ');
    return (isDecision || isJump) && involved.has(functionOf(event)[0] ?? '');
  });
  const steps = withoutRepeats(inOrder(shown).map(stepOf));
  const cause = until.findLast((event) => bad.test(String(event['outcome'])) && places.has(placeOf(event)));
  return {
    trigger,
    root: roots.flatMap(functionOf).at(-1) ?? null,
    failing: cause ? String(cause['call']).replace(/\(.*$/, '') : null,
    steps: shortened(steps),
  };
}

/** The outermost functions that are entered, each with the event of its entry. */
function rootsOf(events: readonly WitnessEvent[]): WitnessEvent[] {
  const roots: WitnessEvent[] = [];
  let depth = 0;
  for (const event of events) {
    if (event['outcome'] === 'entered' && depth++ === 0) roots.push(event);
    if (event['outcome'] === 'returned') depth = Math.max(0, depth - 1);
  }
  return roots;
}

/** Histories of an ops' callbacks make one namespace; a module's have others around its load. */
function isScenarioOfOneNamespace(scenario: unknown): boolean {
  const { steps } = scenario as { readonly steps?: readonly { readonly net?: string }[] };
  return steps?.some(({ net }) => net === 'one') === true;
}

const callbacks = new Set(['init', 'pre_exit', 'exit', 'exit_rtnl', 'exit_batch', 'exit_batch_rtnl']);

function isCallback(event: WitnessEvent): boolean {
  const nets = event['nets'];
  return callbacks.has(event.event) && (event['net'] === 'one' || (Array.isArray(nets) && nets.includes('one')));
}

function isSource({ event }: WitnessEvent): boolean {
  return event === 'source' || event === 'acquire' || event === 'release';
}

/** The state at a run's end says what is left, which the problem's own sentence says better. */
function isShownAtEnd({ event }: WitnessEvent): boolean {
  return event !== 'state' && event !== 'return';
}

function placeOf(event: WitnessEvent): string {
  return isSource(event) ? `${String(event['file'])}:${String(event['line'])}` : '';
}

function functionOf(event: WitnessEvent): string[] {
  return typeof event['function'] === 'string' ? [event['function']] : [];
}

/** `return foo();`: that foo() fails comes before the return, though only the caller asks about it. */
function inOrder(events: readonly WitnessEvent[]): WitnessEvent[] {
  const ordered = [...events];
  ordered.forEach((event, index) => {
    const next = ordered[index + 1];
    if (event['call'] !== 'return' || !next || placeOf(next) !== placeOf(event) || !bad.test(String(next['outcome'])))
      return;
    ordered[index] = next;
    ordered[index + 1] = event;
  });
  return ordered;
}

/** The namespaces of a history, as a reader of a mail understands them. */
const namespaces: Readonly<Record<string, string>> = {
  before: 'a namespace that was there before',
  after: 'a namespace that is made afterwards',
  later: 'a namespace that is made after the unload',
  one: 'the namespace',
};

function stepOf(event: WitnessEvent): WayStep {
  const inWords = (net: unknown): unknown => (typeof net === 'string' ? (namespaces[net] ?? net) : net);
  const nets = event['nets'];
  const told = {
    ...event,
    ...('net' in event ? { net: inWords(event['net']) } : {}),
    ...(Array.isArray(nets) ? { nets: nets.map(inWords) } : {}),
    // The model fails an init with an errno of its own; the code's is in the source's steps.
    ...(event.event === 'init' ? { ret: 0 } : {}),
  };
  const text = sentenceOf({ event: told as unknown as HistoryEvent['event'] });
  return isSource(event) ? { file: String(event['file']), line: Number(event['line']), text } : { text };
}

function withoutRepeats(steps: readonly WayStep[]): WayStep[] {
  const key = ({ file, line, text }: WayStep): string => `${file ?? ''}:${line ?? 0}:${text}`;
  // A call that acquires has an event of its own besides that of its result.
  const isSameCall = (step: WayStep, next: WayStep | undefined): boolean =>
    next !== undefined && step.line === next.line && step.file === next.file && / acquires /.test(step.text);
  return steps.filter(
    (step, index) =>
      (index === 0 || key(step) !== key(steps[index - 1]!)) && !(index > 0 && isSameCall(steps[index - 1]!, step)),
  );
}

function shortened(steps: readonly WayStep[]): WayStep[] {
  if (steps.length <= mostSteps) return [...steps];
  const head = Math.floor(mostSteps / 2);
  const left = steps.length - mostSteps + 1;
  return [...steps.slice(0, head), { text: `(${left} more steps)` }, ...steps.slice(head + left)];
}
