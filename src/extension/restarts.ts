import { window } from 'vscode';
import {
  CloseAction,
  ErrorAction,
  type BaseLanguageClient,
  type CloseHandlerResult,
  type ErrorHandler,
} from 'vscode-languageclient';

/** How long it stands in the status bar that the server was restarted, in milliseconds. */
const shownMs = 10_000;

/**
 * What the client does when its server has ended by itself: it starts another one, and says so once where it disturbs
 * nobody. One that ends again and again is left, which the client shows.
 */
export function sayRestarts(client: () => BaseLanguageClient | undefined): ErrorHandler {
  let own: ErrorHandler | undefined;
  const handler = (): ErrorHandler | undefined => (own ??= client()?.createDefaultErrorHandler());
  return {
    error: (error, message, count) => handler()?.error(error, message, count) ?? { action: ErrorAction.Continue },
    closed: async (): Promise<CloseHandlerResult> => {
      const result = (await handler()?.closed()) ?? { action: CloseAction.DoNotRestart };
      if (result.action !== CloseAction.Restart) return result;
      window.setStatusBarMessage('$(warning) Pernet: the language server had ended, another one is started', shownMs);
      return { ...result, message: 'The language server has ended by itself; another one is started.' };
    },
  };
}
