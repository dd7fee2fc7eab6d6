import { provideChromium } from '../../src/tools/editor-page.ts';

/** A Chromium to test pages in; undefined, and said, where none can be had. */
export function chromiumOrWhy(what: string): string | undefined {
  try {
    return provideChromium(console.log);
  } catch (error) {
    console.warn(`${what} IS NOT TESTED: ${String(error)}`);
    return undefined;
  }
}
