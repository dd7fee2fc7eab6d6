import type { Analysed } from './analyses.ts';
import type { Features } from './features.ts';
import { isScenario, methods, type TimelineAnswer, type TimelineParams } from './protocol.ts';

/** Answers which events a run of a document's module, or of a scenario, comes to. */
export function registerTimelines(features: Features): void {
  features.connection.onRequest(methods.timeline, (params: TimelineParams) => answerTimeline(features, params));
}

export async function answerTimeline(
  { analyses, scenarios }: Pick<Features, 'analyses' | 'scenarios'>,
  params: TimelineParams,
): Promise<TimelineAnswer> {
  const { uri, line, ...request } = params;
  if (isScenario(uri)) return scenarios.answer(params);
  const result = await analyses.of(uri);
  if (!result) return { kind: 'none', reason: 'The file could not be analysed.' };
  const fingerprint = request.fingerprint ?? findingAt(result, line);
  if (fingerprint === undefined && line !== undefined)
    return { kind: 'none', reason: `There is no problem at line ${line + 1}.` };
  return analyses.ask('timeline', uri, {
    request: { ...request, ...(fingerprint === undefined ? {} : { fingerprint }) },
  });
}

function findingAt({ findings }: Analysed, line: number | undefined): string | undefined {
  if (line === undefined) return undefined;
  return findings.find((finding) => finding.line <= line + 1 && line + 1 <= finding.endLine)?.fingerprint;
}
