import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Snapshot, Timeline } from '../engine/types.ts';
import {
  listMembers,
  netsAt,
  occupanciesAt,
  snapshotAt,
  type ListMember,
  type NetColumn,
  type Occupancies,
  type Occupancy,
} from './history.ts';
import type { Source } from './protocol.ts';
import { placeOf } from './run-list.tsx';

interface Props {
  readonly timeline: Timeline;
  readonly cursor: number | undefined;
  readonly open: (source: Source) => void;
}

/** The state after the chosen entry, or after the last one when none is chosen. */
export function StateView({ timeline, cursor, open }: Props): JSX.Element {
  const { entries } = timeline;
  const at = cursor ?? entries.length - 1;
  const now = useMemo(() => snapshotAt(entries, at), [entries, at]);
  const before = useMemo(() => snapshotAt(entries, at - 1), [entries, at]);
  const occupancies = useMemo(() => occupanciesAt(entries, at), [entries, at]);
  const nets = useMemo(() => netsAt(entries, at), [entries, at]);
  const entry = entries[at];
  return (
    <section class="state" aria-label="State after the step">
      <h2>{cursor === undefined ? 'When the run has ended' : `After step ${at + 1} of ${entries.length}`}</h2>
      <p class="what" aria-live="polite">
        {cursor === undefined ? '' : entry?.text}
      </p>
      {now ? (
        <PernetList now={now} before={before} nets={nets} occupancies={occupancies} />
      ) : (
        <p>The model has not started yet.</p>
      )}
      <h3>Held by the module</h3>
      {entry && entry.held.length > 0 ? (
        <ul class="held">
          {entry.held.map(({ resource, file, line }, index) => (
            <li key={index}>
              {resource}{' '}
              <button
                type="button"
                class="link"
                onClick={() => {
                  open({ file, line, column: 1 });
                }}
              >
                {placeOf({ file, line })}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet">nothing</p>
      )}
    </section>
  );
}

interface ListProps {
  readonly now: Snapshot;
  readonly before: Snapshot | undefined;
  readonly nets: readonly NetColumn[];
  readonly occupancies: Occupancies;
}

/** pernet_list from its head to its tail, the first_device boundary in it, and for each namespace what each ops has there. */
function PernetList({ now, before, nets, occupancies }: ListProps): JSX.Element {
  const members = listMembers(now, before);
  const left = leftOvers(members, nets, occupancies);
  const columns = nets.length + 1;
  const part = (kind: ListMember['kind']): JSX.Element[] =>
    members
      .filter((member) => member.kind === kind)
      .map((member) => <MemberRow key={member.ops} member={member} nets={nets} occupancies={occupancies} />);
  return (
    <table>
      <caption>pernet_list: init runs from top to bottom, exit from bottom to top</caption>
      <thead>
        <tr>
          <th scope="col">ops</th>
          {nets.map(({ net, phase }) => (
            <th key={net} scope="col">
              {net}
              <References now={now} net={net} />
              {phase === 'alive' ? null : <small> {phaseSays[phase]}</small>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody class="subsys">
        <PartHead columns={columns} says="subsystems" />
        {part('subsys')}
      </tbody>
      <tbody class="device">
        <tr class="boundary">
          <th colSpan={columns} scope="rowgroup">
            first_device → {now.first_device ?? 'the end of the list: there is no device'}
          </th>
        </tr>
        <PartHead columns={columns} says="devices" />
        {part('device')}
      </tbody>
      {left.length > 0 ? (
        <tbody class="left">
          <PartHead columns={columns} says="not in the list" />
          {left.map((ops) => (
            <MemberRow
              key={ops}
              member={{ ops, change: 'none', kind: 'subsys' }}
              nets={nets}
              occupancies={occupancies}
            />
          ))}
        </tbody>
      ) : null}
    </table>
  );
}

function PartHead({ columns, says }: { readonly columns: number; readonly says: string }): JSX.Element {
  return (
    <tr class="part">
      <th colSpan={columns} scope="rowgroup">
        {says}
      </th>
    </tr>
  );
}

const phaseSays = { making: 'being set up', dying: 'dying' } as const;

const changeSays = { none: '', added: '+ added', removed: '− removed' } as const;

function MemberRow(props: {
  readonly member: ListMember;
  readonly nets: readonly NetColumn[];
  readonly occupancies: Occupancies;
}): JSX.Element {
  const { ops, change } = props.member;
  return (
    <tr class={`member ${change}`}>
      <th scope="row">
        {ops}
        {change === 'none' ? null : <em class="change">{changeSays[change]}</em>}
      </th>
      {props.nets.map(({ net }) => (
        <td key={net}>
          <Stage occupancy={props.occupancies.get(net)?.get(ops)} />
        </td>
      ))}
    </tr>
  );
}

const stageSays = {
  ready: '● ready',
  failed: '✗ init failed',
  leaving: '◐ leaving',
  gone: '○ gone',
} as const;

function Stage({ occupancy }: { readonly occupancy: Occupancy | undefined }): JSX.Element {
  if (occupancy === undefined) return <span class="quiet">–</span>;
  return (
    <span class={`stage ${occupancy.stage}`}>
      {stageSays[occupancy.stage]}
      {occupancy.data ? <small title="its net_generic() data is allocated"> + data</small> : null}
    </span>
  );
}

function References({ now, net }: { readonly now: Snapshot; readonly net: string }): JSX.Element | null {
  const refs = now['refs'] as Readonly<Record<string, { count: number; passive: number } | undefined>> | undefined;
  const own = refs?.[net];
  if (!own) return null;
  return <small title="reference counts: active, passive">{` ${own.count}/${own.passive}`}</small>;
}

/** Ops that are in no list and still have something in a namespace. */
function leftOvers(
  members: readonly ListMember[],
  nets: readonly NetColumn[],
  occupancies: Occupancies,
): readonly string[] {
  const listed = new Set(members.map(({ ops }) => ops));
  const left = new Set<string>();
  for (const { net } of nets) {
    for (const [ops, { stage, data }] of occupancies.get(net) ?? []) {
      if (!listed.has(ops) && (stage === 'ready' || stage === 'leaving' || data)) left.add(ops);
    }
  }
  return [...left];
}
