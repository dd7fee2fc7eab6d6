import { folderOf } from '../facts/folder.ts';

/** Which files an analysis is about: only the lifecycles that run through one of them are looked at. */
export interface Focus {
  readonly files: ReadonlySet<string>;
  /** Whether what these lifecycles show in other files counts too. */
  readonly elsewhere: boolean;
}

export function focusOn(path: string | undefined): Focus | undefined {
  return path === undefined ? undefined : { files: new Set([path]), elsewhere: false };
}

/** Whether a file is one of those; without a focus each is. */
export function isIn(focus: Focus | undefined, file: string): boolean {
  return focus === undefined || focus.files.has(file);
}

/** Whether what shows in a file counts. */
export function isShown(focus: Focus | undefined, file: string): boolean {
  return isIn(focus, file) || focus?.elsewhere === true;
}

/** Whether a lifecycle through some files is looked at. */
export function touches(focus: Focus | undefined, files: ReadonlySet<string>): boolean {
  return focus === undefined || [...focus.files].some((file) => files.has(file));
}

/** Whether a file's module can run through one in question: one of their folders is, or lies in, the other's. */
export function isNear(focus: Focus | undefined, file: string): boolean {
  if (focus === undefined) return true;
  const own = `${folderOf(file)}/`;
  return [...focus.files].some((each) => {
    const other = `${folderOf(each)}/`;
    return own.startsWith(other) || other.startsWith(own);
  });
}
