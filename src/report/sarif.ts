import type { Finding, NotAnalysed, Suppressed } from '../rules/index.ts';
import { gapText, messageOf, type RenderOptions, type Report } from './report.ts';
import { codeFlowOf, flowLength } from './sarif-flow.ts';
import { githubLimits, loudest, type SarifLimits } from './sarif-limits.ts';
import { artifactOf, locationOf, regionOf, sourceRoot } from './sarif-location.ts';
import { descriptorsOf, levels, notAnalysedDescriptor } from './sarif-rules.ts';

/** A finding, or one that a comment suppresses. */
type Entry = { readonly finding: Finding } & Partial<Suppressed>;

/** How much of the report a log holds. */
interface Extent {
  readonly results: number;
  /** Locations of one thread flow. */
  readonly flow: number;
}

/**
 * A report as a SARIF 2.1.0 log (OASIS, 27 March 2020) within GitHub's limits: where it is too large, flows are shortened
 * first and then the quietest results are left out; the log says so itself, and so does `options.note`.
 */
export function renderSarif(report: Report, options: RenderOptions, limits: SarifLimits = githubLimits): string {
  const entries = [...report.findings.map((finding) => ({ finding })), ...report.suppressed];
  let extent: Extent = { results: limits.results, flow: flowThatFits(entries, limits) };
  for (;;) {
    const notes = notesOf(entries, extent, limits);
    const text = `${JSON.stringify(logOf({ report, entries, extent, notes, options, limits }), null, 1)}\n`;
    const smaller = smallerThan(extent, Math.min(extent.results, entries.length));
    if (smaller === null || (options.gzipSize?.(text) ?? 0) <= limits.gzipBytes) {
      for (const note of notes) options.note?.(note);
      return text;
    }
    extent = smaller;
  }
}

/** The steps at which a log shrinks: flows to fifty steps, then none, then half of the results, and half again. */
function smallerThan({ flow }: Extent, results: number): Extent | null {
  if (flow > 50) return { results, flow: 50 };
  if (flow > 0) return { results, flow: 0 };
  return results > 0 ? { results: Math.floor(results / 2), flow: 0 } : null;
}

/** The longest flow with which all flows together stay within what can be built. */
function flowThatFits(entries: readonly Entry[], { flowLocations, allFlowLocations }: SarifLimits): number {
  const lengths = entries.map(({ finding }) => Math.min(flowLength(finding), flowLocations));
  let most = flowLocations;
  while (most > 0 && lengths.reduce((sum, length) => sum + Math.min(length, most), 0) > allFlowLocations) {
    most = Math.floor(most / 2);
  }
  return most;
}

/** What the extent leaves out, a sentence each. */
function notesOf(entries: readonly Entry[], { results, flow }: Extent, limits: SarifLimits): string[] {
  const notes: string[] = [];
  if (entries.length > results) {
    notes.push(`sarif: ${entries.length - results} of ${entries.length} results are left out: GitHub takes no more`);
  }
  const cut = entries.filter(({ finding }) => flowLength(finding) > flow).length;
  if (cut > 0) {
    const what = flow === 0 ? 'are left out' : `are cut to ${flow} steps`;
    notes.push(`sarif: the code flows of ${cut} results ${what}: GitHub takes no more`);
  }
  const crowded = entries.filter(({ finding }) => finding.related.length > limits.relatedLocations).length;
  if (crowded > 0) {
    notes.push(
      `sarif: the related places of ${crowded} results are cut to ${limits.relatedLocations}: GitHub takes no more`,
    );
  }
  return notes;
}

interface LogInput {
  readonly report: Report;
  readonly entries: readonly Entry[];
  readonly extent: Extent;
  readonly notes: readonly string[];
  readonly options: RenderOptions;
  readonly limits: SarifLimits;
}

function logOf({ report, entries, extent, notes, options, limits }: LogInput): object {
  const { descriptors, indexOf } = descriptorsOf(options, limits);
  const { files, parsed, ops, modules, functions } = report.stats;
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'pernet-lint',
            fullName: `pernet-lint ${options.version}`,
            semanticVersion: options.version,
            shortDescription: { text: 'Finds ordering and leak bugs around struct pernet_operations.' },
            rules: descriptors,
            notifications: [notAnalysedDescriptor],
          },
        },
        columnKind: 'utf16CodeUnits',
        // Where the tree lies is the reader's own affair: the log says the same on every machine.
        originalUriBaseIds: { [sourceRoot]: { description: { text: 'the root of the tree that was linted' } } },
        invocations: [
          {
            executionSuccessful: report.errors.length === 0,
            toolExecutionNotifications: [
              ...report.errors.map((text) => ({ level: 'error', message: { text } })),
              ...notes.map((text) => ({ level: 'warning', message: { text } })),
              ...report.notAnalysed.map(notificationOf),
            ],
          },
        ],
        results: loudest(entries, extent.results).map((entry) => resultOf(entry, indexOf, extent, limits)),
        properties: { stats: { files, parsed, ops, modules, functions } },
      },
    ],
  };
}

function resultOf(entry: Entry, indexOf: (rule: string) => number, { flow }: Extent, limits: SarifLimits): object {
  const { finding, reason, comment } = entry;
  const codeFlow = codeFlowOf(finding, flow);
  const ruleIndex = indexOf(finding.rule);
  return {
    ruleId: finding.rule,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    level: levels[finding.severity],
    message: { text: messageOf(finding) },
    locations: [{ ...locationOf(finding), ...logicalOf(finding) }],
    // The name says how it is made; one that is made otherwise gets another name.
    partialFingerprints: { 'pernetFingerprint/v1': finding.fingerprint },
    ...(finding.related.length === 0 ? {} : { relatedLocations: relatedOf(finding, limits.relatedLocations) }),
    ...(codeFlow === null ? {} : { codeFlows: [codeFlow] }),
    ...(comment === undefined
      ? {}
      : {
          suppressions: [
            {
              kind: 'inSource',
              justification: reason,
              location: locationOf({ file: finding.file, ...comment }),
            },
          ],
        }),
    ...(finding.fix ? { fixes: [fixOf(finding.fix)] } : {}),
    properties: propertiesOf(finding),
  };
}

function logicalOf({ function: name, ops }: Finding): object {
  const named = [
    ...(name === undefined ? [] : [{ name, kind: 'function' }]),
    ...(ops === undefined ? [] : [{ name: ops, kind: 'variable' }]),
  ];
  return named.length === 0 ? {} : { logicalLocations: named };
}

function relatedOf({ related }: Finding, most: number): object[] {
  return related
    .slice(0, most)
    .map(({ message, ...place }, id) => ({ id, ...locationOf(place), message: { text: message } }));
}

function propertiesOf({ severity, module, config, ops, function: name }: Finding): object {
  const all = { severity, module, config, ops, function: name };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function fixOf({ title, edits }: NonNullable<Finding['fix']>): object {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifactOf(file),
      replacements: edits
        .filter((edit) => edit.file === file)
        .map((edit) => ({ deletedRegion: regionOf(edit), insertedContent: { text: edit.text } })),
    })),
  };
}

function notificationOf(gap: NotAnalysed): object {
  return {
    descriptor: { id: notAnalysedDescriptor.id, index: 0 },
    level: 'note',
    message: { text: `not analysed: ${gapText(gap)}` },
    locations: [
      {
        ...locationOf(gap),
        ...(gap.function === undefined ? {} : { logicalLocations: [{ name: gap.function, kind: 'function' }] }),
      },
    ],
  };
}
