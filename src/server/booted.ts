import { existsSync } from 'node:fs';
import path from 'node:path';
import { URI } from 'vscode-uri';
import type { Background } from './background/jobs.ts';
import type { BootedList } from './background/order.ts';
import type { SettingsStore } from './settings.ts';

/** What decides over a kernel's initcalls besides its code: Kbuild files, Kconfig files, its configuration. */
const deciding = /^(?:Makefile|Kbuild.*|Kconfig.*|\.config)$/;

interface Kept {
  readonly kernelConfig: string;
  readonly list: Promise<BootedList | null>;
  /** Set when it is there. */
  known?: BootedList | null;
}

/**
 * The booted kernel of each tree, which takes seconds of a thread of its own to work out, and is kept until a file that
 * decides over it has changed.
 */
export class BootedLists {
  private readonly kept = new Map<string, Kept>();
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly background: Background,
    private readonly settings: SettingsStore,
  ) {}

  /** Hears that a list which was asked for is no longer right. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** A tree's list; null where the folder is no kernel tree. */
  async of(root: string): Promise<BootedList | null> {
    return this.start(root, await this.configOf(root)).list;
  }

  /**
   * A tree's list if it is at hand. Where a configuration says what kernel it is, it will be soon; nobody waits for it,
   * and nothing is worked out for a kernel that nobody builds.
   */
  async atHand(root: string): Promise<BootedList | null> {
    const kernelConfig = await this.configOf(root);
    const kept = this.kept.get(root);
    if (kept?.kernelConfig === kernelConfig) return kept.known ?? null;
    if (existsSync(path.resolve(root, kernelConfig === '' ? '.config' : kernelConfig))) this.start(root, kernelConfig);
    return null;
  }

  /** Files have changed on the disk. */
  invalidate(uris: readonly string[]): void {
    const changed = uris.map((uri) => URI.parse(uri).fsPath);
    const gone = [...this.kept].filter(([root, { kernelConfig }]) =>
      changed.some(
        (file) =>
          (file.startsWith(root + path.sep) && deciding.test(path.basename(file))) ||
          file === path.resolve(root, kernelConfig),
      ),
    );
    for (const [root] of gone) this.kept.delete(root);
    if (gone.length > 0) for (const listener of this.listeners) listener();
  }

  private start(root: string, kernelConfig: string): Kept {
    const before = this.kept.get(root);
    if (before?.kernelConfig === kernelConfig) return before;
    const kept: Kept = {
      kernelConfig,
      list: this.background('order', { root, kernelConfig }, () => undefined).result.then(
        (list) => (kept.known = list),
        (error: unknown) => {
          // The next one who asks may have more luck.
          if (this.kept.get(root) === kept) this.kept.delete(root);
          throw error;
        },
      ),
    };
    // Who only waits for it to be at hand has nobody to tell.
    kept.list.catch(() => undefined);
    this.kept.set(root, kept);
    return kept;
  }

  private async configOf(root: string): Promise<string> {
    return (await this.settings.of(URI.file(root).toString())).kernelConfig;
  }
}
