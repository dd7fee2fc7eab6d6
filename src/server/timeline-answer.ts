import type { Timeline, TimelineRequest } from '../engine/types.ts';
import { uriIn } from './places.ts';
import type { TimelineAnswer } from './protocol.ts';
import type { TreeFile } from './trees.ts';

/** The run of a document's modules that is asked for, or in a sentence why there is none. */
export function timelineAnswer(file: TreeFile, request: Omit<TimelineRequest, 'file'>): TimelineAnswer {
  try {
    const timeline = file.timeline({ file: file.path, ...request });
    if (timeline.entries.length === 0)
      return { kind: 'none', reason: `Nothing that ${file.path} is part of registers a pernet_operations.` };
    return { kind: 'timeline', timeline, uris: urisOf(timeline, (path) => uriIn(file, path)) };
  } catch (error) {
    return { kind: 'none', reason: error instanceof Error ? error.message : String(error) };
  }
}

function urisOf({ entries, other }: Timeline, uriOf: (file: string) => string): Record<string, string> {
  const uris: Record<string, string> = {};
  const others = other && 'entries' in other ? other.entries : [];
  for (const { source } of [...entries, ...others]) if (source) uris[source.file] ??= uriOf(source.file);
  return uris;
}
