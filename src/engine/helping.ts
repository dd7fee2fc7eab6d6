import type { Module } from '../program/index.ts';
import type { AnalysisInput } from './analysis.ts';
import type { ReadResult } from './files.ts';
import type { PartResult } from './part.ts';

/** A part as another thread that has linked the same files is told of it: a module by its place among all lives. */
export type SharedPart =
  | { readonly kind: 'module'; readonly index: number }
  | { readonly kind: 'callbacks'; readonly ops: string; readonly module: Pick<Module, 'name' | 'file' | 'unloadable'> };

/** A file of which what calls some functions is to be read. */
export interface AskedFile {
  readonly path: string;
  readonly names: readonly string[];
}

/** A file as another thread has read it. */
export interface FileRead {
  readonly text: string;
  readonly result: ReadResult;
}

/** Other threads that do some of the work of an analysis of the whole tree beside the one that asks for it. */
export interface Helping {
  read(files: readonly AskedFile[]): Sharing<FileRead>;
  share(parts: readonly SharedPart[], of: Pick<AnalysisInput, 'read' | 'dialect' | 'moduleInfo'>): Sharing<PartResult>;
}

/** Work that several threads do, each item of it once; items are named by their places among those that were shared. */
export interface Sharing<T> {
  /** Whether this thread is to do an item; if not, another one is at it. */
  claim(item: number): boolean;
  /** What an item came to that another thread is at, once that is known; null where that thread could not, or is gone. */
  resultOf(item: number): T | null;
}
