import { DidChangeConfigurationNotification, type Connection } from 'vscode-languageserver';
import { defaultSettings, type Settings } from './protocol.ts';

/** The `pernet` section of the client's settings, asked for once a document and again after a change. */
export class SettingsStore {
  private readonly byDocument = new Map<string, Promise<Settings>>();
  private readonly listeners: (() => void)[] = [];
  /** What a client that is not asked has said on its own. */
  private told: Partial<Settings> | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly can: {
      /** Whether the client answers questions about its settings; others may tell them on their own (Kate). */
      readonly ask: boolean;
      /** Whether it wants to be asked to tell of changes; others tell of them as they please. */
      readonly register: boolean;
    },
  ) {
    connection.onDidChangeConfiguration(({ settings }) => {
      if (!can.ask) this.told = (settings as { pernet?: Partial<Settings> } | null)?.pernet ?? null;
      this.byDocument.clear();
      for (const listener of this.listeners) listener();
    });
  }

  /** Asks to be told of changes. Call it once the client is initialised. */
  async watch(): Promise<void> {
    if (!this.can.ask || !this.can.register) return;
    const section = ['pernet', 'files.exclude', 'search.exclude'];
    try {
      await this.connection.client.register(DidChangeConfigurationNotification.type, { section });
    } catch (error) {
      this.connection.console.warn(`the client does not tell when its settings change: ${String(error)}`);
    }
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  of(uri: string): Promise<Settings> {
    const known = this.byDocument.get(uri) ?? this.ask(uri);
    this.byDocument.set(uri, known);
    return known;
  }

  /** Other sections of the client's settings, as they are for a folder; null for each where it is not asked. */
  async sections(uri: string, sections: readonly string[]): Promise<unknown[]> {
    if (!this.can.ask) return sections.map(() => null);
    try {
      const items = sections.map((section) => ({ scopeUri: uri, section }));
      return (await this.connection.workspace.getConfiguration(items)) as unknown[];
    } catch (error) {
      this.connection.console.error(`the client does not say its settings: ${String(error)}`);
      return sections.map(() => null);
    }
  }

  forget(uri: string): void {
    this.byDocument.delete(uri);
  }

  private async ask(uri: string): Promise<Settings> {
    if (!this.can.ask) return { ...defaultSettings, ...this.told };
    try {
      const given: unknown = await this.connection.workspace.getConfiguration({ scopeUri: uri, section: 'pernet' });
      return { ...defaultSettings, ...(given as Partial<Settings> | null) };
    } catch (error) {
      // Whoever waits for settings goes on with the defaults: a client that answers with an error gets its diagnostics.
      this.connection.console.error(`the client does not say its settings: ${String(error)}`);
      return defaultSettings;
    }
  }
}
