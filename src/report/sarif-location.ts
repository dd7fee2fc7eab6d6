import type { Range } from '../rules/index.ts';

/** The name by which the log calls the root that its files are relative to. */
export const sourceRoot = 'SRCROOT';

interface Place extends Partial<Range> {
  readonly file: string;
  readonly line: number;
}

/** A place in a file as the members of a SARIF location. */
export function locationOf({ file, line, column, endLine, endColumn }: Place): { readonly physicalLocation: object } {
  return physicalLocation(file, {
    line,
    ...(column === undefined ? {} : { column }),
    ...(endLine === undefined ? {} : { endLine }),
    ...(endColumn === undefined ? {} : { endColumn }),
  });
}

export function physicalLocation(
  file: string,
  range: Partial<Range> & { readonly line: number },
): { readonly physicalLocation: object } {
  return { physicalLocation: { artifactLocation: artifactOf(file), region: regionOf(range) } };
}

/** A file by its path from the root, as a relative reference (RFC 3986). */
export function artifactOf(file: string): { readonly uri: string; readonly uriBaseId: string } {
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: sourceRoot };
}

export function regionOf({ line, column, endLine, endColumn }: Partial<Range> & { readonly line: number }): object {
  return {
    startLine: line,
    ...(column === undefined ? {} : { startColumn: column }),
    ...(endLine === undefined ? {} : { endLine }),
    ...(endColumn === undefined ? {} : { endColumn }),
  };
}
