import { createRequire } from 'node:module';
import { chromium as launcher, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { render, type Report } from '../../src/report/index.ts';
import { chromiumOrWhy } from './chromium.ts';
import { buggy, excused, finding, options, reportOf } from '../report/sample.ts';

const chromium = chromiumOrWhy('THE HTML REPORT');

const sample = reportOf({ 'net/foo.c': buggy, 'net/bar.c': excused });
const report: Report = {
  ...sample,
  findings: [
    ...sample.findings,
    finding({ severity: 'hint', module: 'quiet', fingerprint: 'h', related: [], message: 'it waits' }),
    finding({ severity: 'warning', module: 'quiet', fingerprint: 'w', related: [], message: 'it leaks' }),
  ],
  notAnalysed: [{ file: 'net/a.c', line: 3, function: 'a', reason: 'it calls itself' }],
};

describe.skipIf(chromium === undefined)('the HTML report in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launcher.launch({ executablePath: chromium ?? '', args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser.close();
  });

  /** Opens the report; what it asks the network for and what goes wrong in it is in `faults`. */
  async function open(
    context: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ readonly page: Page; readonly faults: string[] }> {
    const page = await browser.newPage(context);
    page.setDefaultTimeout(10_000);
    const faults: string[] = [];
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => {
      if (request.url() !== 'http://report.test/') faults.push(request.url());
    });
    await page.route('**', (route) =>
      route.fulfill({ contentType: 'text/html', body: render('html', report, options) }),
    );
    await page.goto('http://report.test/');
    return { page, faults };
  }

  const shown = (page: Page): Promise<string[]> => page.locator('.finding:visible .message').allInnerTexts();

  test('shows the loudest module first, and asks for nothing', async () => {
    const { page, faults } = await open();
    expect(await shown(page)).toEqual([sample.findings[0]!.message, 'it waits', 'it leaks']);
    expect(faults).toEqual([]);
  });

  test('filters by severity, rule and words, says how many are left, and hides modules that are empty', async () => {
    const { page, faults } = await open();
    const count = page.locator('output');
    await page.getByLabel(/hint/).uncheck();
    expect(await shown(page)).toEqual([sample.findings[0]!.message, 'it leaks']);
    await page.getByLabel('Rule', { exact: true }).selectOption('pernet/exit-leak');
    expect(await shown(page)).toEqual(['it leaks']);
    expect(await page.locator('.module:visible h3').allInnerTexts()).toEqual(['quiet net/']);
    expect(await count.innerText()).toBe('1 of 3 shown');
    await page.getByLabel('Rule', { exact: true }).selectOption('');
    await page.getByLabel('Text', { exact: true }).fill('FOO_init alloc_workqueue');
    expect(await shown(page)).toEqual([sample.findings[0]!.message]);
    await page.getByLabel('Text', { exact: true }).fill('nothing like it');
    expect(await count.innerText()).toBe('0 of 3 shown');
    expect(faults).toEqual([]);
  });

  test('a link to a rule opens the table that it is in', async () => {
    const { page } = await open();
    await page.locator('.rule').first().click();
    await page.locator('#rule-pernet-left-registered-on-error').waitFor({ state: 'visible' });
  });

  test('reads whole without JavaScript, and offers no filter then', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    expect((await shown(page)).length).toBe(3);
    expect(await page.locator('.filter').isVisible()).toBe(false);
    await page.locator('.run > summary').first().click();
    expect(await page.locator('.failing').first().innerText()).toContain('here the rule is broken');
  });

  test('on a narrow screen nothing but what scrolls on its own is wider than the page', async () => {
    const { page } = await open({ viewport: { width: 360, height: 640 } });
    await page.evaluate(() => {
      for (const each of document.querySelectorAll('details')) each.open = true;
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    // The place where the rule is broken has been scrolled into view.
    const [strip, broken] = await Promise.all([
      page.locator('.scroll').first().boundingBox(),
      page.locator('.broken').first().boundingBox(),
    ]);
    expect(broken!.x).toBeGreaterThan(strip!.x);
    expect(broken!.x).toBeLessThan(strip!.x + strip!.width);
  });

  test.each(['light', 'dark'] as const)('axe-core finds nothing in %s', async (colorScheme) => {
    const { page } = await open({ colorScheme, bypassCSP: true });
    await page.evaluate(() => {
      for (const each of document.querySelectorAll('details')) each.open = true;
    });
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: unknown[] }[] }> };
      };
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes)}`);
    });
    expect(violations).toEqual([]);
  });
});
