// Islands wake up and work. They are the only code in the browser.

import { BOUND, PAGES } from '../fixtures/pages';
import { bare } from '../fixtures/phone';
import { expect, test } from '../fixtures/test';

test('every island on every page wakes up, and nothing complains', async ({ visit }) => {
  test.slow();
  let islands = 0;
  for (const shown of PAGES) {
    const { page } = await visit(shown);
    await expect(page.locator('leptos-island:not(:has([data-hydrated]))'), shown.name).toHaveCount(0);
    islands += await page.locator('leptos-island').count();
  }
  expect(islands).toBeGreaterThan(50);
});

test('the copy button copies the whole id and says so', async ({ demo, person }) => {
  const susan = await person('susan', { permissions: ['clipboard-read', 'clipboard-write'] });
  await susan.open(`/devices/${bare(BOUND)}`);
  const copied = () => susan.page.evaluate(() => navigator.clipboard.readText());

  await susan.page.getByRole('button', { name: 'Copy serial' }).click();
  await expect(susan.page.getByText('Copied')).toBeVisible();
  expect(await copied()).toBe(demo.device(BOUND).serial);

  // A digest is shown short, and copied whole.
  await susan.open('/requests/1');
  const digest = susan.page.getByRole('definition').filter({ has: susan.page.getByRole('button', { name: 'Copy digest of the plan' }) });
  const short = await digest.locator('code').innerText();
  await digest.getByRole('button').click();
  await expect(susan.page.getByText('Copied')).toBeVisible();
  expect(await copied()).toMatch(/^[0-9a-f]{64}$/);
  expect(await copied()).toContain(short);

  // The keyboard does it as well.
  await susan.page.evaluate(() => navigator.clipboard.writeText(''));
  await digest.getByRole('button').focus();
  await susan.page.keyboard.press('Enter');
  await expect.poll(copied).toMatch(/^[0-9a-f]{64}$/);
});

test('the line filter finds lines by text, setting and layer, and walks through them', async ({ person }) => {
  const susan = await person('susan');
  await susan.open(`/trace/${bare(BOUND)}`);
  const lines = susan.page.getByRole('table', { name: `Lines of ${bare(BOUND)}.cfg` }).locator('tbody tr');
  const filter = susan.page.getByLabel('Filter lines');
  const count = susan.page.locator('output').first();
  await expect(filter).toBeVisible();
  const all = await lines.count();
  await expect(count).toHaveText(`${all} of ${all} lines`);

  await filter.fill('account.1.user_name');
  await expect(lines.filter({ visible: true })).toHaveCount(1);
  await expect(count).toHaveText(`1 of ${all} lines`);
  await filter.fill('LINE.1.EXTENSION');
  await expect(lines.filter({ visible: true }).filter({ hasText: 'account.1.enable' })).toHaveCount(1);
  await filter.fill('no such line anywhere');
  await expect(lines.filter({ visible: true })).toHaveCount(0);
  await expect(count).toHaveText(`0 of ${all} lines`);
  await filter.fill('import 1');
  await expect(lines.filter({ visible: true })).not.toHaveCount(0);
  await expect(lines.filter({ visible: true }).filter({ hasNotText: 'import 1' })).toHaveCount(0);

  await filter.fill('');
  await expect(count).toHaveText(`${all} of ${all} lines`);
  await lines.first().focus();
  await susan.page.keyboard.press('ArrowDown');
  await expect(lines.nth(1)).toBeFocused();
  await susan.page.keyboard.press('ArrowUp');
  await expect(lines.first()).toBeFocused();
  await expect(susan.page.locator('[aria-live]').filter({ hasText: /^Line 1:/ })).toBeVisible();

  await filter.fill('account.1.user_name');
  const line = lines.filter({ visible: true });
  await line.hover();
  await expect(susan.page.getByText(/^Line \d+: line\.1\.extension is set by .*CR-1/)).toBeVisible();
});
