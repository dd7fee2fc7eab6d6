import { commands as host, Uri, window, workspace } from 'vscode';
import { methods, type RuleInfo, type RulePage, type RulePageParams } from '../server/protocol.ts';
import { commands, ruleScheme } from './ids.ts';
import type { Features } from './features.ts';

/** Rule pages as read-only documents, and `Explain Rule`, which shows one as a preview. */
export function registerRulePages({ context, client }: Features): void {
  context.subscriptions.push(
    workspace.registerTextDocumentContentProvider(ruleScheme, {
      provideTextDocumentContent: async ({ path }) => {
        const params: RulePageParams = { rule: ruleOf(path) };
        const page = await client.sendRequest<RulePage | null>(methods.rulePage, params);
        return page?.markdown ?? `There is no rule \`${params.rule}\`.\n`;
      },
    }),
    host.registerCommand(commands.explainRule, async (given?: unknown) => {
      const rule = typeof given === 'string' ? given : await pickRule(client);
      if (rule === undefined) return;
      await host.executeCommand('markdown.showPreview', Uri.from({ scheme: ruleScheme, path: pathOf(rule) }));
    }),
  );
}

/** A rule's id has a slash, which a path may keep: `pernet/x` is `/pernet/x.md`. */
function pathOf(rule: string): string {
  return `/${rule}.md`;
}

function ruleOf(path: string): string {
  return path.replace(/^\//, '').replace(/\.md$/, '');
}

async function pickRule(client: Features['client']): Promise<string | undefined> {
  const rules = await client.sendRequest<readonly RuleInfo[]>(methods.rules);
  const items = rules.map(({ id, summary }) => ({ label: id, detail: summary }));
  return (await window.showQuickPick(items, { placeHolder: 'Which rule?', matchOnDetail: true }))?.label;
}
