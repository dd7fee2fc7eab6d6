import type { Hover, ServerCapabilities } from 'vscode-languageserver';
import type { OpsReading } from '../engine/types.ts';
import type { BootedList } from './background/order.ts';
import type { Features } from './features.ts';
import { uriIn } from './places.ts';
import { meaningOf, registeredBy, wordAt, type Meaning } from './words.ts';

/** On an ops, its fields, its callbacks, its id and the calls that register it: what it is, and when it runs. */
export function registerHover({
  connection,
  documents,
  analyses,
  booted,
  options,
}: Features): Partial<ServerCapabilities> {
  connection.onHover(async ({ textDocument: { uri }, position }): Promise<Hover | null> => {
    const result = await analyses.of(uri);
    const document = documents.get(uri);
    const word = document && wordAt(document, position);
    if (!result || !word) return null;
    // An editor that shows no links would show what they are made of.
    const show: Show =
      options.commands === true
        ? ({ file, line }) => `[${file}:${line}](${uriIn(result.place, file)}#L${line})`
        : ({ file, line }) => `${file}:${line}`;
    const registered = registeredBy(word, result.readings);
    const meaning = registered ? null : meaningOf(word, result.place.path, result.readings);
    const text = registered ? callText(word.text, registered, show) : meaning && hoverText(meaning, show);
    const ops = registered ?? meaning?.ops;
    if (text === null || !ops) return null;
    const { root } = result.place;
    const list = root === undefined ? null : await booted.atHand(root);
    const field =
      meaning?.kind === 'callback' ? meaning.callback.field : meaning?.kind === 'field' ? meaning.field : '';
    const place = list && placeText(list, ops, field);
    const value = place ? `${text}\n\n${place}` : text;
    return { contents: { kind: 'markdown', value }, range: word.range };
  });
  return { hoverProvider: true };
}

/** A place in the source, as Markdown. */
type Show = (place: { readonly file: string; readonly line: number }) => string;

/** What a name means, as Markdown. */
function hoverText(meaning: Meaning, show: Show): string {
  const { ops } = meaning;
  switch (meaning.kind) {
    case 'ops':
      return [titleOf(ops), registeredText(ops, show), orderText(ops)].filter((part) => part !== '').join('\n\n');
    case 'id':
      return [
        `**\`${ops.id ?? ''}\`**: the id of \`${ops.name}\`. \`net_generic(net, ${ops.id ?? ''})\` is its ${ops.size === null ? 'data' : `\`${ops.size}\``} in a namespace, allocated before its init runs and freed after its exit (ops_init(), ops_free()).`,
        registeredText(ops, show),
        orderText(ops),
      ].join('\n\n');
    case 'callback':
      return [
        `**\`${meaning.callback.function}()\`**: \`.${meaning.callback.field}\` of \`${ops.name}\` (${ops.module}).`,
        whenText(meaning.callback.field),
        orderText(ops, meaning.callback.field),
      ].join('\n\n');
    case 'field':
      return [`\`.${meaning.field}\` of \`${ops.name}\``, whenText(meaning.field), orderText(ops, meaning.field)].join(
        '\n\n',
      );
  }
}

function callText(call: string, ops: OpsReading, show: Show): string {
  const isDevice = call.endsWith('device');
  const what = call.startsWith('un')
    ? 'Takes it off pernet_list and runs its exit callbacks for every namespace that lives.'
    : `Runs its init for every namespace that lives, and from now on for each that is made; ${isDevice ? 'it goes to the end of pernet_list, among the devices' : 'it goes before first_device in pernet_list, behind the other subsystems'}.`;
  return [titleOf(ops), what, registeredText(ops, show), orderText(ops)].filter((part) => part !== '').join('\n\n');
}

function titleOf(ops: OpsReading): string {
  const callbacks = ops.callbacks.map(({ field, function: fn }) => `\`.${field}\` ${fn}()`).join(', ');
  const kinds = new Set(ops.registrations.map(({ call }) => call.replace('register_pernet_', '')));
  const kind = kinds.size === 1 ? `${[...kinds][0]!} ` : '';
  const data = ops.id === null ? '' : `; data by \`${ops.id}\`${ops.size === null ? '' : `, \`${ops.size}\``}`;
  return `**\`${ops.name}\`**: ${kind}of ${ops.module}${callbacks === '' ? '' : `: ${callbacks}`}${data}.`;
}

function registeredText({ registrations }: OpsReading, show: Show): string {
  if (registrations.length === 0) return 'No call that registers it was found.';
  const calls = registrations.map((each) => `${each.function}() by \`${each.call}\` (${show(each)})`);
  return `Registered in ${calls.join(', ')}.`;
}

/** What runs before and after it among its module's ops; at namespace exit the list is walked backwards. */
function orderText({ name, order }: OpsReading, field = ''): string {
  if (!order || order.list.length < 2) return '';
  const list = field === '' || field === 'init' ? order.list : [...order.list].reverse();
  const at = list.indexOf(name);
  const show = (names: readonly string[]): string => names.map((each) => `\`${each}\``).join(', ');
  const parts = [
    at > 0 ? `after ${show(list.slice(0, at))}` : '',
    at < list.length - 1 ? `before ${show(list.slice(at + 1))}` : '',
  ].filter((part) => part !== '');
  if (field === 'id' || field === 'size') return '';
  const which = field === '' ? 'Init' : field === 'init' ? 'Init' : 'Exit';
  const own = `${which} runs ${parts.join(' and ')} of this module`;
  return field === ''
    ? `${own} (${order.position} of ${order.list.length} in pernet_list); exit in reverse.`
    : `${own}.`;
}

/** Its neighbours in the pernet_list of the booted kernel; null where it is not in it, as a module's is not. */
export function placeText(
  { order, config }: BootedList,
  { name, file }: Pick<OpsReading, 'name' | 'file'>,
  field: string,
): string | null {
  const at = order.findIndex((each) => each.ops === name && each.file === file);
  if (at < 0) return null;
  const [before, after] = [order[at - 1], order[at + 1]].map((each) =>
    each ? `\`${each.ops}\` (${each.file})` : null,
  );
  const isExit = /exit/.test(field);
  const [first, second] = isExit ? [after, before] : [before, after];
  const parts = [first ? `after ${first}` : '', second ? `before ${second}` : ''].filter((part) => part !== '');
  const what = isExit ? 'it runs' : 'it stands';
  return `In the booted kernel (${config}): ${at + 1} of ${order.length} in pernet_list; ${what} ${parts.join(' and ') || 'alone'}.`;
}

/** When a field's callback runs, and who calls it (net/core/net_namespace.c, Linux 6.12). */
function whenText(field: string): string {
  const texts: Readonly<Record<string, string>> = {
    init: 'Called by ops_init() for every namespace that is made, along pernet_list, and at registration for those that live. When it fails, no exit of the same ops is called; the ops before it are undone.',
    pre_exit:
      'Called first when namespaces die, for each of them (ops_pre_exit_list()); an RCU grace period follows before any exit runs.',
    exit: 'Called by ops_exit_list() for each dying namespace, backwards along pernet_list, after an RCU grace period.',
    exit_batch: 'Called once for all namespaces that die together, after their exit.',
    exit_rtnl: 'Called for each dying namespace with the RTNL held; its devices are unregistered afterwards.',
    exit_batch_rtnl: 'Called once for all namespaces that die together, with the RTNL held.',
    id: 'The variable that gets the index of its data at registration, for net_generic(net, id).',
    size: 'The size of its data in each namespace: allocated zeroed before init, freed after exit; only together with `.id`.',
  };
  return texts[field] ?? '';
}
