/** What a key does on the timeline's page. */
export type Act = 'next' | 'previous' | 'first' | 'last' | 'failing' | 'open' | 'clear' | 'help';

/** The page's keys: the handler and the help both come from here. `keys` are values of `KeyboardEvent.key`. */
export const keyTable: readonly { readonly act: Act; readonly keys: readonly string[]; readonly says: string }[] = [
  { act: 'next', keys: ['ArrowDown', 'ArrowRight', 'j', '.'], says: 'next step' },
  { act: 'previous', keys: ['ArrowUp', 'ArrowLeft', 'k', ','], says: 'previous step' },
  { act: 'first', keys: ['Home'], says: 'first step' },
  { act: 'last', keys: ['End'], says: 'last step' },
  { act: 'failing', keys: ['f', 'F'], says: 'the step that breaks the rule' },
  { act: 'open', keys: ['Enter'], says: 'open the source line of the step' },
  { act: 'clear', keys: ['Escape'], says: 'choose no step: show how the run ends' },
  { act: 'help', keys: ['?'], says: 'these keys' },
];

/** What a key does, or nothing. A key with Ctrl, Alt or Meta belongs to the editor. */
export function actOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'>): Act | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  return keyTable.find(({ keys }) => keys.includes(event.key))?.act;
}

const symbols: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

/** A key as a person reads it on the keyboard. */
export function keyLabel(key: string): string {
  return symbols[key] ?? key;
}
