import { existsSync } from 'node:fs';
import path from 'node:path';
import { URI } from 'vscode-uri';
import { Engine, type AnalysisResult, type Timeline, type TimelineRequest } from '../engine/index.ts';
import type { CParser } from '../syntax/index.ts';
import { folderHost, noHost } from './hosts.ts';
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

/** Files of a kernel tree's root, any of which tells that it is one. */
const landmarks = ['include/net/net_namespace.h', 'net/core/net_namespace.c'];

/** The trees that open documents lie in, with an engine for each. */
export class Trees {
  private readonly engines = new Map<string, { readonly engine: Engine; readonly dialect: string }>();

  constructor(
    private readonly parser: CParser,
    /** The folders that the client has open, as paths. */
    private readonly folders: readonly string[],
  ) {}

  /** A document with its text, saved or not, which stands for its file's until `close`; without one, the file itself. */
  file(uri: string, settings: Settings, text?: string): TreeFile {
    const place = this.locate(uri);
    const engine = this.engineOf(place, settings.dialect);
    engine.setSeverities(settings.rules);
    if (text !== undefined) engine.setOverlay(place.path, text);
    return {
      ...place,
      analyse: () => engine.analyse(place.path),
      timeline: (request) => engine.timeline(request),
    };
  }

  close(uri: string): void {
    const { tree, path: file, root } = this.locate(uri);
    this.engines.get(tree)?.engine.setOverlay(file, undefined);
    if (root === undefined) this.engines.delete(tree);
  }

  /** Says that a file has changed on the disk. */
  invalidate(uri: string): void {
    const { tree, path: file } = this.locate(uri);
    this.engines.get(tree)?.engine.invalidate(file);
  }

  private engineOf({ tree, root }: Place, dialect: string): Engine {
    const known = this.engines.get(tree);
    if (known?.dialect === dialect) return known.engine;
    const engine = new Engine({
      parser: this.parser,
      host: root === undefined ? noHost : folderHost(root),
      ...(dialect === 'auto' ? {} : { dialect }),
    });
    this.engines.set(tree, { engine, dialect });
    return engine;
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
    for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) {
      if (landmarks.some((landmark) => existsSync(path.join(folder, landmark)))) return folder;
    }
    const around = this.folders.filter((folder) => file.startsWith(folder + path.sep));
    return around.sort((a, b) => a.length - b.length)[0] ?? path.dirname(file);
  }
}
