import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * Files that are kept to save work: nothing in them is ever needed. One that is missing, damaged or cut short is none,
 * and one that cannot be written (a full disk, a read-only folder, a file where the folder should be) is left out. Each
 * begins with a line that holds the SHA-1 of the rest.
 */

/** The bytes that were kept, or null. */
export function readKept(file: string): Buffer | null {
  try {
    const bytes = fs.readFileSync(file);
    const end = bytes.indexOf(10);
    const body = bytes.subarray(end + 1);
    return sha1(body) === bytes.toString('latin1', 0, end) ? body : null;
  } catch {
    return null;
  }
}

/** Whether it could be written. Two runs at once, or one that is killed, leave a whole file or none. */
export function writeKept(file: string, body: Buffer | string): boolean {
  const draft = `${file}.${process.pid}`;
  try {
    makeFolder(path.dirname(file));
    fs.writeFileSync(draft, Buffer.concat([Buffer.from(`${sha1(body)}\n`), Buffer.from(body)]));
    fs.renameSync(draft, file);
    return true;
  } catch {
    quietly(() => {
      fs.rmSync(draft, { force: true });
    });
    return false;
  }
}

/**
 * As `mkdirSync` with `recursive`, which in Node 20 never returns where a folder that is there has room for no other
 * (`/proc/new`).
 */
function makeFolder(folder: string): void {
  if (fs.existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    // Another run may have made it meanwhile.
    if (!fs.existsSync(folder)) throw error;
  }
}

/** Leaves of the files of a folder those that were written last. */
export function dropOldest(folder: string, most: number): void {
  quietly(() => {
    const names = fs.readdirSync(folder);
    if (names.length <= most) return;
    const entries = names
      .map((name) => path.join(folder, name))
      .map((file) => ({ file, time: fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
      .sort((a, b) => b.time - a.time);
    for (const { file } of entries.slice(most)) fs.rmSync(file, { force: true });
  });
}

export function sha1(bytes: Buffer | string): string {
  return createHash('sha1').update(bytes).digest('hex');
}

/** What cannot be removed goes another time: another run is at it, or the folder is read-only. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // As said above.
  }
}
