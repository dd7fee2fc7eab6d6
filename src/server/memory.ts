import type { Features } from './features.ts';
import { methods, type HeapUse, type MemoryReport } from './protocol.ts';

/** Says how much memory the server holds, for a bug report and for who watches it over many edits. */
export function registerMemory({ connection, documents, analyses }: Features): void {
  connection.onRequest(methods.memory, async (): Promise<MemoryReport> => {
    const analysis = await analyses.memory();
    return { resident: resident(), own: heapUse(), analysis, documents: documents.keys().length };
  });
}

/** What this thread holds; null where that cannot be told. Where the process was started with --expose-gc, without garbage. */
export function heapUse(): HeapUse | null {
  if (!isNode()) return null;
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, external };
}

function resident(): number | null {
  return isNode() ? process.memoryUsage.rss() : null;
}

/** A browser's worker does not say what it holds. */
function isNode(): boolean {
  return typeof process !== 'undefined' && typeof process.memoryUsage === 'function';
}
