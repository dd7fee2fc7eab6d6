import path from 'node:path';
import { URI } from 'vscode-uri';
import { bootStart, type BootStart } from '../engine/index.ts';
import type { CParser } from '../syntax/index.ts';
import type { Requests } from './work.ts';

/** The kernels that scenarios start on. To boot one takes seconds; each is kept until a file of its tree changes. */
export class Boots {
  private readonly starts = new Map<string, { readonly reads: readonly string[]; readonly start: BootStart }>();

  constructor(private readonly parser: CParser) {}

  of({ uri, settings: { dialect }, request }: Requests['boot']['params']): BootStart | { readonly error: string } {
    const folder = path.dirname(URI.parse(uri).fsPath);
    const key = JSON.stringify([folder, request.boot, request.bootConfig, dialect]);
    const known = this.starts.get(key);
    if (known) return known.start;
    const start = bootStart(this.parser, { ...request, ...(dialect === 'auto' ? {} : { dialect }) }, folder);
    if ('error' in start) return start;
    const reads = [request.boot, request.bootConfig ?? ''].map((each) => path.resolve(folder, each));
    this.starts.set(key, { reads, start });
    return start;
  }

  /** Says that a file has changed on the disk. */
  invalidate(uri: string): void {
    const file = URI.parse(uri).fsPath;
    for (const [key, { reads }] of this.starts) {
      if (reads.some((each) => file === each || file.startsWith(each + path.sep))) this.starts.delete(key);
    }
  }
}
