import { describe, expect, test } from 'vitest';
import { URI } from 'vscode-uri';
import { fromServer, toServer } from '../../src/extension/browser/uris.ts';

// `vscode-uri` is the editor's own implementation.

describe('places behind other schemes', () => {
  test.each([
    ['vscode-vfs://github/torvalds/linux/net/core/dev.c', 'file:///~vscode-vfs~github/torvalds/linux/net/core/dev.c'],
    ['vscode-test-web://mount/a.c', 'file:///~vscode-test-web~mount/a.c'],
    ['memfs:/a.c', 'file:///~memfs~/a.c'],
    ['vscode-vfs://github%2B7b/o/r/a%20b.c', 'file:///~vscode-vfs~github%252B7b/o/r/a%20b.c'],
  ])('%s is a file to the server, and comes back', (place, told) => {
    const uri = URI.parse(place);
    const server = toServer(uri);
    expect(server.scheme).toBe('file');
    expect(decodeURIComponent(server.path)).toBe(decodeURIComponent(URI.parse(told).path));
    expect(fromServer(URI.parse(server.toString())).toString()).toBe(uri.toString());
  });

  test.each(['file:///home/x/a.c', 'untitled:Untitled-1', 'file:///a~b/c.c'])('%s stays as it is', (place) => {
    const uri = URI.parse(place);
    expect(toServer(uri).toString()).toBe(uri.toString());
    expect(fromServer(uri).toString()).toBe(uri.toString());
  });
});
