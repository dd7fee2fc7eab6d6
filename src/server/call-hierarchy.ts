import {
  SymbolKind,
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type ServerCapabilities,
} from 'vscode-languageserver';
import type { OpsReading, SourceRange } from '../engine/types.ts';
import { toRange } from './diagnostics.ts';
import type { Features } from './features.ts';
import { uriIn } from './places.ts';
import { meaningOf, wordAt } from './words.ts';
import type { PlaceOfFile } from './work.ts';

/** What an item is asked about again by: the document that it was found in, the ops and the field. */
interface ItemData {
  readonly uri: string;
  readonly ops: string;
  readonly field: string;
}

/** Who triggers a callback: the calls that register and unregister its ops, and what the core does for namespaces. */
export function registerCallHierarchy({ connection, documents, analyses }: Features): Partial<ServerCapabilities> {
  connection.languages.callHierarchy.onPrepare(async ({ textDocument: { uri }, position }) => {
    const document = documents.get(uri);
    const word = document && wordAt(document, position);
    const result = word ? await analyses.of(uri) : undefined;
    const meaning = word && result ? meaningOf(word, result.place.path, result.readings) : null;
    if (!result || meaning?.kind !== 'callback') return null;
    const { ops, callback } = meaning;
    const data: ItemData = { uri, ops: ops.name, field: callback.field };
    const at = callback.definition ?? callback.at;
    return [itemOf(result.place, at, callback.function, `.${callback.field} of ${ops.name}`, data)];
  });
  connection.languages.callHierarchy.onIncomingCalls(async ({ item }) => {
    const data = item.data as ItemData | undefined;
    const result = data && (await analyses.of(data.uri));
    const ops = result?.readings.find(({ name }) => name === data?.ops);
    if (!data || !result || !ops) return [];
    const core = await analyses.ask('core', data.uri, {});
    return [...byModule(result.place, ops), ...byCore(result.place, core, data.field)];
  });
  connection.languages.callHierarchy.onOutgoingCalls(() => []);
  return { callHierarchyProvider: true };
}

/** The functions that register the ops: then its init runs for the namespaces that live. */
function byModule(place: PlaceOfFile, ops: OpsReading): CallHierarchyIncomingCall[] {
  return ops.registrations.map((registration) => ({
    from: itemOf(place, registration, registration.function, `${registration.call}(&${ops.name})`),
    fromRanges: [toRange(registration)],
  }));
}

/** Functions of net/core/net_namespace.c that lead to a callback, by its field. */
const callers: Readonly<Record<string, readonly string[]>> = {
  init: ['setup_net', 'copy_net_ns', 'register_pernet_operations'],
  pre_exit: ['cleanup_net', 'unregister_pernet_operations'],
  exit: ['cleanup_net', 'unregister_pernet_operations', 'setup_net'],
  exit_batch: ['cleanup_net', 'unregister_pernet_operations'],
  exit_rtnl: ['cleanup_net'],
  exit_batch_rtnl: ['cleanup_net'],
};

function byCore(
  place: PlaceOfFile,
  core: readonly (SourceRange & { name: string })[],
  field: string,
): CallHierarchyIncomingCall[] {
  return (callers[field] ?? []).flatMap((name) => {
    const at = core.find((each) => each.name === name);
    return at ? [{ from: itemOf(place, at, name, 'the core, for namespaces'), fromRanges: [toRange(at)] }] : [];
  });
}

function itemOf(place: PlaceOfFile, at: SourceRange, name: string, detail: string, data?: ItemData): CallHierarchyItem {
  const range = toRange(at);
  return {
    name,
    detail,
    kind: SymbolKind.Function,
    uri: uriIn(place, at.file),
    range,
    selectionRange: range,
    ...(data ? { data } : {}),
  };
}
