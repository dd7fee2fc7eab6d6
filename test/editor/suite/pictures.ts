import { ColorThemeKind, ConfigurationTarget, window, workspace } from 'vscode';
import { screenshot, until } from './page.ts';

const themes = [
  ['light', 'Default Light Modern', ColorThemeKind.Light],
  ['dark', 'Default Dark Modern', ColorThemeKind.Dark],
  ['high-contrast', 'Default High Contrast', ColorThemeKind.HighContrast],
  ['high-contrast-light', 'Default High Contrast Light', ColorThemeKind.HighContrastLight],
] as const;

/** Longer than a theme takes to be drawn everywhere, webviews too, in milliseconds. */
const drawnMs = 1000;

/** A picture in the theme of a fresh editor; with PERNET_THEMES=1, for a person to look at, one in each theme besides. */
export async function pictures(name: string, options: { readonly inAll: boolean } = { inAll: false }): Promise<void> {
  await screenshot(name);
  if (!options.inAll && process.env['PERNET_THEMES'] === undefined) return;
  const settings = workspace.getConfiguration('workbench');
  for (const [theme, label, kind] of themes) {
    await settings.update('colorTheme', label, ConfigurationTarget.Global);
    await until(`the ${theme} theme`, () => window.activeColorTheme.kind === kind || undefined);
    await new Promise((resolve) => setTimeout(resolve, drawnMs));
    await screenshot(`${name}-${theme}`);
  }
  await settings.update('colorTheme', undefined, ConfigurationTarget.Global);
}
