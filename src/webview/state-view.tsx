import type { ComponentChildren, JSX } from 'preact';
import type { Holding, TimelineEntry } from '../engine/types.ts';
import { PernetTable } from './pernet-table.tsx';
import { placeOf } from './places.ts';
import type { Source } from './protocol.ts';
import { netsOf, type RunState } from './state.ts';

interface Props {
  readonly title: string;
  readonly now: RunState;
  readonly before: RunState;
  /** The step itself; undefined where the run has nothing at the chosen line. */
  readonly entry: TimelineEntry | undefined;
  readonly open: (source: Source) => void;
  readonly children?: ComponentChildren;
}

/** The state after a step, with what the step changed marked. */
export function StateView({ title, now, before, entry, open, children }: Props): JSX.Element {
  const ops = entry?.event['ops'];
  const focus = { nets: entry ? netsOf(entry.event) : [], ...(typeof ops === 'string' ? { ops } : {}) };
  return (
    <section class="state" aria-label={title}>
      <h2>{title}</h2>
      {children}
      <PernetTable now={now} before={before} focus={focus} />
      <Held now={now} before={before} open={open} />
      <Slots now={now} />
      <Live now={now} before={before} />
    </section>
  );
}

function Held({ now, before, open }: Pick<Props, 'now' | 'before' | 'open'>): JSX.Element {
  const all = [...now.holdings.values()];
  const groups = new Map<string | undefined, Holding[]>();
  for (const each of all) groups.set(each.net, [...(groups.get(each.net) ?? []), each]);
  const gone = [...before.holdings.values()].filter(({ id }) => !now.holdings.has(id));
  return (
    <>
      <h3>Acquired and not yet released{all.length > 0 ? `: ${all.length}` : ''}</h3>
      {all.length + gone.length === 0 ? <p class="quiet">nothing</p> : null}
      {[...groups].map(([net, holdings]) => (
        <div key={net ?? ''}>
          <h4>{net === undefined ? 'by the module' : `for ${net}`}</h4>
          <ul class="held">
            {holdings.map((holding) => (
              <HeldItem key={holding.id} holding={holding} isNew={!before.holdings.has(holding.id)} open={open} />
            ))}
          </ul>
        </div>
      ))}
      {gone.length > 0 ? (
        <ul class="held released">
          {gone.map(({ id, resource }) => (
            <li key={id}>
              <s>{resource}</s> <em class="change">− released</em>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

function HeldItem(props: {
  readonly holding: Holding;
  readonly isNew: boolean;
  readonly open: Props['open'];
}): JSX.Element {
  const { resource, by, file, line, column } = props.holding;
  return (
    <li>
      {resource} <span class="label">by {by}()</span>{' '}
      <button
        type="button"
        class="link"
        onClick={() => {
          props.open({ file, line, column });
        }}
      >
        {placeOf({ file, line })}
      </button>
      {props.isNew ? <em class="change">+ acquired</em> : null}
    </li>
  );
}

/** More namespaces than this are not listed one by one. */
const mostNets = 12;

/** The net_generic() array of each namespace: which slots point at something, and whose they are. */
function Slots({ now }: { readonly now: RunState }): JSX.Element | null {
  const owners = new Map([...now.ids].map(([ops, id]) => [id, ops]));
  const nets = [...now.gens].filter(([, { slots }]) => slots.size > 0);
  if (owners.size === 0 && nets.length === 0) return null;
  return (
    <>
      <h3>
        <code>net_generic</code> slots
      </h3>
      <ul class="slots">
        {nets.slice(0, mostNets).map(([net, { len, slots }]) => (
          <li key={net}>
            {net} <span class="label">({len} long)</span>: <SlotsOf slots={slots} owners={owners} />
          </li>
        ))}
        {nets.length > mostNets ? <li class="quiet">… {nets.length - mostNets} more namespaces</li> : null}
      </ul>
    </>
  );
}

/** More slots than this are counted, not listed: but for those that point at what is gone. */
const mostSlots = 10;

function SlotsOf(props: { slots: ReadonlySet<number>; owners: ReadonlyMap<number, string> }): JSX.Element {
  const { slots, owners } = props;
  const sorted = [...slots].sort((a, b) => a - b);
  const isLong = sorted.length > mostSlots;
  const stale = sorted.filter((slot) => !owners.has(slot));
  const listed = isLong ? stale.slice(0, mostSlots) : sorted;
  return (
    <>
      {isLong ? `${sorted.length} point at data${stale.length > 0 ? `, ${stale.length} stale ` : ''}` : null}
      {listed.map((slot) => (
        <span key={slot} class={owners.has(slot) ? 'slot' : 'slot stale'}>
          [{slot}] {owners.get(slot) ?? 'stale: its id was given back'}
        </span>
      ))}
    </>
  );
}

const liveSays = [
  ['net', 'struct net'],
  ['net_generic', 'net_generic arrays'],
  ['ops_data', 'data of ops'],
  ['key_tag', 'key domains'],
] as const;

/** What the core has allocated and not yet freed. */
function Live({ now, before }: Pick<Props, 'now' | 'before'>): JSX.Element {
  return (
    <>
      <h3>Allocated by the core</h3>
      <p class="live">
        {liveSays.map(([kind, says]) => {
          const difference = now.live[kind] - before.live[kind];
          return (
            <span key={kind}>
              {now.live[kind]} {says}
              {difference === 0 ? null : (
                <em class="change"> {difference > 0 ? `+${difference}` : `−${-difference}`}</em>
              )}
            </span>
          );
        })}
      </p>
    </>
  );
}
