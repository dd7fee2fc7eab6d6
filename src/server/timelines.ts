import type { Timeline, TimelineRequest } from '../engine/types.ts';
import type { Analysed } from './analyses.ts';
import type { Features } from './features.ts';
import { isScenario, methods, type TimelineAnswer, type TimelineParams } from './protocol.ts';

/** Answers which events a run of a document's module, or of a scenario, comes to. */
export function registerTimelines({ connection, analyses, scenarios }: Features): void {
  connection.onRequest(methods.timeline, async (params: TimelineParams): Promise<TimelineAnswer> => {
    if (isScenario(params.uri)) return scenarios.answer(params.uri);
    const result = await analyses.of(params.uri);
    if (!result) return { kind: 'none', reason: 'The file could not be analysed.' };
    return answer(result, params);
  });
}

function answer(result: Analysed, params: TimelineParams): TimelineAnswer {
  const { file } = result;
  const fingerprint = params.fingerprint ?? findingAt(result, params.line);
  if (fingerprint === undefined && params.line !== undefined) {
    return { kind: 'none', reason: `There is no problem at line ${params.line + 1}.` };
  }
  const request: TimelineRequest = {
    file: file.path,
    ...(params.ops === undefined ? {} : { ops: params.ops }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(params.run === undefined ? {} : { run: params.run }),
  };
  try {
    const timeline = file.timeline(request);
    if (timeline.entries.length === 0) {
      return { kind: 'none', reason: `Nothing that ${file.path} is part of registers a pernet_operations.` };
    }
    return { kind: 'timeline', timeline, uris: urisOf(timeline, (path) => file.uriOf(path)) };
  } catch (error) {
    return { kind: 'none', reason: error instanceof Error ? error.message : String(error) };
  }
}

function findingAt({ findings }: Analysed, line: number | undefined): string | undefined {
  if (line === undefined) return undefined;
  return findings.find((finding) => finding.line <= line + 1 && line + 1 <= finding.endLine)?.fingerprint;
}

function urisOf(timeline: Timeline, uriOf: (file: string) => string): Record<string, string> {
  const uris: Record<string, string> = {};
  for (const { source, held } of timeline.entries) {
    for (const { file } of source ? [source, ...held] : held) uris[file] ??= uriOf(file);
  }
  return uris;
}
