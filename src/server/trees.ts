import path from 'node:path';
import { URI } from 'vscode-uri';
import {
  Engine,
  type AnalysisResult,
  type Host,
  type SourceRange,
  type Timeline,
  type TimelineRequest,
} from '../engine/index.ts';
import type { FoundProject } from '../engine/project/find.ts';
import type { ProvenFix } from '../engine/fixes.ts';
import { treeAround } from '../engine/tree.ts';
import type { Fix } from '../report/finding.ts';
import type { CParser } from '../syntax/index.ts';
import { kernelConfig } from './kernel-config.ts';
import { lastingHost, type LastingHost } from './lasting-host.ts';
import { definitionsIn, placesOf } from './mentions.ts';
import { pairsOf, Projects } from './projects.ts';
import type { Settings } from './protocol.ts';
import type { PlaceOfFile } from './work.ts';

/** A document as the engine of its tree knows it. */
export interface TreeFile extends PlaceOfFile {
  /** What its tree says of itself. */
  readonly project: FoundProject;
  /** What of the settings' own pairs is wrong. */
  readonly refused: readonly string[];
  /** The findings of the document; `checkpoint` is called every now and then, and may throw to end it. */
  analyse(checkpoint?: () => void): AnalysisResult;
  timeline(request: TimelineRequest): Timeline;
  /** The proven fix of a finding; `checkpoint` as above. */
  fix(fingerprint: string, checkpoint?: () => void): Fix | null;
  /** Fixes of some findings that are proven together. */
  fixes(fingerprints: readonly string[], checkpoint?: () => void): readonly ProvenFix[];
  references(name: string): SourceRange[];
  /** The functions that a file of the tree defines. */
  definitions(file: string): (SourceRange & { readonly name: string })[];
}

interface Tree {
  readonly engine: Engine;
  /** None for a document that is in no folder. */
  readonly host: LastingHost | null;
  /** What of the settings an engine has for life. */
  readonly means: string;
  /** The texts of the open documents, by path. */
  readonly texts: Map<string, string>;
}

/** The trees that open documents lie in, with an engine for each. */
export class Trees {
  private readonly trees = new Map<string, Tree>();
  private readonly places = new Map<string, PlaceOfFile>();
  private readonly projects = new Projects();
  private opened: readonly string[] = [];

  constructor(private readonly parser: CParser) {}

  /** The folders that the client has open, as paths. */
  set folders(folders: readonly string[]) {
    this.opened = folders;
    this.places.clear();
  }

  /** A document among the open ones of its tree, whose texts, saved or not, stand for their files. */
  file(uri: string, settings: Settings, open: ReadonlyMap<string, string>): TreeFile {
    const place = this.locate(uri);
    const { engine, texts } = this.treeOf(place, settings);
    const project = this.projects.of(place.root);
    const own = pairsOf(settings);
    engine.setSeverities({ ...project.rules, ...settings.rules });
    engine.setPairs([...own.pairs, ...project.pairs]);
    for (const [other, text] of open) {
      const { tree, path: file } = this.locate(other);
      if (tree !== place.tree || texts.get(file) === text) continue;
      texts.set(file, text);
      engine.setOverlay(file, text);
    }
    return {
      ...place,
      project,
      refused: own.refused,
      analyse: (checkpoint) => whileWanted(engine, checkpoint, () => engine.analyse(place.path)),
      timeline: (request) => engine.timeline(request),
      fix: (fingerprint, checkpoint) => whileWanted(engine, checkpoint, () => engine.fixOf(place.path, fingerprint)),
      fixes: (fingerprints, checkpoint) =>
        whileWanted(engine, checkpoint, () => engine.fixesOf(place.path, fingerprints)),
      references: (name) => engine.textsAround(place.path).flatMap((each) => placesOf(name, each)),
      definitions: (other) => definitionsIn(other, engine.textOf(other) ?? ''),
    };
  }

  close(uri: string): void {
    const { tree, path: file, root } = this.locate(uri);
    const known = this.trees.get(tree);
    known?.texts.delete(file);
    known?.engine.setOverlay(file, undefined);
    this.places.delete(uri);
    if (root === undefined) this.trees.delete(tree);
  }

  /** Says that a file has changed on the disk. */
  invalidate(uri: string): void {
    if (this.projects.invalidate(uri)) return;
    const { tree, path: file } = this.locate(uri);
    this.trees.get(tree)?.engine.invalidate(file);
  }

  /** The files on the disk that are no longer as they were when they were read, each said once, as paths. */
  changedOnDisk(): string[] {
    const changed = [...this.trees].flatMap(([root, { host }]) =>
      (host?.changed() ?? []).map((file) => path.join(root, file)),
    );
    return [...changed, ...this.projects.changed()];
  }

  /** An engine has its dialect and its configuration for life; another one is of the same open documents. */
  private treeOf({ tree, root }: PlaceOfFile, settings: Settings): Tree {
    const config = root === undefined ? null : kernelConfig(root, settings.kernelConfig);
    const means = JSON.stringify([settings.dialect, config?.stamp]);
    const known = this.trees.get(tree);
    if (known?.means === means) return known;
    const host = root === undefined ? null : lastingHost(root);
    const engine = new Engine({
      parser: this.parser,
      host: host ?? noHost,
      ...(settings.dialect === 'auto' ? {} : { dialect: settings.dialect }),
      ...(config ? { config: config.options } : {}),
    });
    const texts = known?.texts ?? new Map<string, string>();
    for (const [file, text] of texts) engine.setOverlay(file, text);
    const made = { engine, host, means, texts };
    this.trees.set(tree, made);
    return made;
  }

  private locate(uri: string): PlaceOfFile {
    let place = this.places.get(uri);
    if (!place) this.places.set(uri, (place = this.find(uri)));
    return place;
  }

  private find(uri: string): PlaceOfFile {
    const parsed = URI.parse(uri);
    if (parsed.scheme !== 'file')
      return { tree: uri, root: undefined, path: path.posix.basename(parsed.path) || 'untitled.c' };
    const root = this.rootOf(parsed.fsPath);
    return { tree: root, root, path: path.relative(root, parsed.fsPath).split(path.sep).join('/') };
  }

  /** The kernel tree around a file, else the outermost open folder around it, else its own folder. */
  private rootOf(file: string): string {
    const tree = treeAround(path.dirname(file));
    if (tree !== null) return tree;
    const around = this.opened.filter((folder) => file.startsWith(folder + path.sep));
    return around.sort((a, b) => a.length - b.length)[0] ?? path.dirname(file);
  }
}

/** Does something that takes long, and gives it up when `checkpoint` throws. */
function whileWanted<T>(engine: Engine, checkpoint: (() => void) | undefined, work: () => T): T {
  engine.checkpoint = checkpoint;
  try {
    return work();
  } finally {
    engine.checkpoint = undefined;
  }
}

/** For a document that is in no folder. */
const noHost: Host = {
  readText: (file) => ({ error: `${file} is not a file` }),
  listFolder: () => [],
};
