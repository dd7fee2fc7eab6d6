import { expect } from 'vitest';
import type { Finding, Witness } from '../src/rules/index.ts';
import type { FixtureFile } from './fixture.ts';

type WitnessEvent = Witness['events'][number];

interface Breach {
  readonly finding: Finding;
  readonly failing: WitnessEvent;
  readonly at: number;
}

/** What the failing event of each rule's witness must be, for the witness to prove anything. */
const breaches: Readonly<Record<string, (breach: Breach) => void>> = {
  'pernet/left-registered-on-exit': isCalledWhenGone,
  'pernet/left-registered-on-error': isCalledWhenGone,
  'pernet/unregister-not-registered': ({ finding, failing, at }) => {
    expect(failing).toMatchObject({ event: 'violation', kind: 'unregister-unregistered' });
    isCallAt(finding, at - 1, 'unregister_pernet_');
  },
  'pernet/unregister-kind-mismatch': ({ finding, failing, at }) => {
    isCallAt(finding, at - 1, 'unregister_pernet_');
    expect(failing.event).not.toBe('source');
  },
  'pernet/register-twice': ({ finding, failing, at }) => {
    expect(failing).toMatchObject({ event: 'violation', kind: 'double-register' });
    isCallAt(finding, at - 1, 'register_pernet_');
  },
  'pernet/register-unchecked': ({ finding, failing, at }) => {
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
};

/** Asserts that a finding's witness proves it, and that its related places lie on the witness's path, in its order. */
export function checkWitness(finding: Finding, files: readonly FixtureFile[]): void {
  if (finding.rule === 'pernet/unused-suppression') return;
  const { events, failing } = finding.witness;
  const breach = breaches[finding.rule];
  if (!breach) throw new Error(`test/witness.ts does not know what proves ${finding.rule}`);
  if (failing === undefined || !events[failing]) throw new Error(`${finding.rule}: the witness has no failing event`);
  breach({ finding, failing: events[failing], at: failing });
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

/** The ops is initialised for a namespace without the data it asks for, or its registration is refused for it. */
function isInitOrRefusal({ finding, failing }: Breach): void {
  if (failing.event === 'init') expect(failing.ops).toBe(finding.ops);
  else expect(failing).toMatchObject({ event: 'return', ret: expect.any(Number) as number });
}

function isCallAt(finding: Finding, index: number, call: string): void {
  const event = finding.witness.events[index];
  expect(event).toMatchObject({ event: 'source', file: finding.file, line: finding.line, column: finding.column });
  expect(event?.call).toContain(call);
  expect(event?.call).toContain(finding.ops);
}

function isSourceAt(event: WitnessEvent, place: { file: string; line: number; column: number }): boolean {
  return (
    event.event === 'source' && event.file === place.file && event.line === place.line && event.column === place.column
  );
}

function checkRelated(finding: Finding, files: readonly FixtureFile[]): void {
  const { events } = finding.witness;
  let from = 0;
  for (const place of finding.related) {
    const lines = files.find(({ path }) => path === place.file)?.text.split('\n') ?? [];
    expect(lines[place.line - 1]?.slice(place.column - 1)).toMatch(/^\S/);
    // The same mistake met on another path is not on this one.
    if (place.message === 'the same happens from here') continue;
    const index = events.findIndex((event, at) => at >= from && isSourceAt(event, place));
    if (index < 0)
      throw new Error(
        `${place.file}:${place.line} "${place.message}" is not on the witness's path after event ${from}`,
      );
    from = index;
  }
}
