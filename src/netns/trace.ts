/**
 * The readable form of a run: a line a step, its events indented below it, one a line; the state as a block.
 * `syntaxes/pernet-trace.tmLanguage.json` colours it.
 */
import { errnoName } from './errno.ts';
import type { NetnsEvent, ReturnEvent, StateSnapshot } from './events.ts';
import { violatingSteps, type ScenarioRun } from './run.ts';
import type { Scenario, ScenarioStep } from './scenario.ts';

const EVENT_WIDTH = 18;
const STATE_WIDTH = 14;

/** The lines of a whole run, the description first and the number of violations last. */
export function* traceLines(scenario: Scenario, run: ScenarioRun): Generator<string> {
  for (const line of scenario.description?.split('\n') ?? []) yield `# ${line}`;
  if (scenario.boot !== undefined) yield `# starts on the booted kernel of ${word(scenario.boot)}`;
  for (const [index, { step, events }] of run.steps.entries()) {
    yield `step ${index}: ${stepText(step)}`;
    for (const event of events) yield* eventLines(event);
  }
  if (run.final !== undefined) yield 'end';
  if (run.final !== undefined) yield* eventLines(run.final);
  const violating = violatingSteps(run);
  const steps = violating.length === 1 ? '1 step' : `${violating.length} steps`;
  yield violating.length === 0 ? 'no violations' : `violations in ${steps}: ${violating.join(', ')}`;
}

/** A step on one line: its name, then its members. */
export function stepText(step: ScenarioStep): string {
  const { step: name, ...members } = step;
  const words = Object.entries(members).map(([member, value]) => `${member}=${valueText(value)}`);
  return [name, ...words].join(' ');
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? word(value) : JSON.stringify(value);
}

/** An event on one line, but for a state, which has one for each of its members. */
export function* eventLines(event: NetnsEvent): Generator<string> {
  yield `  ${event.event.padEnd(EVENT_WIDTH)} ${eventText(event)}`.trimEnd();
  if (event.event !== 'state') return;
  for (const [member, text] of stateMembers(event)) yield `    ${member.padEnd(STATE_WIDTH)} ${text}`.trimEnd();
}

/** What an event says besides its name. */
export function eventText(event: NetnsEvent): string {
  switch (event.event) {
    case 'init':
      return `${call(event.ops, [event.net])}${event.data ? ' with data' : ''} = ${result(event.ret)}`;
    case 'pre_exit':
    case 'exit':
    case 'exit_rtnl':
    case 'free':
      return call(event.ops, [event.net]);
    case 'exit_batch':
    case 'exit_batch_rtnl':
      return call(event.ops, event.nets);
    case 'synchronize_rcu':
    case 'synchronize_rcu_expedited':
    case 'rcu_barrier':
    case 'rtnl_lock':
    case 'rtnl_unlock':
    case 'queue_work':
    case 'state':
      return '';
    case 'id_alloc':
    case 'id_free':
      return `${word(event.ops)} = ${event.id}`;
    case 'gen_grow':
      return `${word(event.net)} = ${event.len} slots`;
    case 'net_list_add':
    case 'net_list_del':
    case 'key_remove_domain':
    case 'ns_free_inum':
    case 'net_free':
    case 'net_free_deferred':
      return word(event.net);
    case 'ns_alloc_inum':
      return `${word(event.net)} = ${result(event.ret)}`;
    case 'inc_ucount':
      return `${word(event.user_ns)} = ${result(event.ret)}`;
    case 'dec_ucount':
    case 'get_user_ns':
    case 'put_user_ns':
      return word(event.user_ns);
    case 'rtnl_notify':
      return `${word(event.net)} ${event.cmd} nsid ${event.nsid} portid ${event.portid}`;
    case 'rtnl_set_sk_err':
      return `${word(event.net)} = ${result(event.err)}`;
    case 'rtnl_unicast':
      return `${word(event.net)} ${nsidText(event)}`;
    case 'rtnl_dump':
      return event.entries.map(nsidText).join('; ');
    case 'panic':
    case 'warn':
      return event.message;
    case 'violation':
      return `${event.kind}: ${event.detail}`;
    case 'return':
      return returnText(event);
  }
}

function nsidText({ nsid, current_nsid }: { nsid: number; current_nsid?: number }): string {
  return current_nsid === undefined ? `nsid ${nsid}` : `nsid ${nsid} current_nsid ${current_nsid}`;
}

function returnText(event: ReturnEvent): string {
  const { call: name, ret, net, id, uid, gid, extack } = event;
  const value = [
    ret === undefined ? undefined : result(ret),
    net === undefined ? undefined : net === null ? 'NULL' : word(net),
    id === undefined ? undefined : String(id),
    uid === undefined || gid === undefined ? undefined : `uid ${uid} gid ${gid}`,
  ].find((text) => text !== undefined);
  return [name, value === undefined ? '' : `= ${value}`, extack === undefined ? '' : JSON.stringify(extack)]
    .filter((part) => part !== '')
    .join(' ');
}

function stateMembers(state: StateSnapshot): [member: string, text: string][] {
  return [
    ['pernet_list', list(state.pernet_list.map(word))],
    ['first_device', state.first_device === null ? 'the list head' : word(state.first_device)],
    ['nets', list(state.nets.map(word))],
    ['refs', entries(state.refs, ({ count, passive }) => `${count}/${passive}`)],
    ['ids', entries(state.ids, String)],
    ['gen', entries(state.gen, ({ len, ptrs }) => `${len} slots [${ptrs.join(' ')}]`)],
    ['netns_ids', entries(state.netns_ids, (ids) => `{${entries(ids, word)}}`)],
    ['ucounts', entries(state.ucounts, String)],
    ['max_gen_ptrs', String(state.max_gen_ptrs)],
    ['live', entries(state.live, String)],
  ];
}

function entries<T>(record: Record<string, T>, text: (value: T) => string): string {
  return list(Object.entries(record).map(([name, value]) => `${word(name)} ${text(value)}`));
}

function list(words: string[]): string {
  return words.length === 0 ? '-' : words.join(', ');
}

function call(ops: string, nets: readonly string[]): string {
  return `${word(ops)}(${nets.map(word).join(', ')})`;
}

/** A result with the name of its errno: `-12 ENOMEM`. */
function result(ret: number): string {
  const name = errnoName(ret);
  return name === undefined ? String(ret) : `${ret} ${name}`;
}

/** A name that cannot be taken for anything else: quoted when it is no plain word. */
function word(name: string): string {
  return /^[\w.:#@+-]+$/.test(name) ? name : JSON.stringify(name);
}
