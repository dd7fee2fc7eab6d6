import path from 'node:path';
import { URI } from 'vscode-uri';
import { Engine, type AnalysisResult, type Host, type Timeline, type TimelineRequest } from '../engine/index.ts';
import { diskHost, treeAround } from '../engine/tree.ts';
import type { CParser } from '../syntax/index.ts';
import type { Settings } from './protocol.ts';

/** A document as the engine of its tree knows it. */
export interface TreeFile {
  /** Names the tree; documents with the same one are looked at together. */
  readonly tree: string;
  /** Relative to the tree's root, with forward slashes. */
  readonly path: string;
  /** The URI of a file of the same tree. */
  uriOf(path: string): string;
  analyse(): AnalysisResult;
  timeline(request: TimelineRequest): Timeline;
}

/** Where a document is: in the tree at `root`, or, without a file behind it, alone. */
type Place = Pick<TreeFile, 'tree' | 'path' | 'uriOf'> & { readonly root: string | undefined };

interface Tree {
  readonly engine: Engine;
  readonly dialect: string;
  /** The texts of the open documents, by path. */
  readonly texts: Map<string, string>;
}

/** The trees that open documents lie in, with an engine for each. */
export class Trees {
  private readonly trees = new Map<string, Tree>();

  constructor(
    private readonly parser: CParser,
    /** The folders that the client has open, as paths. */
    private readonly folders: readonly string[],
  ) {}

  /** A document with its text, saved or not, which stands for its file's until `close`; without one, the file itself. */
  file(uri: string, settings: Settings, text?: string): TreeFile {
    const place = this.locate(uri);
    const { engine, texts } = this.treeOf(place, settings.dialect);
    engine.setSeverities(settings.rules);
    if (text !== undefined && texts.get(place.path) !== text) {
      texts.set(place.path, text);
      engine.setOverlay(place.path, text);
    }
    return {
      ...place,
      analyse: () => engine.analyse(place.path),
      timeline: (request) => engine.timeline(request),
    };
  }

  close(uri: string): void {
    const { tree, path: file, root } = this.locate(uri);
    const known = this.trees.get(tree);
    known?.texts.delete(file);
    known?.engine.setOverlay(file, undefined);
    if (root === undefined) this.trees.delete(tree);
  }

  /** Says that a file has changed on the disk. */
  invalidate(uri: string): void {
    const { tree, path: file } = this.locate(uri);
    this.trees.get(tree)?.engine.invalidate(file);
  }

  /** An engine has one dialect for life; another setting makes another engine, of the same open documents. */
  private treeOf({ tree, root }: Place, dialect: string): Tree {
    const known = this.trees.get(tree);
    if (known?.dialect === dialect) return known;
    const engine = new Engine({
      parser: this.parser,
      host: root === undefined ? noHost : lastingHost(root),
      ...(dialect === 'auto' ? {} : { dialect }),
    });
    const texts = known?.texts ?? new Map<string, string>();
    for (const [file, text] of texts) engine.setOverlay(file, text);
    const made = { engine, dialect, texts };
    this.trees.set(tree, made);
    return made;
  }

  private locate(uri: string): Place {
    const parsed = URI.parse(uri);
    if (parsed.scheme !== 'file') {
      return { tree: uri, root: undefined, path: path.posix.basename(parsed.path) || 'untitled.c', uriOf: () => uri };
    }
    const root = this.rootOf(parsed.fsPath);
    const file = path.relative(root, parsed.fsPath).split(path.sep).join('/');
    return { tree: root, root, path: file, uriOf: (other) => URI.file(path.join(root, other)).toString() };
  }

  /** The kernel tree around a file, else the outermost open folder around it, else its own folder. */
  private rootOf(file: string): string {
    const tree = treeAround(path.dirname(file));
    if (tree !== null) return tree;
    const around = this.folders.filter((folder) => file.startsWith(folder + path.sep));
    return around.sort((a, b) => a.length - b.length)[0] ?? path.dirname(file);
  }
}

/** A server outlives what a folder holds: each question is answered anew. */
function lastingHost(root: string): Host {
  return {
    readText: (file) => diskHost(root).readText(file),
    listFolder: (folder) => diskHost(root).listFolder(folder),
  };
}

/** For a document that is in no folder. */
const noHost: Host = {
  readText: (file) => ({ error: `${file} is not a file` }),
  listFolder: () => [],
};
