import { expect } from 'vitest';
import type { Finding, Witness } from '../src/rules/index.ts';
import type { FixtureFile } from './fixture.ts';

type WitnessEvent = Witness['events'][number];

interface Breach {
  readonly finding: Finding;
  readonly failing: WitnessEvent;
  readonly at: number;
}

/** The first of the exit callbacks is called, and no step up to the end is of the first stage. */
function isWithoutFirstStage({ message, ops, witness }: Finding, failing: WitnessEvent): boolean {
  const [, first] = /(\w+)\(\), the first of the two stages/.exec(message) ?? [];
  if (first === undefined) return false;
  expect(failing).toMatchObject({ event: expect.stringMatching(/^(pre_)?exit/) as string, ops });
  expect(witness.events.some(({ text }) => typeof text === 'string' && text.includes(first))).toBe(false);
  return true;
}

/** What the failing event of each rule's witness must be, for the witness to prove anything. */
const breaches: Readonly<Record<string, (breach: Breach) => void>> = {
  'pernet/left-registered-on-exit': isCalledWhenGone,
  'pernet/left-registered-on-error': isCalledWhenGone,
  'pernet/unregister-not-registered': ({ finding, failing, at }) => {
    // What an init sets up in init_net is told by its body alone.
    if (/ sets up what init_net has by /.test(finding.message)) return;
    // What no ops names is never called.
    const [, unnamed] = / does not name (\w+)\(\) as its init/.exec(finding.message) ?? [];
    if (unnamed !== undefined) {
      expect(finding.witness.events.filter(({ call }) => call === unnamed || call === `${unnamed}()`)).toEqual([]);
      return;
    }
    // What is not an ops is no business of the core's: the release itself finds nothing.
    if (failing.event === 'source') {
      expect(failing.outcome).toBe('finds nothing to release');
      return;
    }
    expect(failing).toMatchObject({ event: 'violation', kind: 'unregister-unregistered' });
    isCallAt(finding, at - 1, 'unregister_pernet_');
  },
  'pernet/unregister-kind-mismatch': ({ finding, failing, at }) => {
    isCallAt(finding, at - 1, 'unregister_pernet_');
    expect(failing.event).not.toBe('source');
  },
  'pernet/register-twice': ({ finding, failing, at }) => {
    // What a namespace's init puts into a list is put there by the source itself.
    if (isOfSource(failing)) {
      expect(isSourceAt(failing, finding)).toBe(true);
      return;
    }
    expect(failing).toMatchObject({ event: 'violation', kind: 'double-register' });
    isCallAt(finding, at - 1, 'register_pernet_');
  },
  'pernet/register-unchecked': ({ finding, failing, at }) => {
    if (isOfSource(failing)) {
      // What is not an ops is set up there, alone or by a helper, and the teardown undoes it.
      expect(isSourceAt(failing, finding)).toBe(true);
      // A device is found by the namespace's end, or not; of memory it is told where the helper makes it.
      if (/ and what uses it finds NULL/.test(finding.message) && finding.related[0]?.message === 'made here')
        expect(indexOfRelated(finding, 0, 'acquire')).toBeGreaterThan(at);
      else if (finding.related.length > 0) expect(indexOfRelated(finding, 0, 'release')).toBeGreaterThan(at);
      else expect(finding.message).toMatch(/goes on with a device that is not registered/);
      return;
    }
    expect(failing.event).toBe('return');
    expect(failing.ret).toBeLessThan(0);
    // The registration fails, and where its result is dropped comes after that, or is that call itself.
    const { events } = finding.witness;
    const failed = events.findIndex((event) => event.event === 'source' && event.outcome === 'fails');
    expect(failed).toBeLessThan(at);
    expect(events.findIndex((event, index) => index >= failed && isSourceAt(event, finding))).toBeGreaterThanOrEqual(
      failed,
    );
  },
  'pernet/id-without-size': isInitOrRefusal,
  'pernet/size-without-id': isInitOrRefusal,
  'pernet/init-error-leak': (breach) => {
    const { finding, failing, at } = breach;
    if (isSparing(breach)) return;
    expect(failing).toMatchObject({ event: 'init', ops: finding.ops });
    expect(failing.ret).toBeLessThan(0);
    // It is acquired inside of that init, and the core calls no exit of this ops any more; what goes on running is told by
    // the text of functions alone, and no step of the path stands for it.
    if (/ leaves \S+ running:/.test(finding.message)) expect(finding.related).toEqual([]);
    else if (!isToldByBodies(finding) && !/ returns here with what /.test(finding.message))
      isNeverReleased(finding, at);
    expect(exitsOf(finding)).toEqual([]);
  },
  'pernet/exit-leak': ({ finding, failing, at }) => {
    expect(failing).toMatchObject({ event: expect.stringMatching(/^(pre_)?exit/) as string, ops: finding.ops });
    // A batch that stops after the first, or forgets what it has collected: nothing of it is acquired by init.
    if (
      / and no other: exit_batch| takes nothing from there: | has nothing on | out of its loop over | gives back what init_net has | returns here with what | and does nothing with what lies there: /.test(
        finding.message,
      )
    )
      return;
    // What lies in an element that a loop leaves out was put there by somebody else than init.
    if (/ leaves out the (?:first|last) element of /.test(finding.message)) return;
    if (isWithoutFirstStage(finding, failing)) return;
    expect(exitsOf(finding).at(-1)).toBe(failing);
    // What goes on running is told by the text of functions alone: no step of the path stands for it.
    if (
      / leaves? (?:\S+ running,|the (?:devices that|logger) |what \w+\(\) allocates )| keeps a reference of the namespace /.test(
        finding.message,
      )
    )
      expect(finding.related).toEqual([]);
    else if (!isToldByBodies(finding)) isNeverReleased(finding, 0, at);
  },
  'pernet/exit-missing': ({ finding, failing, at }) => {
    expect(at).toBe(finding.witness.events.length - 1);
    expect(failing.event).toBe('state');
    // What an exit that nothing names would have undone may be nothing that a step stands for: it merely is not called.
    const [, unnamed] = / does not name (\w+)\(\), and nothing else does/.exec(finding.message) ?? [];
    if (unnamed !== undefined) {
      expect(finding.witness.events.filter(({ call }) => call === unnamed || call === `${unnamed}()`)).toEqual([]);
      return;
    }
    if (!isToldByBodies(finding)) isNeverReleased(finding, 0);
    expect(exitsOf(finding)).toEqual([]);
  },
  'pernet/double-release': ({ finding, failing, at }) => {
    if (finding.message.endsWith(', which nobody has allocated')) {
      expect(isSourceAt(failing, finding)).toBe(true);
      return;
    }
    // What a function frees by one pointer twice is told by its text: the steps name no element of a list.
    if (/ frees .* by .*, which \w+\(\) has freed already$/.test(finding.message)) {
      expect(failing).toMatchObject({ event: 'source', outcome: 'is said twice' });
      expect(isSourceAt(failing, finding)).toBe(true);
      return;
    }
    // It is another ops' that will do so.
    if (finding.message.includes(', which is not its own: ')) {
      expect(failing).toMatchObject({ event: expect.stringMatching(/^(pre_)?exit/) as string, ops: finding.ops });
      return;
    }
    expect(failing).toMatchObject({ event: 'release' });
    expect(isSourceAt(failing, finding)).toBe(true);
    // The place that released it first is the related one; the same call may be met a second time.
    const [first] = finding.related;
    if (!first) throw new Error('double-release: nothing says where it was released before');
    const before = finding.witness.events.slice(0, at);
    expect(before.some((event) => event.event === 'release' && isSourceAt(event, first))).toBe(true);
  },
  'pernet/init-returns-positive': ({ finding, failing, at }) => {
    expect(failing).toMatchObject({ event: 'init', ops: finding.ops });
    const returns = finding.witness.events.slice(at).filter(({ call }) => call === 'return');
    // An init from which nothing is acquired is not followed step by step.
    if (returns.length > 0) expect(returns.some((event) => isSourceAt(event, finding))).toBe(true);
  },
  'pernet/error-lost': ({ finding, failing, at }) => {
    const { events } = finding.witness;
    const [failed, absent] = finding.related;
    expect(events.slice(0, at + 1).some((event) => failed !== undefined && isSourceAt(event, failed))).toBe(true);
    const isReturn = (event: (typeof events)[number], place: Parameters<typeof isSourceAt>[1]): boolean =>
      event.call === 'return' && isSourceAt(event, place);
    if (/the wrong way round|, which `.*` does not see: /.test(finding.message)) {
      expect(failed !== undefined && isSourceAt(failing, failed)).toBe(true);
      return;
    }
    if (finding.message.includes('() cannot know, and ')) {
      // A helper returns where the finding says, after its step has failed, and init goes on.
      expect(failed !== undefined && isSourceAt(failing, failed)).toBe(true);
      expect(events.slice(at).some((event) => isReturn(event, finding))).toBe(true);
      return;
    }
    if (finding.message.includes(' all the same: ')) {
      // Nothing had to be undone: init returns success, and its exit undoes what is not there, where that is said.
      const returns = events.findIndex((event) => isReturn(event, finding));
      expect(returns).toBeGreaterThan(0);
      expect(returns).toBeLessThanOrEqual(at);
      expect(isSourceAt(failing, absent ?? finding)).toBe(true);
      return;
    }
    // What undoes comes after the failure, and init still returns success after it: where the finding says, or, where it
    // is about a result that takes the error's place, where its last related place says.
    expect(['source', 'release']).toContain(failing.event);
    expect(failing.call).toMatch(failing.event === 'source' ? /^unregister_pernet_/ : /\(\)$/);
    const returned = finding.message.includes(', the result of ') ? finding.related.at(-1)! : finding;
    expect(events.slice(at).some((event) => isReturn(event, returned))).toBe(true);
  },
  'pernet/left-behind-on-error': (breach) => {
    if (!isSparing(breach)) isLeftBehind(breach);
  },
  'pernet/left-behind-on-exit': isLeftBehind,
  'pernet/registered-too-late': ({ finding, failing, at }) => {
    isCallAt(finding, at, 'register_pernet_');
    expect(failing.outcome).toBe('succeeds');
    // What a registrar puts on a list is no event; the call that is passed it is.
    if (finding.message.includes(' registers the ops that it is passed '))
      expect(indexOfRelated(finding, 0, 'source')).toBeLessThan(at);
    else expect(indexOfRelated(finding, 0, kindOfOpening(finding, 'acquire'))).toBeLessThan(at);
  },
  'pernet/unregistered-too-early': ({ finding, at }) => {
    isCallAt(finding, at, 'unregister_pernet_');
    expect(indexOfRelated(finding, 0, kindOfOpening(finding, 'acquire'))).toBeLessThan(at);
    expect(indexOfRelated(finding, 1, kindOfOpening(finding, 'release'))).toBeGreaterThan(at);
  },
  'pernet/registered-before-resource': ({ finding, failing, at }) => {
    isCallAt(finding, at, 'register_pernet_');
    expect(failing.outcome).toBe('succeeds');
    expect(indexOfRelated(finding, 0, 'acquire')).toBeGreaterThan(at);
  },
  'pernet/resource-gone-before-unregister': ({ finding, failing, at }) => {
    // The release itself, or the call of the helper that does it.
    const isHelper = failing.event !== 'release';
    expect(isSourceAt(failing, finding)).toBe(true);
    expect(indexOfRelated(finding, 0, 'acquire')).toBeLessThan(at);
    if (isHelper) expect(indexOfRelated(finding, 1, 'release')).toBeGreaterThan(at);
    expect(indexOfRelated(finding, isHelper ? 2 : 1, 'source')).toBeGreaterThan(at);
  },
  'pernet/generic-outside-registration': ({ finding, failing, at }) => {
    if (failing.event === 'init') {
      // The data's own init is called for the same namespace, but only later.
      const later = finding.witness.events
        .slice(at)
        .filter(({ event, net }) => event === 'init' && net === failing.net);
      expect(failing.ops).toBe(finding.ops);
      expect(later.some(({ ops }) => finding.message.includes(` of ${String(ops)},`))).toBe(true);
      return;
    }
    if (/ asks here for data under .*, and no ops has that id: /.test(finding.message)) {
      expect(failing).toMatchObject({ event: expect.stringMatching(/^(?:init|exit)/) as string, ops: finding.ops });
      return;
    }
    expect(failing).toMatchObject({ event: 'source', outcome: 'is used' });
    expect(isSourceAt(failing, finding)).toBe(true);
    // Registered it is, under another id.
    if (finding.message.includes('no ops has that id')) return;
    // The registrations and unregistrations of its ops before this one cancel out.
    const calls = finding.witness.events
      .slice(0, at)
      .filter(({ event, call }) => event === 'source' && String(call).includes(`_pernet_`))
      .filter(({ call, outcome }) => String(call).includes(`(&${finding.ops})`) && outcome === 'succeeds');
    expect(calls.filter(({ call }) => String(call).startsWith('unregister_'))).toHaveLength(calls.length / 2);
  },
  'pernet/cache-destroyed-before-barrier': ({ finding, failing, at }) => {
    if (finding.message.endsWith("module's text is gone")) {
      // What queues one callback from another is told by the words of functions: the last wait is the step that stands for it.
      if (!/ which queues \w+\(\) when it runs,| by call_srcu\(\),/.test(finding.message))
        expect(failing).toMatchObject({ event: 'release' });
      expect(isSourceAt(failing, finding)).toBe(true);
      return;
    }
    expect(failing).toMatchObject({ event: 'release', resource: 'slab cache' });
    expect(isSourceAt(failing, finding)).toBe(true);
    if (finding.message.endsWith('and no rcu_barrier() comes before')) {
      // Modules that are gone have queued them, nobody knows when: the module itself has not waited since.
      const calls = finding.witness.events
        .slice(indexOfRelated(finding, 0, 'acquire'), at)
        .map(({ call }) => String(call));
      expect(calls.filter((call) => /^(?:rcu_barrier|unregister_pernet_\w+)\(/.test(call))).toEqual([]);
      return;
    }
    const queuedUntil = indexOfRelated(finding, 1, 'release');
    expect(indexOfRelated(finding, 0, 'acquire')).toBeLessThan(queuedUntil);
    expect(queuedUntil).toBeLessThan(at);
    const between = finding.witness.events.slice(queuedUntil, at);
    expect(between.filter(({ event, call }) => event === 'rcu_barrier' || call === 'rcu_barrier()')).toEqual([]);
  },
  'pernet/init-section': ({ finding, failing, at }) => {
    if (finding.function !== undefined && finding.ops === undefined) {
      // A module's own init or exit begins.
      expect(failing).toMatchObject({ event: 'source' });
      return;
    }
    if (finding.function !== undefined) {
      // The callback is called for a namespace that is not there when the module's init runs.
      expect(failing).toMatchObject({
        event: expect.stringMatching(/^(init|pre_exit|exit)/) as string,
        ops: finding.ops,
      });
      expect(failing.net).not.toBe('init_net');
      return;
    }
    expect(failing).toMatchObject({ event: 'source', outcome: 'succeeds' });
    expect(failing.call).toContain(finding.ops);
    const { events } = finding.witness;
    const registered = indexOfRelated(finding, 0, 'source');
    // Its module reads it when init has returned, or it is listed to the end.
    if (String(failing.call).startsWith('unregister_pernet_'))
      expect(events.slice(registered, at).some(({ outcome }) => outcome === 'returned')).toBe(true);
    else expect(events.at(-1)?.pernet_list).toContain(finding.ops);
  },
  'pernet/wrong-kind': ({ finding, failing, at }) => {
    isCallAt(finding, at, 'register_pernet_subsys');
    expect(failing.outcome).toBe('succeeds');
  },
  'pernet/exit-uses-later-ops': ({ finding, failing, at }) => {
    if (finding.message.includes(', which is unregistered by then:')) {
      // Its exits run where it is unregistered, and that is after the other one was.
      isCallAt(finding, at, 'unregister_pernet_');
      expect(failing.call).toContain(finding.ops);
      expect(indexOfRelated(finding, 0, 'source')).toBeLessThan(at);
      const after = finding.witness.events.slice(at);
      expect(after.some(({ event, ops }) => /^(?:pre_)?exit/.test(event) && ops === finding.ops)).toBe(true);
      return;
    }
    expect(failing).toMatchObject({ event: 'source', outcome: 'succeeds' });
    expect(indexOfRelated(finding, 1, 'source')).toBe(at);
    // In the run, the ops that is registered there exits before the one that uses it.
    const exits = finding.witness.events.slice(at).filter(({ event }) => event.startsWith('exit'));
    const used = exits.findIndex(({ ops }) => String(failing.call).includes(`(&${String(ops)})`));
    expect(used).toBeGreaterThanOrEqual(0);
    expect(exits.findIndex(({ ops }) => ops === finding.ops)).toBeGreaterThan(used);
  },
  'pernet/init-order': ({ finding, failing, at }) => {
    // The init is called; that it queues work at once says the function's text alone.
    if (/ queues | does not set up /.test(finding.message))
      expect(failing).toMatchObject({ event: 'init', ops: finding.ops, net: expect.any(String) as string });
    // Or who can be called by then is let in there.
    else {
      expect(failing.event).toBe('acquire');
      expect(isSourceAt(failing, finding)).toBe(true);
    }
    // What is there only then is acquired later, where a step of the path stands for it.
    for (const index of finding.related.keys()) expect(indexOfRelated(finding, index, 'acquire')).toBeGreaterThan(at);
  },
  'pernet/exit-order': ({ finding, failing, at }) => {
    if (finding.message.includes(' and then goes on to ')) {
      // That it is used after that says the function's text alone; the path comes to what frees it.
      expect(failing.outcome).toBe('is too early');
      expect(isSourceAt(failing, finding)).toBe(true);
      expect(finding.related).toEqual([]);
      return;
    }
    if (isWithoutFirstStage(finding, failing)) return;
    if (/ of the hooks in it: | with no grace period after nf_|an rcu_barrier\(\) is missing/.test(finding.message)) {
      // What an exit comes to that no init has made says its text alone.
      expect(failing).toMatchObject({ event: expect.stringMatching(/^(?:pre_)?exit/) as string, ops: finding.ops });
      expect(finding.related).toEqual([]);
      return;
    }
    if (/ waits for \S.* by \w+\(\) before | lets go of /.test(finding.message)) {
      // Neither is a step of the path: the exit is called, and the text tells.
      expect(failing).toMatchObject({ event: expect.stringMatching(/^exit/) as string, ops: finding.ops });
      expect(finding.related).toEqual([]);
      return;
    }
    if (finding.message.includes(' with no grace period after ')) {
      expect(failing.event).toBe('release');
      expect(isSourceAt(failing, finding)).toBe(true);
      return;
    }
    // It is released, or stopped, or the helper that does so is called, and what uses it ends only after that.
    expect(['release', 'source']).toContain(failing.event);
    if (failing.event === 'source') expect(['is stopped', 'entered']).toContain(failing.outcome);
    expect(isSourceAt(failing, finding)).toBe(true);
    const last = finding.related.at(-1);
    const ended = finding.witness.events.findIndex(
      (event, index) => index > at && last !== undefined && isSourceAt(event, last),
    );
    expect(ended).toBeGreaterThan(at);
    if (finding.related.length > 1) expect(indexOfRelated(finding, 0, 'acquire')).toBeLessThan(at);
  },
  'pernet/blocking-rcu-in-exit': isExitOfOneNamespace,
  'pernet/rtnl-in-exit': isExitOfOneNamespace,
};

/** Asserts that a finding's witness proves it, and that its related places lie on the witness's path, in its order. */
export function checkWitness(finding: Finding, files: readonly FixtureFile[]): void {
  if (finding.rule === 'pernet/unused-suppression') return;
  const { events, failing } = finding.witness;
  const breach = breaches[finding.rule];
  if (!breach) throw new Error(`test/witness.ts does not know what proves ${finding.rule}`);
  if (failing === undefined || !events[failing]) throw new Error(`${finding.rule}: the witness has no failing event`);
  const told = { finding, failing: events[failing], at: failing };
  if (!isUnfit(told)) breach(told);
  checkRelated(finding, files);
}

/** A callback of the ops runs, or the last state lists it, after the module's last statement. */
function isCalledWhenGone({ finding, failing, at }: Breach): void {
  const { events } = finding.witness;
  if (failing.event === 'state') expect(failing.pernet_list).toContain(finding.ops);
  else
    expect(failing).toMatchObject({
      event: expect.stringMatching(/^(init|pre_exit|exit)/) as string,
      ops: finding.ops,
    });
  expect(events.slice(at).filter(({ event }) => event === 'source')).toEqual([]);
  expect(events.at(-1)).toMatchObject({
    event: 'state',
    pernet_list: expect.arrayContaining([finding.ops]) as string[],
  });
}

/** An exit callback that cleanup_net() calls once for each namespace. */
function isExitOfOneNamespace({ finding, failing }: Breach): void {
  expect(failing).toMatchObject({
    event: expect.stringMatching(/^(pre_)?exit$/) as string,
    ops: finding.ops,
    net: expect.any(String) as string,
  });
}

/** The ops is initialised for a namespace without the data it asks for, or its registration is refused for it. */
function isInitOrRefusal({ finding, failing }: Breach): void {
  if (failing.event === 'init') expect(failing.ops).toBe(finding.ops);
  else expect(failing).toMatchObject({ event: 'return', ret: expect.any(Number) as number });
}

/** How a place is spoken of at which something is done that is told by the bodies of functions: it is no step of a path. */
const byBodies = '() is called here for every namespace';

function isToldByBodies({ related: [place] }: Finding): boolean {
  return place?.message.endsWith(byBodies) === true;
}

/** What the finding's first related place acquires is acquired after `from` (and before `to`), and no release of it follows. */
function isNeverReleased(finding: Finding, from: number, to = Infinity): void {
  const { events } = finding.witness;
  const [place] = finding.related;
  const acquired = events.findIndex(
    (event, index) => index >= from && event.event === 'acquire' && place !== undefined && isSourceAt(event, place),
  );
  expect(acquired).toBeGreaterThanOrEqual(0);
  expect(acquired).toBeLessThan(to);
  const { resource } = events[acquired]!;
  if (typeof resource !== 'string' || !resource.includes(' ')) return;
  expect(events.slice(acquired).filter((event) => event.event === 'release' && event.resource === resource)).toEqual(
    [],
  );
}

/** What the first related place acquires is acquired, no release of it follows, and the module's code is gone next. */
function isLeftBehind({ finding, at }: Breach): void {
  // What goes on running is told by the text of functions alone: no step of the path stands for it.
  const isTold = finding.rule === 'pernet/left-behind-on-error' ? 1 : 0;
  if (/ leaves \S+ (?:running:|set to \w+,|that call the module:)/.test(finding.message))
    expect(finding.related).toHaveLength(isTold);
  else isNeverReleased(finding, 0, at + 1);
  const { events } = finding.witness;
  expect(events.slice(at + 1).filter(isOfSource)).toEqual([]);
}

/** Whether a release is another one than the acquisition asks for (its number, its kind), which lies before it on the path. */
function isUnfit({ finding, failing, at }: Breach): boolean {
  if (!/ gives back (?:\d+|ARRAY_SIZE\(.*) of \w+ by | frees .+ which \w+\(\) has allocated: /.test(finding.message))
    return false;
  expect(failing).toMatchObject({ event: 'release' });
  expect(isSourceAt(failing, finding)).toBe(true);
  expect(indexOfRelated(finding, 0, 'acquire')).toBeLessThan(at);
  return true;
}

/** Whether the path comes to a loop that goes back through an array and not to its first element, which the text of that says. */
function isSparing({ finding, failing }: Breach): boolean {
  if (!/ (?:to the second element and not to the first|and leaves out the last that was done):/.test(finding.message))
    return false;
  expect(failing.outcome).toBe('is spared');
  expect(isSourceAt(failing, finding)).toBe(true);
  return true;
}

/**
 * What kind of event lets the outside in, or ends that: the registration of another ops whose init does, the setting of a
 * pointer, or what acquires and releases.
 */
function kindOfOpening({ message }: Finding, kind: 'acquire' | 'release'): string {
  return / in each namespace; its callbacks use | hook \w+, whose callbacks use /.test(message) ? 'source' : kind;
}

/** Where in the witness the finding's related place is met first, as an event of that kind. */
function indexOfRelated({ related, witness }: Finding, index: number, kind: string): number {
  const place = related[index];
  const at = witness.events.findIndex((event) => event.event === kind && place && isSourceAt(event, place));
  expect(at).toBeGreaterThanOrEqual(0);
  return at;
}

/** The calls of the ops' exit callbacks in a witness. */
function exitsOf({ ops, witness }: Finding): WitnessEvent[] {
  return witness.events.filter((event) => /^(pre_)?exit/.test(event.event) && event.ops === ops);
}

function isCallAt(finding: Finding, index: number, call: string): void {
  const event = finding.witness.events[index];
  expect(event).toMatchObject({ event: 'source', file: finding.file, line: finding.line, column: finding.column });
  expect(event?.call).toContain(call);
  expect(event?.call).toContain(finding.ops);
}

function isSourceAt(event: WitnessEvent, place: { file: string; line: number; column: number }): boolean {
  return isOfSource(event) && event.file === place.file && event.line === place.line && event.column === place.column;
}

function isOfSource({ event }: WitnessEvent): boolean {
  return event === 'source' || event === 'acquire' || event === 'release';
}

function checkRelated(finding: Finding, files: readonly FixtureFile[]): void {
  const { events } = finding.witness;
  let from = 0;
  for (const place of finding.related) {
    const lines = files.find(({ path }) => path === place.file)?.text.split('\n') ?? [];
    expect(lines[place.line - 1]?.slice(place.column - 1)).toMatch(/^\S/);
    // The same mistake met on another path is not on this one.
    if (place.message === 'the same happens from here' || place.message.endsWith(byBodies)) continue;
    // A definition is nothing that runs.
    if (finding.ops !== undefined && isDefinitionOf(finding.ops, lines[place.line - 1]!, place.column)) continue;
    const index = events.findIndex((event, at) => at >= from && isSourceAt(event, place));
    if (index < 0)
      throw new Error(
        `${place.file}:${place.line} "${place.message}" is not on the witness's path after event ${from}`,
      );
    from = index;
  }
}

/** Whether a line defines an ops, and its name stands at the column. */
function isDefinitionOf(ops: string, line: string, column: number): boolean {
  return /\bpernet_operations\b/.test(line) && line.startsWith(ops, column - 1);
}
