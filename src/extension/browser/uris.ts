// The server knows folders and files; what a browser's editor opens may lie behind any scheme. Such a place is a file to
// the server, in a folder that is named after where it really is.

/** A URI by its parts. */
interface Parts {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
}

/** What the server is told of a place: `vscode-vfs://github/torvalds/linux/a.c` lies in `/~vscode-vfs~github/torvalds/linux`. */
export function toServer<T extends Parts & { with(change: Partial<Parts>): T }>(uri: T): T {
  if (uri.scheme === 'file' || uri.scheme === 'untitled') return uri;
  const folder = `/~${uri.scheme}~${encodeURIComponent(uri.authority)}`;
  return uri.with({ scheme: 'file', authority: '', path: `${folder}${uri.path}` });
}

/** Where a file of the server's really is. */
export function fromServer<T extends Parts & { with(change: Partial<Parts>): T }>(uri: T): T {
  const parts = uri.scheme === 'file' ? /^\/~([^~/]+)~([^/]*)(\/.*)?$/.exec(uri.path) : null;
  if (!parts) return uri;
  const [, scheme = '', authority = '', path = '/'] = parts;
  return uri.with({ scheme, authority: decodeURIComponent(authority), path });
}
