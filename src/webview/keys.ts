/** What a key does on the timeline's page. */
export type Act =
  | 'next'
  | 'previous'
  | 'forward'
  | 'back'
  | 'first'
  | 'last'
  | 'failing'
  | 'play'
  | 'open'
  | 'search'
  | 'zoomIn'
  | 'zoomOut'
  | 'panLeft'
  | 'panRight'
  | 'fit'
  | 'clear'
  | 'help';

/** The page's keys: the handler and the help both come from here. `keys` are values of `KeyboardEvent.key`. */
export const keyTable: readonly { readonly act: Act; readonly keys: readonly string[]; readonly says: string }[] = [
  { act: 'next', keys: ['.', 'ArrowRight', 'ArrowDown', 'j'], says: 'next step' },
  { act: 'previous', keys: [',', 'ArrowLeft', 'ArrowUp', 'k'], says: 'previous step' },
  { act: 'forward', keys: ['PageDown', ']'], says: 'next call (a step of the scenario)' },
  { act: 'back', keys: ['PageUp', '['], says: 'previous call' },
  { act: 'first', keys: ['Home'], says: 'first step' },
  { act: 'last', keys: ['End'], says: 'last step' },
  {
    act: 'failing',
    keys: ['f', 'F'],
    says: 'the step that breaks the rule; in other runs the next that fails, or the next difference',
  },
  { act: 'play', keys: [' '], says: 'play and pause' },
  { act: 'open', keys: ['Enter'], says: 'open the source line of the step' },
  { act: 'search', keys: ['/'], says: 'search; then Enter and Shift+Enter go from match to match' },
  { act: 'zoomIn', keys: ['w', 'W', '+'], says: 'zoom in' },
  { act: 'zoomOut', keys: ['s', 'S', '-'], says: 'zoom out' },
  { act: 'panLeft', keys: ['a', 'A'], says: 'move the drawing left' },
  { act: 'panRight', keys: ['d', 'D'], says: 'move the drawing right' },
  { act: 'fit', keys: ['0'], says: 'the whole run in view' },
  { act: 'clear', keys: ['Escape'], says: 'end the comparison, then the filter, then choose no step' },
  { act: 'help', keys: ['?'], says: 'these keys' },
];

/** What a key does, or nothing. A key with Ctrl, Alt or Meta belongs to the editor. */
export function actOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'>): Act | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  return keyTable.find(({ keys }) => keys.includes(event.key))?.act;
}

/** The keys that a control uses itself while it has the focus: all of a field's, few of a button's. */
export function keepsKey(target: EventTarget | null, { key }: Pick<KeyboardEvent, 'key'>): boolean {
  if (!(target instanceof Element)) return false;
  const dialog = target.closest('dialog');
  // A dialog that has just closed still has the focus until the next frame: a quick key is not its own any more.
  if (dialog) return dialog.open;
  if (target.closest('select, input[type=search]')) return key !== 'Escape';
  if (target.closest('button, summary')) return key === 'Enter' || key === ' ';
  return target.closest('input[type=range]') !== null && /^(Arrow|Page|Home|End)/.test(key);
}

const symbols: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  ' ': 'Space',
};

/** A key as a person reads it on the keyboard. */
export function keyLabel(key: string): string {
  return symbols[key] ?? key;
}
