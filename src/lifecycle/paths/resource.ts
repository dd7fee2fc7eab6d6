import { plainName } from '../../program/statics.ts';
import type { Held } from './held.ts';
import type { TraceStep } from './trace.ts';

type Effect = TraceStep & { readonly t: 'acquire' | 'release' };

/** What tells one resource of a history from another: its kind and what names it. */
export function keyOfResource({ pair, of }: Pick<Effect, 'pair' | 'of'>): string {
  return `${pair.kind}(${of.join()})`;
}

/** A resource as a reader would name it: `netdevice notifier foo_notifier`, `slab cache foo_cache`. */
export function nameOfResource(step: Effect): string {
  return nameOf(step.pair.kind, step.t === 'acquire' ? step.at : null, step.of);
}

/** The same for what is held. */
export function nameOfHeld({ pair, at, of }: Held): string {
  return nameOf(pair.kind, at, of);
}

/** The call that gives back what a pair acquires, as a reader would write it. */
export function releaseText({ acquire, release: [first = ''] }: Held['pair']): string {
  return acquire.includes(first) ? `${first}(NULL)` : `${first}()`;
}

function nameOf(kind: string, at: string | null, of: readonly string[]): string {
  const what = kind.endsWith('()') ? `what ${kind} set up` : kind;
  if (kind.endsWith('()')) return what;
  const names = (at === null ? of : [at]).map(readable).filter((name) => name !== '' && name !== 'net');
  return names.length === 0 ? what : `${what} ${names.join(', ')}`;
}

/** A canonical path in the words of the source; '' for what has no name there. */
export function readable(component: string): string {
  const path = plainName(component).replace(/^&(?:#\d+->(?=\w+$))?/, '');
  if (/^[#=%?]/.test(path)) return '';
  return path
    .replace(/^fn:/, '')
    .replace(/^[^"]*?\.[ch]#/, '')
    .replace(/^@net\b/, 'net')
    .replace(/^generic\(&?([^)]*)\)/, 'net_generic(net, $1)');
}
