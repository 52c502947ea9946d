// Drift: what phones say they run, beside what they should.

import { row } from '../fixtures/person';
import { bare } from '../fixtures/phone';
import { BOUND } from '../fixtures/pages';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'drift' });

test('what was fetched and what is applied are told apart, and the board counts by reason', async ({ person, phone }) => {
  // The board is made anew once a minute.
  test.setTimeout(240_000);
  const patient = { timeout: 150_000 };
  const susan = await person('susan');
  const settings = susan.page.getByRole('main');
  const phones = () => susan.page.locator(`[data-drift="${bare(BOUND)}"]`);
  await expect(async () => {
    await susan.open('/drift?reason=never');
    await expect(phones()).toBeVisible({ timeout: 1_000 });
  }).toPass(patient);
  await expect(row(susan.page, 'By MAC', BOUND)).toContainText('never');
  await expect(susan.page.locator('[data-reason="never"]')).toContainText('shown');
  await phones().getByRole('link').first().click();
  await expect(settings).toContainText('never fetched with proof');

  await phone(BOUND).fetch();
  await expect(async () => {
    await susan.page.reload();
    await expect(settings).toContainText('current settings', { timeout: 1_000 });
  }).toPass(patient);
  await expect(settings).toContainText('whether it runs them is not known');
  await expect(async () => {
    await susan.open('/drift?reason=never');
    await expect(susan.page.getByRole('heading', { name: /^Phones/ })).toBeVisible({ timeout: 1_000 });
    await expect(phones()).toHaveCount(0, { timeout: 1_000 });
  }).toPass(patient);

  // What is published later is behind until it is fetched.
  const ada = await person('ada');
  const grace = await person('grace');
  const change = await ada.draftLayer('site lon', 'phone.language = en-GB', 'British English for London.');
  await ada.carryLayer(change, grace);
  await expect(async () => {
    await susan.open(`/devices/${bare(BOUND)}`);
    await expect(settings).toContainText('earlier settings', { timeout: 1_000 });
  }).toPass(patient);
});
