import fs from 'node:fs';
import path from 'node:path';
import { readRegular, reasonOf } from '../tree.ts';
import { noProject, parseProject, projectFileName, type Project } from './file.ts';

/** A project file with where it is; `file` is null where a tree has none. */
export interface FoundProject extends Project {
  readonly file: string | null;
}

/** The project file of a tree: the nearest one from its root upwards. Never throws. */
export function findProject(root: string): FoundProject {
  for (let folder = path.resolve(root); ; folder = path.dirname(folder)) {
    const file = path.join(folder, projectFileName);
    if (fs.existsSync(file)) return readProject(file);
    if (folder === path.dirname(folder)) return { ...noProject, file: null };
  }
}

export function readProject(file: string): FoundProject {
  try {
    return { ...parseProject(readRegular(file)), file };
  } catch (error) {
    const message = reasonOf(error);
    return { ...noProject, file, problems: [{ line: 1, column: 1, endLine: 1, endColumn: 1, message }] };
  }
}
