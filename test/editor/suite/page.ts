import type { BridgeAnswer, BridgeRequest, Target } from '../../../src/tools/editor-bridge.ts';

const bridge = process.env['PERNET_PAGE'];

/** True in the stand-in, where a test can see the page; a desktop VS Code shows its window to nobody. */
export const pageIsVisible = bridge !== undefined;

async function ask(request: BridgeRequest): Promise<BridgeAnswer> {
  if (bridge === undefined) throw new Error('there is no page to look at in this editor');
  const response = await fetch(bridge, { method: 'POST', body: JSON.stringify(request) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as BridgeAnswer;
}

/** Text contents of all matches, at this moment. */
export async function texts(target: Target): Promise<readonly string[]> {
  return ((await ask({ ask: 'texts', ...target })) ?? []).map((text) => text ?? '');
}

/** An attribute of all matches, at this moment. */
export async function attributes(target: Target & { attribute: string }): Promise<readonly (string | null)[]> {
  return (await ask({ ask: 'attributes', ...target })) ?? [];
}

export async function click(target: Target): Promise<void> {
  await ask({ ask: 'click', ...target });
}

export async function hover(target: Target): Promise<void> {
  await ask({ ask: 'hover', ...target });
}

export async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await ask({ ask: 'press', key });
}

/** Saves the page as `media/screenshots/NAME.png`, which the README shows. */
export async function screenshot(name: string): Promise<void> {
  const folder = process.env['PERNET_SCREENSHOTS'];
  if (folder === undefined) throw new Error('PERNET_SCREENSHOTS is not set');
  await ask({ ask: 'screenshot', path: `${folder}/${name}.png` });
}

/**
 * Looks until `look` gives something, and gives that: an editor draws when it likes.
 * @throws after `seconds`, with what it was waiting for.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  seconds = 20,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  do {
    const seen = await look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < end);
  throw new Error(`waited ${seconds} s in vain: ${what}`);
}
