import type { Location, ServerCapabilities } from 'vscode-languageserver';
import type { SourceRange } from '../engine/types.ts';
import { toRange } from './diagnostics.ts';
import type { Features } from './features.ts';
import { uriIn } from './places.ts';
import { meaningOf, registeredBy, wordAt } from './words.ts';
import type { PlaceOfFile } from './work.ts';

/** From a field to its callback, from an id or a register call to the ops, and to all places that name an ops. */
export function registerNavigation({ connection, documents, analyses }: Features): Partial<ServerCapabilities> {
  connection.onDefinition(async ({ textDocument: { uri }, position }): Promise<Location[]> => {
    const document = documents.get(uri);
    const word = document && wordAt(document, position);
    const result = word ? await analyses.of(uri) : undefined;
    if (!word || !result) return [];
    const { place, readings } = result;
    const registered = registeredBy(word, readings);
    const meaning = registered ? null : meaningOf(word, place.path, readings);
    if (registered) return [locationOf(place, registered)];
    if (!meaning) return [];
    switch (meaning.kind) {
      case 'ops':
      case 'id':
        return [locationOf(place, meaning.ops)];
      case 'callback':
        return meaning.callback.definition ? [locationOf(place, meaning.callback.definition)] : [];
      case 'field': {
        const callback = meaning.ops.callbacks.find(({ field }) => field === meaning.field);
        return callback?.definition ? [locationOf(place, callback.definition)] : [];
      }
    }
  });
  connection.onReferences(async ({ textDocument: { uri }, position, context }): Promise<Location[]> => {
    const document = documents.get(uri);
    const word = document && wordAt(document, position);
    const result = word ? await analyses.of(uri) : undefined;
    const meaning = word && result ? meaningOf(word, result.place.path, result.readings) : null;
    if (!word || !result || !meaning || meaning.kind === 'field') return [];
    const found = await analyses.ask('references', uri, { name: word.text });
    const { ops } = meaning;
    const isDefinition = ({ file, line }: SourceRange): boolean =>
      meaning.kind === 'ops' && file === ops.file && line === ops.line;
    return found
      .filter((range) => context.includeDeclaration || !isDefinition(range))
      .map((range) => locationOf(result.place, range));
  });
  return { definitionProvider: true, referencesProvider: true };
}

export function locationOf(place: PlaceOfFile, range: SourceRange): Location {
  return { uri: uriIn(place, range.file), range: toRange(range) };
}
