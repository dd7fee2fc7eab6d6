import type { State } from './state.ts';
import type { Value } from './values.ts';

/**
 * What names a resource, one text for each value that does: `&foo_notifier` the object itself, `foo_cache` the value
 * that a place held when the function was entered, `#12` a value that is only known as such, `=4` a number.
 */
export function componentOf(state: State, value: Value): string {
  if (value.v === 'num') return `=${value.text ?? value.num}`;
  if (value.v === 'addr') return `&${value.path}`;
  return state.symbols.get(value.id)?.input ?? `#${value.id}`;
}

/** Whether two components can name the same thing: they are alike, or one of them is a value that is not known. */
export function mayBeSame(a: string, b: string): boolean {
  return (
    sameComponent(a, b) || isUnknown(a) || isUnknown(b) || isDeep(a) || isDeep(b) || isAlias(a, b) || isAlias(b, a)
  );
}

const somewhere = '->?';

/** Whatever a function that is not known found by way of something (`foo_pernet(net)`): some place behind it. */
export function somewhereBehind(component: string): string {
  return `${component}${somewhere}`;
}

/** Whether a component stands for some place behind a root, which a name is one of. */
export function isBehind(component: string, name: string): boolean {
  if (!component.endsWith(somewhere)) return false;
  const root = component.slice(0, -somewhere.length);
  return (
    name.startsWith(`${root}->`) || name.startsWith(`${root}.`) || (root === '@net' && name.startsWith('generic('))
  );
}

/** Whether two components name the same thing; an element that is not known stands for every element. */
export function sameComponent(a: string, b: string): boolean {
  if (a === b) return true;
  return (a.includes('[*]') || b.includes('[*]')) && anyElement(a) === anyElement(b);
}

/** A value that came from somewhere that is not known; what lies at a known place of it is as little known. */
export function isUnknown(component: string): boolean {
  return component.startsWith('#') || component.startsWith('&#') || component.endsWith(somewhere);
}

/** The number of a value that is only known as such (`#12`). */
export function idOf(component: string | null): number | undefined {
  return component?.startsWith('#') === true && /^#\d+$/.test(component) ? Number(component.slice(1)) : undefined;
}

/** An ops' data of a namespace, and a member of struct net that may point at it (`net->ipvs`). */
function isAlias(a: string, b: string): boolean {
  return a.startsWith('generic(') && /^@net->\w+$/.test(b);
}

/** What lies behind a pointer that lies behind another one can have a second name. */
function isDeep(component: string): boolean {
  return leadsOn(withoutTable(component));
}

/** Whether a path leads through a pointer that lies behind another one. */
function leadsOn(path: string): boolean {
  const first = path.indexOf('->');
  return first >= 0 && path.includes('->', first + 2);
}

/** A sysctl registration that has a name gives the table behind it one (`ctl_table_arg`). */
export function withoutTable(component: string): string {
  return component.endsWith(table) ? component.slice(0, -table.length) : component;
}

const table = '->ctl_table_arg';

function anyElement(component: string): string {
  return component.replace(/\[\d+\]/g, '[*]');
}

/** Whether a name is that of something in an object that lies at one of some places with names of their own. */
export function isOwnedBy(places: ReadonlySet<string>, name: string): boolean {
  const owner = /^&?(.*)->[^>]*$/.exec(name)?.[1];
  return owner !== undefined && places.has(owner) && (isOwnName(owner) || isOwnedBy(places, owner));
}

/** Whether a path is the module's own by its name alone: a global of it, the data of one of its ops, a member of struct net. */
export function isOwnName(path: string): boolean {
  if (isUnknown(path)) return false;
  const plain = withoutTable(path);
  return !leadsOn(plain) && (!plain.includes('->') || /^&?(?:@net|generic\()/.test(plain));
}

/**
 * Whether what a getter that was not read yields (`#foo_pernet()`), or what lies behind that, can be what is kept at a
 * place of a namespace.
 */
export function mayLieAt(component: string, at: string): boolean {
  const behind = /^&?#\w+\(\)(.*)$/.exec(component)?.[1];
  if (behind === undefined || !/^(?:@net|generic\()/.test(at)) return false;
  return behind === '' ? !/->.*->|\)->/.test(at) : at.endsWith(behind);
}
