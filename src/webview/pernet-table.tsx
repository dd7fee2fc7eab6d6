import type { JSX } from 'preact';
import { memo } from './memo.ts';
import { leftOvers, listMembers, type ListMember, type NetPhase, type Occupancy, type RunState } from './state.ts';

/** More namespaces than this are shown as a sign each. */
const mostColumns = 6;
/** More ops than this are not all put into the page: the part around what has changed is, and the rest on request. */
const mostRows = 60;

interface Props {
  readonly now: RunState;
  readonly before: RunState;
  /** The namespace that the step is about is pointed out. */
  readonly focus: { readonly ops?: string; readonly nets: readonly string[] };
}

/** pernet_list from its head to its tail, the first_device boundary in it, and what each ops has in each namespace. */
export function PernetTable({ now, before, focus }: Props): JSX.Element {
  const members = listMembers(now, before);
  const nets = [...now.phases.keys()];
  const left = leftOvers(now).filter((ops) => !members.some((member) => member.ops === ops));
  const columns = (nets.length > mostColumns ? 1 : nets.length) + 1;
  const part = (kind: ListMember['kind']): JSX.Element => (
    <Members
      members={members.filter((member) => member.kind === kind)}
      now={now}
      nets={nets}
      focus={focus}
      columns={columns}
    />
  );
  return (
    <table class={nets.length > mostColumns ? 'dense' : ''}>
      <caption>
        <code>pernet_list</code>: init runs ↓ from the top, exit runs ↑ from the bottom
      </caption>
      <thead>
        <tr>
          <th scope="col">ops</th>
          {nets.length > mostColumns ? (
            <th scope="col">{nets.length} namespaces, in order</th>
          ) : (
            nets.map((net) => <NetHead key={net} net={net} now={now} isFocus={focus.nets.includes(net)} />)
          )}
        </tr>
      </thead>
      <tbody class="subsys">
        <PartHead columns={columns} says="subsystems" note="a new one goes to the end of this part" />
        {part('subsys')}
      </tbody>
      <tbody class="device">
        <tr class="boundary">
          <th colSpan={columns} scope="rowgroup">
            <code>first_device</code> → {now.firstDevice ?? 'the end of the list: there is no device'}
          </th>
        </tr>
        <PartHead columns={columns} says="devices" note="a new one goes to the end of the list" />
        {part('device')}
      </tbody>
      {left.length > 0 ? (
        <tbody class="left">
          <PartHead columns={columns} says="not in the list" note="and still in a namespace" />
          <Members
            members={left.map((ops) => ({ ops, change: 'none', kind: 'subsys' }))}
            now={now}
            nets={nets}
            focus={focus}
            columns={columns}
          />
        </tbody>
      ) : null}
    </table>
  );
}

function PartHead(props: { readonly columns: number; readonly says: string; readonly note: string }): JSX.Element {
  return (
    <tr class="part">
      <th colSpan={props.columns} scope="rowgroup">
        {props.says} <small>{props.note}</small>
      </th>
    </tr>
  );
}

const phaseSays: Readonly<Record<NetPhase, string>> = { making: 'being made', alive: '', dying: 'dying' };

function NetHead({ net, now, isFocus }: { net: string; now: RunState; isFocus: boolean }): JSX.Element {
  const refs = now.refs.get(net);
  const phase = now.phases.get(net) ?? 'alive';
  return (
    <th scope="col" class={isFocus ? `focus ${phase}` : phase}>
      {net}
      {phase === 'alive' ? null : <small> {phaseSays[phase]}</small>}
      {refs ? (
        <small class="refs" title="reference counts: ns.count, passive">
          {' '}
          refs {refs.count}/{refs.passive}
        </small>
      ) : null}
    </th>
  );
}

interface MembersProps {
  readonly members: readonly ListMember[];
  readonly now: RunState;
  readonly nets: readonly string[];
  readonly focus: Props['focus'];
  readonly columns: number;
}

/** The rows of one part of the list; of very many those around the one that the step is about. */
function Members({ members, now, nets, focus, columns }: MembersProps): JSX.Element {
  const at = members.findIndex(({ ops, change }) => ops === focus.ops || change !== 'none');
  const from = members.length > mostRows ? Math.max(Math.min(at - mostRows / 2, members.length - mostRows), 0) : 0;
  const shown = members.slice(from, from + mostRows);
  const after = members.length - from - shown.length;
  return (
    <>
      {from > 0 ? <More columns={columns} count={from} says="before" /> : null}
      {shown.map(({ ops, change }) =>
        nets.length > mostColumns ? (
          <DenseRow key={ops} ops={ops} change={change} isFocus={ops === focus.ops} {...signsOf(ops, nets, now)} />
        ) : (
          <tr key={ops} class={`member ${change} ${ops === focus.ops ? 'focus' : ''}`}>
            <th scope="row">
              {ops}
              <Change change={change} />
            </th>
            {nets.map((net) => (
              <td key={net} class={ops === focus.ops && focus.nets.includes(net) ? 'focus' : ''}>
                <Stage occupancy={now.occupancies.get(net)?.get(ops)} />
              </td>
            ))}
          </tr>
        ),
      )}
      {after > 0 ? <More columns={columns} count={after} says="after" /> : null}
    </>
  );
}

function More({ columns, count, says }: { columns: number; count: number; says: string }): JSX.Element {
  return (
    <tr class="more">
      <td colSpan={columns}>
        … {count} more {says} these
      </td>
    </tr>
  );
}

const changeSays = { none: '', added: '+ added', removed: '− removed' } as const;

const stageSigns = { ready: '●', failed: '✗', leaving: '◐', gone: '○' } as const;
const stageSays = { ready: 'ready', failed: 'init failed', leaving: 'leaving', gone: 'gone' } as const;

function Stage({ occupancy }: { readonly occupancy: Occupancy | undefined }): JSX.Element {
  if (occupancy === undefined) return <span class="quiet">–</span>;
  const { stage, data } = occupancy;
  return (
    <span class={`stage ${stage}`}>
      {stageSigns[stage]} {stageSays[stage]}
      {data ? <small title="its net_generic() data is allocated"> + data</small> : null}
    </span>
  );
}

/** Many namespaces in one line: a sign each, and in words how many are in which stage. */
function signsOf(ops: string, nets: readonly string[], now: RunState): { signs: string; says: string } {
  const counts = new Map<string, number>();
  let signs = '';
  for (const net of nets) {
    const stage = now.occupancies.get(net)?.get(ops)?.stage;
    signs += stage ? stageSigns[stage] : '·';
    const says = stage ? stageSays[stage] : 'none';
    counts.set(says, (counts.get(says) ?? 0) + 1);
  }
  return { signs, says: [...counts].map(([stage, count]) => `${stage} in ${count}`).join(', ') };
}

interface DenseProps {
  readonly ops: string;
  readonly change: ListMember['change'];
  readonly isFocus: boolean;
  readonly signs: string;
  readonly says: string;
}

const DenseRow = memo(function DenseRow({ ops, change, isFocus, signs, says }: DenseProps): JSX.Element {
  return (
    <tr class={`member ${change} ${isFocus ? 'focus' : ''}`}>
      <th scope="row">
        {ops}
        <Change change={change} />
      </th>
      <td>
        <span class="signs" aria-hidden="true" title={says}>
          {signs}
        </span>
        <span class="spoken">{says}</span>
      </td>
    </tr>
  );
});

function Change({ change }: { readonly change: ListMember['change'] }): JSX.Element | null {
  return change === 'none' ? null : <em class="change">{changeSays[change]}</em>;
}
