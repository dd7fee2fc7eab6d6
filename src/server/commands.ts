import {
  MessageType,
  ShowMessageNotification,
  type ServerCapabilities,
  type ShowDocumentResult,
} from 'vscode-languageserver';
import { ruleById } from '../rules/index.ts';
import type { Features } from './features.ts';
import { clientCommands } from './protocol.ts';
import { textOfTimeline } from './timeline-text.ts';
import { answerTimeline } from './timelines.ts';

/**
 * For editors that do not carry our commands out themselves: the run of a lens or an action, and a rule's page, as a text
 * that the editor is asked to show.
 */
export function registerCommands(features: Features): Partial<ServerCapabilities> {
  const { connection, options, show } = features;
  if (options.commands === true) return {};
  const shown = async (name: string, text: string): Promise<void> => {
    const uri = await show(name, text);
    // Clients that do not know the request refuse it, or answer with nothing.
    const answer: ShowDocumentResult | null = await connection.window
      .showDocument({ uri, takeFocus: true })
      .catch(() => null);
    if (answer?.success !== true)
      await say(MessageType.Info, `Written to ${decodeURIComponent(uri.replace('file://', ''))}`);
  };
  // As a notification: what the connection's window offers is a request, and some clients then ask for an answer.
  const say = (type: MessageType, message: string): Promise<void> =>
    connection.sendNotification(ShowMessageNotification.type, { type, message });
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  connection.onExecuteCommand(async ({ command, arguments: given = [] }, token, progress): Promise<void> => {
    if (command === clientCommands.checkWorkspace) {
      progress.begin('Pernet: analysing the workspace');
      await features.check(token).finally(() => {
        progress.done();
      });
      return;
    }
    const [first, second] = given.map(text);
    if (first === undefined) return;
    switch (command) {
      case clientCommands.explainRule:
        await shown(`${first.replace(/^.*\//, '')}.md`, ruleById(first)?.page ?? `There is no rule \`${first}\`.\n`);
        break;
      case clientCommands.simulate:
      case clientCommands.simulateScenario:
      case clientCommands.showWitness: {
        const isWitness = command === clientCommands.showWitness;
        const params = {
          uri: first,
          ...(second === undefined ? {} : isWitness ? { fingerprint: second } : { ops: second }),
        };
        const answer = await answerTimeline(features, params);
        if (answer.kind === 'none') await say(MessageType.Error, answer.reason);
        else await shown('lifecycle.txt', textOfTimeline(answer.timeline));
        break;
      }
    }
  });
  // A comment is an edit where the client does not ask for its reason.
  const own = Object.values(clientCommands).filter((command) => command !== clientCommands.suppress);
  return { executeCommandProvider: { commands: own, workDoneProgress: true } };
}
