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
  return (await ask({ ask: 'texts', ...target })) ?? [];
}

export async function click(target: Target): Promise<void> {
  await ask({ ask: 'click', ...target });
}

/** Chooses an option of a `<select>` by its place, from 0. */
export async function choose(target: Target, option: number): Promise<void> {
  await ask({ ask: 'choose', option, ...target });
}

export async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await ask({ ask: 'press', key });
}

/** Saves a picture of the page as NAME.png; with UPDATE=1 the README's of that name is renewed. */
export async function screenshot(name: string): Promise<void> {
  const folder = process.env['PERNET_SCREENSHOTS'];
  if (folder === undefined) throw new Error('PERNET_SCREENSHOTS is not set');
  await ask({ ask: 'screenshot', path: `${folder}/${name}.png` });
}

/**
 * Looks until `look` gives something, and gives that: an editor draws when it likes, and a frame may not be there yet.
 * @throws after `seconds`, with what it was waiting for and what the last look threw.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  seconds = 20,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let fault = '';
  do {
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
      fault = '';
    } catch (error) {
      fault = `: ${String(error)}`;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < end);
  throw new Error(`waited ${seconds} s in vain for ${what}${fault}`);
}
