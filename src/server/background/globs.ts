/**
 * Whether one of some glob patterns, as `files.exclude` and `search.exclude` have them, matches a path relative to the
 * folder that they are of: `**` any folders, `*` and `?` within a name, `{a,b}` either, `[a-z]` one of these. A pattern
 * matches a folder and with it all that is in it; who walks a tree asks about the folder first.
 */
export function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.flatMap((pattern) => expressionOf(pattern) ?? []);
  return (path) => expressions.some((expression) => expression.test(path));
}

/** The patterns that a setting of the editor has on; one with a condition on siblings (`when`) is not followed. */
export function patternsOf(setting: unknown): string[] {
  if (typeof setting !== 'object' || setting === null) return [];
  return Object.entries(setting).flatMap(([pattern, on]) => (on === true ? [pattern] : []));
}

function expressionOf(pattern: string): RegExp | null {
  const trimmed = pattern.replace(/^\.?\//, '').replace(/\/$/, '');
  if (trimmed === '') return null;
  try {
    return new RegExp(`^${translate(trimmed)}$`);
  } catch {
    return null;
  }
}

const token = /\*\*\/|\/\*\*|\*\*|\*|\?|\{|\}|,|\[!?[^\]]*\]|[^*?{},[\]/]+|./g;

function translate(pattern: string): string {
  let depth = 0;
  return pattern.replace(token, (part) => {
    switch (part) {
      case '**/':
        return '(?:.*/)?';
      case '/**':
        return '(?:/.*)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      case '{':
        depth++;
        return '(?:';
      case '}':
        if (depth === 0) return '\\}';
        depth--;
        return ')';
      case ',':
        return depth > 0 ? '|' : ',';
      default:
        if (/^\[.+\]$/.test(part)) return part.replace(/^\[!/, '[^');
        return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    }
  });
}
