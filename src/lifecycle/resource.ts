import type { TraceStep } from './trace.ts';

type Effect = TraceStep & { readonly t: 'acquire' | 'release' };

/** What tells one resource of a history from another: its kind and what names it. */
export function keyOfResource({ pair, of }: Pick<Effect, 'pair' | 'of'>): string {
  return `${pair.kind}(${of.join()})`;
}

/** A resource as a reader would name it: `netdevice notifier foo_notifier`, `slab cache foo_cache`. */
export function nameOfResource(step: Effect): string {
  const place = step.t === 'acquire' && step.at !== null ? step.at : step.of.map(readable).find((name) => name !== '');
  const kind = step.pair.kind.endsWith('()') ? `what ${step.pair.kind} set up` : step.pair.kind;
  return place === undefined ? kind : `${kind} ${readable(place)}`;
}

/** A canonical path in the words of the source; '' for what has no name there. */
export function readable(component: string): string {
  const path = component.replace(/^&/, '');
  if (/^[#=%?]/.test(path)) return '';
  return path
    .replace(/^fn:/, '')
    .replace(/^[^"]*?\.[ch]#/, '')
    .replace(/^@net\b/, 'net')
    .replace(/^generic\(&?([^)]*)\)/, 'net_generic(net, $1)');
}
