import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { provideChromium } from '../../src/tools/editor-page.ts';
import { runKey } from '../../src/webview/history.ts';
import { TimelinePages, type TimelinePage } from './page.ts';
import { cleanLoad, failedLoad } from './sample-run.ts';
import { themes } from './themes.ts';

const chromium = chromiumOrWhy();

function chromiumOrWhy(): string | undefined {
  try {
    return provideChromium(console.log);
  } catch (error) {
    console.warn(`THE TIMELINE'S PAGE IS NOT TESTED: ${String(error)}`);
    return undefined;
  }
}

describe.skipIf(chromium === undefined)('the timeline page', () => {
  let pages: TimelinePages;
  const open: TimelinePage[] = [];
  beforeAll(async () => {
    pages = await TimelinePages.launch(chromium ?? '');
  });
  afterAll(() => pages.close());
  afterEach(async () => {
    for (const { page, faults } of open.splice(0)) {
      await page.close();
      expect(faults).toEqual([]);
    }
  });

  async function show(options: Partial<Parameters<TimelinePages['open']>[0]> = {}): Promise<TimelinePage> {
    const view = await pages.open({ theme: 'dark', ...options });
    open.push(view);
    await view.receive({ kind: 'show', timeline: failedLoad(), restore: { uri: 'file:///pernet_sample.c' } });
    return view;
  }

  const press = async ({ page }: TimelinePage, ...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };

  test('says that it is ready, and only that, before anything is shown', async () => {
    const view = await pages.open({ theme: 'dark' });
    open.push(view);
    await expect.poll(() => view.sent).toEqual([{ kind: 'ready' }]);
  });

  test('is a list with one entry a step, and starts at the failing one', async () => {
    const view = await show();
    const { entries } = failedLoad();
    const rows = view.page.locator('[role=list] > [role=listitem]');
    expect(await rows.count()).toBe(entries.length);
    expect(await rows.nth(1).innerText()).toContain(entries[1]?.text);
    expect(await view.chosen()).toContain('here the rule is broken');
    expect(await view.page.locator('header .finding').innerText()).toContain('pernet/left-registered-on-error');
  });

  test('keys: next, previous, ends, failing, none', async () => {
    const view = await show();
    const step = async (...keys: string[]): Promise<string | undefined> => {
      await press(view, ...keys);
      return (await view.chosen())?.trim().split(/\s/)[0];
    };
    expect(await step('Home')).toBe('1');
    expect(await step('ArrowUp')).toBe('1');
    expect(await step('j', '.', 'ArrowDown', 'ArrowRight')).toBe('5');
    expect(await step('k', ',', 'ArrowLeft')).toBe('2');
    expect(await step('End')).toBe('12');
    expect(await step('ArrowDown')).toBe('12');
    expect(await step('Home', 'f')).toBe('12');
    expect(await step('Escape')).toBeUndefined();
    expect(await step('j')).toBe('1');
    expect(await view.page.locator('.state h2').innerText()).toBe('After step 1 of 12');
    expect(await step('Control+End')).toBe('1');
  });

  test('Enter, a double click and the link open the source line', async () => {
    const view = await show();
    await press(view, 'Home', 'Enter');
    await view.page.locator('.row .number').nth(4).dblclick();
    await view.page.locator('.row').nth(11).getByRole('button').click();
    await expect
      .poll(() => view.sent.filter(({ kind }) => kind === 'open'))
      .toEqual([
        { kind: 'open', source: { file: 'pernet_sample.c', line: 148, column: 2 } },
        { kind: 'open', source: { file: 'pernet_sample.c', line: 152, column: 2 } },
        { kind: 'open', source: { file: 'pernet_sample.c', line: 154, column: 2 } },
      ]);
  });

  test('the state at the cursor: pernet_list with its boundary, what is in each namespace, what is held', async () => {
    const view = await show();
    await view.page.locator('.row').nth(6).click();
    const rows = await view.page.locator('.state table tr').allInnerTexts();
    expect(rows.map((row) => row.replace(/\s+/g, ' ').trim())).toEqual([
      'ops init_net 1/1 n1 1/1',
      'subsystems',
      'net_ns_ops – –',
      'sample_net_ops ● ready + data ● ready + data',
      'first_device → sample_dev_ops',
      'devices',
      'sample_dev_ops ● ready + data ✗ init failed',
    ]);
    expect(await view.page.locator('.held').innerText()).toContain('registration of sample_net_ops (subsys)');
    await press(view, 'End');
    expect(await view.page.locator('.boundary').innerText()).toContain('there is no device');
  });

  test('the run of another finding starts at its own failing step', async () => {
    const view = await show();
    await press(view, 'Home');
    const finding = { rule: 'pernet/x', message: 'another', fingerprint: 'f2' };
    await view.receive({ kind: 'show', timeline: { ...failedLoad(), failing: 3, finding }, restore: {} });
    await expect.poll(() => view.chosen()).toMatch(/^4\s/);
  });

  test('another run is asked for, and shown from its start', async () => {
    const view = await show();
    await view.page.getByRole('combobox', { name: /^Run/ }).selectOption('load');
    await expect.poll(() => view.sent.at(-1)).toEqual({ kind: 'choose', run: 'load' });
    await view.receive({ kind: 'show', timeline: cleanLoad(), restore: {} });
    await expect.poll(() => view.chosen()).toMatch(/^1\s/);
    expect(await view.page.getByRole('button', { name: 'Failing step' }).count()).toBe(0);
  });

  test('text of the workspace is never markup', async () => {
    const view = await show();
    await view.receive({ kind: 'show', timeline: cleanLoad(), restore: {} });
    expect(await view.page.locator('img').count()).toBe(0);
    expect(await view.page.locator('.row').first().innerText()).toContain('<img src=x onerror=alert(1)>');
  });

  test('keeps the chosen step, for itself and for a restart', async () => {
    const view = await show();
    await press(view, 'Home', 'j');
    const kept = { restore: { uri: 'file:///pernet_sample.c' }, run: runKey(failedLoad()), cursor: 1 };
    await expect.poll(() => view.state()).toEqual(kept);
    const again = await show({ state: kept });
    expect(await again.chosen()).toMatch(/^2\s/);
    await press(again, 'Escape');
    await expect.poll(() => again.state()).toEqual({ restore: kept.restore, run: kept.run });
  });

  test('a run that an edit has shortened keeps no step beyond its end', async () => {
    const view = await show();
    const shorter = { ...failedLoad(), entries: failedLoad().entries.slice(0, 3), failing: 2 };
    await view.receive({ kind: 'show', timeline: shorter, restore: {} });
    await expect.poll(() => view.page.locator('.row').count()).toBe(3);
    await press(view, 'End');
    expect(await view.chosen()).toMatch(/^3\s/);
  });

  test('? lists every key; keys do not act behind the dialog', async () => {
    const view = await show();
    await press(view, 'Home', '?');
    const help = await view.page.getByRole('dialog').innerText();
    for (const word of ['next step', 'previous step', 'open the source line', 'F', 'Esc']) expect(help).toContain(word);
    await press(view, 'j');
    expect(await view.chosen()).toMatch(/^1\s/);
    await press(view, 'Escape');
    await view.page.getByRole('dialog').waitFor({ state: 'hidden' });
    await press(view, 'j');
    expect(await view.chosen()).toMatch(/^2\s/);
  });

  test('says why when there is no run to show', async () => {
    const view = await show();
    await view.receive({ kind: 'failed', message: 'the file has no pernet_operations' });
    expect(await view.page.getByRole('alert').innerText()).toBe('the file has no pernet_operations');
    await view.receive({ kind: 'show', timeline: cleanLoad(), restore: {} });
    await expect.poll(() => view.page.locator('.row').count()).toBe(cleanLoad().entries.length);
  });

  test.each(Object.keys(themes) as (keyof typeof themes)[])('axe-core finds nothing in the %s theme', async (theme) => {
    const view = await show({ theme, bypassPolicy: true });
    await view.page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
    const violations = await view.page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: unknown[] }[] }> };
      };
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes)}`);
    });
    expect(violations).toEqual([]);
  });
});
