import { isOwnedBy, isOwnName, withoutTable } from '../paths/components.ts';
import { isLost, isLostThough, keyOfHandedOn, type Held } from '../paths/held.ts';
import { keyOfPlace } from '../paths/trace.ts';

/** What shows that a thing is given back: anything at all, what a failure undoes, other paths, the unwinding around it. */
export interface Shown extends Readonly<Record<'anywhere' | 'onFailure', ReadonlySet<string>>> {
  readonly elsewhere: (held: Held) => boolean;
  readonly isPassed: (held: Held) => boolean;
}

/**
 * Whether a thing must be given back: it is of a kind that cannot stay when the code is gone and is named by its own
 * object, or the module gives it back on another path.
 */
export function isOwed(held: Held, shown: Shown, owners: ReadonlySet<string>): boolean {
  const { pair, of, at, result, escaped, checked } = held;
  const key = keyOfPlace(held.place);
  const isOwn = (name: string): boolean =>
    isOwnName(name) || isOwnedBy(owners, name) || (pair.byName === true && bySomeGetter.test(name));
  const isShown = shown.anywhere.has(key) || shown.elsewhere(held);
  // What lies in a directory by a name that was made up may be removed by whom it is there for, such as a thread.
  if (held.isBuried && !pair.lasting) return checked && isShown;
  if (held.isBuried && of[0]?.startsWith('&"')) return true;
  if (result === null || isNamedByArguments(pair)) {
    const isNamed = of.every(isOwn) || (at !== null && isOwn(at));
    // What merely is named like a set-up, and cannot fail, may leave nothing behind.
    if ((!pair.lasting || pair.byName) && !checked)
      return isNamed && (shown.onFailure.has(key) || (isShown && shown.isPassed(held)));
    return isNamed && (isShown || (pair.lasting && !escaped));
  }
  if (isLost(held)) return checked;
  if (isLostThough(held)) return checked && shown.anywhere.has(keyOfHandedOn(held));
  return at !== null && (isOfOwn(at) || isOwn(at)) && (isShown || (pair.lasting && !escaped));
}

/**
 * Whether a place is the module's own: by its name alone, behind a pointer that the namespace keeps (`net->foo->bar`,
 * `fn->foo->bar`), or in the per-net data that a getter which was not read yields.
 */
function isOfOwn(at: string): boolean {
  return (
    isOwnName(at) ||
    /^(?:@net|generic\([^()]*\))->[\w.]+->\w+$/.test(withoutTable(at)) ||
    ofGetter.test(withoutTable(at))
  );
}

const ofGetter = /^#(?:\w+_(?:per)?net|net_\w+)\(\)->[\w.]+$/;
/** The per-net data itself that a getter which was not read yields, or a part of it by its name. */
const bySomeGetter = /^&?#(?:\w+_(?:per)?net|net_\w+)\(\)(?:->[\w.]+)?$/;

function isNamedByArguments({ of, stores }: Held['pair']): boolean {
  return of !== 'result' && stores !== true;
}

/** Whether a thing belongs to a namespace: what an ops' init makes for all (once, for init_net) is not for an exit to undo. */
export function isPerNet({ of, at }: Held): boolean {
  // What there is but one of is one a namespace where a callback for one acquires it.
  if (of.length === 0) return true;
  return [...of, at ?? ''].some((each) => /^&?(?:@net|generic\()/.test(each) || bySomeGetter.test(withoutTable(each)));
}
