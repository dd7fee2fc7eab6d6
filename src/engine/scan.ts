import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Configuration, CParser } from '../syntax/index.ts';
import { loadParser } from './parser.ts';
import { configurationOf } from './config.ts';
import { factsOf, type ReadResult } from './files.ts';
import { listTree, reasonOf, splitTree, type Unreadable } from './tree.ts';

/** One part of a tree: a folder with all below it, the files of a folder alone, or one file. */
export interface ScanRequest {
  readonly kind: 'below' | 'folder' | 'file';
  readonly path: string;
}

export interface ScannedFile {
  readonly path: string;
  readonly result: ReadResult;
}

export interface ScanResult {
  /** How many C files were looked at. */
  readonly files: number;
  /** Those that mention pernet, read. */
  readonly hits: readonly ScannedFile[];
  readonly unreadable: readonly Unreadable[];
}

export interface ScanOptions {
  readonly root: string;
  /** Folders (with all below) and files to look at, relative to the root. */
  readonly paths: readonly ScanRequest[];
  /** Worker threads; 1 works in this thread. */
  readonly jobs: number;
  /** A kernel configuration by option; null: every option is on. */
  readonly config: Readonly<Record<string, boolean>> | null;
  /** The bundled worker, beside the program. */
  readonly workerFile: string;
}

const marker = Buffer.from('pernet_');

/** Looks at C files of a tree and reads those that mention pernet. The result does not depend on the number of jobs. */
export async function scanTree(options: ScanOptions): Promise<ScanResult> {
  const units = options.paths.flatMap((unit) => (unit.kind === 'below' ? splitTree(options.root, unit.path) : [unit]));
  const results = options.jobs <= 1 ? await scanHere(options, units) : await scanInWorkers(options, units);
  const hits = new Map(results.flatMap((result) => result.hits).map((hit) => [hit.path, hit]));
  return {
    files: results.reduce((sum, result) => sum + result.files, 0),
    hits: [...hits.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    unreadable: results.flatMap((result) => result.unreadable).sort((a, b) => (a.file < b.file ? -1 : 1)),
  };
}

/** Looks at one unit. */
export function scanUnit(parser: CParser, root: string, unit: ScanRequest, config: ScanOptions['config']): ScanResult {
  const listing =
    unit.kind === 'file'
      ? { files: [unit.path], unreadable: [] }
      : listTree(root, unit.path, { below: unit.kind === 'below' });
  const unreadable = [...listing.unreadable];
  const hits: ScannedFile[] = [];
  const configuration = configurationOf(config);
  for (const file of listing.files) {
    const bytes = readBytes(path.join(root, file));
    if (typeof bytes === 'string') unreadable.push({ file, reason: bytes });
    else if (unit.kind === 'file' || bytes.includes(marker)) hits.push(readHit(parser, file, bytes, configuration));
  }
  return { files: listing.files.length, hits, unreadable };
}

function readHit(parser: CParser, file: string, bytes: Buffer, configuration: Configuration): ScannedFile {
  return { path: file, result: factsOf(parser, file, bytes.toString('utf8'), configuration) };
}

let buffer = Buffer.allocUnsafe(1 << 20);

/** A file's bytes, valid until the next call; or why they cannot be read. */
function readBytes(file: string): Buffer | string {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(file, 'r');
    const { size } = fs.fstatSync(descriptor);
    if (size > buffer.length) buffer = Buffer.allocUnsafe(size * 2);
    const length = fs.readSync(descriptor, buffer, 0, size, 0);
    return buffer.subarray(0, length);
  } catch (error) {
    return reasonOf(error);
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

async function scanHere(options: ScanOptions, units: readonly ScanRequest[]): Promise<ScanResult[]> {
  const parser = await loadParser();
  const results: ScanResult[] = [];
  for (const unit of units) {
    results.push(scanUnit(parser, options.root, unit, options.config));
    // The native parser gives memory back when the event loop turns.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return results;
}

function scanInWorkers(options: ScanOptions, units: readonly ScanRequest[]): Promise<ScanResult[]> {
  return new Promise((resolve, reject) => {
    const results: ScanResult[] = [];
    let next = 0;
    const workers = Array.from({ length: Math.min(options.jobs, units.length) }, () => {
      const worker = new Worker(options.workerFile, { workerData: { root: options.root, options: options.config } });
      worker.on('message', (message: ScanResult | 'ready') => {
        if (message !== 'ready') results.push(message);
        const unit = units[next++];
        if (unit) worker.postMessage(unit);
        else if (results.length === units.length) finish();
      });
      worker.on('error', (error) => {
        finish(error);
      });
      return worker;
    });
    const finish = (error?: Error): void => {
      for (const worker of workers) void worker.terminate();
      if (error) reject(error);
      else resolve(results);
    };
    if (units.length === 0) finish();
  });
}
