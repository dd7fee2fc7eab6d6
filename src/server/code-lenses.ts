import type { CodeLens, ServerCapabilities } from 'vscode-languageserver';
import type { OpsSummary } from '../engine/types.ts';
import { toRange } from './diagnostics.ts';
import type { Features } from './features.ts';
import { clientCommands, isScenario } from './protocol.ts';
import { lensesOfScenario } from './scenarios.ts';
import type { ServerFinding } from './work.ts';

/** Above each ops: a lens that simulates its lifecycle, and one that sums up what is known of it. A scenario has one. */
export function registerCodeLenses({ connection, analyses }: Features): Partial<ServerCapabilities> {
  connection.onCodeLens(async ({ textDocument: { uri } }) => {
    if (isScenario(uri)) return lensesOfScenario(uri);
    const result = await analyses.of(uri);
    if (!result) return [];
    return result.ops.flatMap((ops) => lensesOf(ops, uri, result.findings));
  });
  return { codeLensProvider: {} };
}

export function lensesOf(ops: OpsSummary, uri: string, findings: readonly ServerFinding[]): CodeLens[] {
  const range = toRange(ops.range);
  const problems = findings.filter((finding) => finding.ops === ops.name);
  const [first] = problems;
  return [
    { range, command: { title: 'Simulate lifecycle', command: clientCommands.simulate, arguments: [uri, ops.name] } },
    {
      range,
      command: first
        ? {
            title: summaryOf(ops, problems.length),
            command: clientCommands.showWitness,
            arguments: [uri, first.fingerprint],
          }
        : { title: summaryOf(ops, 0), command: clientCommands.simulate, arguments: [uri, ops.name] },
    },
  ];
}

/** For example `subsys · registered in vxlan_init_module · 0 problems`. */
function summaryOf({ kind, registeredIn }: OpsSummary, problems: number): string {
  const how = { subsys: 'subsys', device: 'device', both: 'subsys and device' };
  return [
    ...(kind ? [how[kind]] : []),
    registeredIn.length > 0 ? `registered in ${registeredIn.join(', ')}` : 'not registered in what was read',
    `${problems} ${problems === 1 ? 'problem' : 'problems'}`,
  ].join(' · ');
}
