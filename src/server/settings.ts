import { DidChangeConfigurationNotification, type Connection } from 'vscode-languageserver';
import { defaultSettings, type Settings } from './protocol.ts';

/** The `pernet` section of the client's settings, asked for once a document and again after a change. */
export class SettingsStore {
  private readonly byDocument = new Map<string, Promise<Settings>>();
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly connection: Connection,
    /** Whether the client answers questions about its settings; one that does not gets the defaults. */
    private readonly canAsk: boolean,
  ) {}

  /** Asks to be told of changes. Call it once the client is initialised. */
  async watch(): Promise<void> {
    if (!this.canAsk) return;
    const section = ['pernet', 'files.exclude', 'search.exclude'];
    await this.connection.client.register(DidChangeConfigurationNotification.type, { section });
    this.connection.onDidChangeConfiguration(() => {
      this.byDocument.clear();
      for (const listener of this.listeners) listener();
    });
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
    if (!this.canAsk) return sections.map(() => null);
    return this.connection.workspace.getConfiguration(sections.map((section) => ({ scopeUri: uri, section })));
  }

  forget(uri: string): void {
    this.byDocument.delete(uri);
  }

  private async ask(uri: string): Promise<Settings> {
    if (!this.canAsk) return defaultSettings;
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
