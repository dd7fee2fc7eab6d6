/** `file.c:12`, without the folders. */
export function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file.slice(file.lastIndexOf('/') + 1)}:${line}`;
}
