import path from 'node:path';
import { checkPairs, pathText } from '../engine/project/check.ts';
import { noProject, projectFileName } from '../engine/project/file.ts';
import { findProject, type FoundProject } from '../engine/project/find.ts';
import type { Pair } from '../lifecycle/index.ts';
import type { Settings } from './protocol.ts';

/** What the trees say of themselves in their project files. */
export class Projects {
  private readonly byRoot = new Map<string, FoundProject>();

  /** The project of the tree at a root; that of a document without one is empty. */
  of(root: string | undefined): FoundProject {
    if (root === undefined) return { ...noProject, file: null };
    let project = this.byRoot.get(root);
    if (!project) this.byRoot.set(root, (project = findProject(root)));
    return project;
  }

  /** The project files that have changed, come or gone since they were read. */
  changed(): string[] {
    return [...this.byRoot].flatMap(([root, { file }]) => {
      const now = findProject(root);
      if (JSON.stringify(now) === JSON.stringify(this.byRoot.get(root))) return [];
      return [now.file ?? file ?? path.join(root, projectFileName)];
    });
  }

  /** A file has changed on the disk; true when it is a project file. */
  invalidate(uri: string): boolean {
    if (!uri.endsWith(`/${projectFileName}`)) return false;
    this.byRoot.clear();
    return true;
  }
}

/** The pairs of the settings, as far as they are right, and what is wrong with the others. */
export function pairsOf(settings: Settings): { readonly pairs: readonly Pair[]; readonly refused: readonly string[] } {
  const { value, flaws } = checkPairs(settings.resourcePairs, ['pernet', 'resourcePairs']);
  return { pairs: value, refused: flaws.map(({ path, message }) => `${pathText(path)}: ${message}`) };
}
