// A number's life, from a range to its holders: who gets it, who had it, and who rings if one dials it now.

import { expectCode, row } from '../fixtures/person';
import { bare } from '../fixtures/phone';
import { BOUND, DID, FREE_DID, FREE_NUMBER } from '../fixtures/pages';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'numbers' });
test.describe.configure({ mode: 'serial' });

test('a range that overlaps names the other one; one that does not is the site\'s at once', async ({ person }) => {
  const ada = await person('ada');
  await ada.open('/numbers/ranges');
  await ada.form('define').getByLabel('Site').selectOption('par');
  await ada.enter('define', { 'First number': '2190', 'Last number': '2290', Reason: 'A new floor.' });
  await expectCode(ada.errors, 'range.overlap');
  await expect(ada.errors).toContainText('It overlaps 2100 to 2199 of site lon.');
  await expect(ada.field('define', 'First number')).toHaveValue('2190');
  await ada.enter('define', { 'First number': '2200', 'Last number': '2299' });
  await expect(ada.said).toHaveText('The range is defined.');
  await expect(row(ada.page, /Ranges/, '2200')).toContainText('par');

  await ada.open('/numbers?site=par&state=available');
  await expect(row(ada.page, /Numbers/, '2299')).toContainText('100 numbers');
});

test('a DID without its country is told so, and a number is found by typing it', async ({ person }) => {
  const susan = await person('susan');
  await susan.open('/numbers');
  await susan.field('filter', 'Number').fill('020 7946 0101');
  await susan.form('filter').getByRole('button').click();
  await expectCode(susan.page.locator('main'), 'number.invalid');
  await expect(susan.page.locator('main')).toContainText('a DID without its country code');
  await susan.field('filter', 'Number').fill('+44 20 7946 0101');
  await susan.form('filter').getByRole('button').click();
  await expect(susan.page).toHaveURL(/\/numbers\/\+442079460101$/);
});

test('a number page says who rings, and what nobody knows', async ({ person }) => {
  const susan = await person('susan');
  await susan.open(`/numbers/${DID}`);
  const way = susan.page.locator('#way');
  await expect(susan.page.locator('#rings .verdict')).toBeVisible();
  await expect(way.locator('[data-step="Extension"]').first()).toContainText('2101 of Ada Marlowe');
  await expect(way.locator('[data-step="Schedule"]').first()).toContainText('By schedule london-office');
  await susan.open('/numbers/2103');
  await expect(way.locator('[data-step="Phone"]').first()).toContainText('It stands on no phone');
  await susan.open('/numbers/2102');
  await expect(way.locator('[data-step="Schedule"]').first()).toContainText('always open');
  await susan.open('/numbers/2104');
  await expect(way.locator('[data-step="Schedule"]').first()).toContainText('unknown');
  await susan.open('/numbers/2190');
  await expect(susan.page.locator('main')).toContainText('Hunt group');
  await susan.open(`/devices/${bare(BOUND)}`);
  await expect(susan.page.getByRole('heading', { level: 1 })).toContainText(BOUND);
});

test('a number is reserved, given, given back, and cools; its history says who had it', async ({ person }) => {
  const ada = await person('ada');
  await ada.open(`/numbers/${FREE_NUMBER}`);
  await ada.unfold('Reserve');
  await ada.enter('reserve', { 'For whom': 'the new lab', Until: '2020-01-01T00:00', Reason: 'As agreed.' });
  await expect(ada.errors).toContainText('A reservation ends in the future');
  await expect(ada.field('reserve', 'For whom')).toHaveValue('the new lab');
  const soon = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
  await ada.enter('reserve', { Until: soon });
  await expect(ada.said).toHaveText('It is reserved.');

  await ada.unfold('Assign');
  await ada.enter('assign', { To: 'person:P2001', Reason: 'New starter.' });
  await expectCode(ada.errors, 'owner.unknown');
  await ada.enter('assign', { To: 'person:P1001' });
  await expect(ada.said).toHaveText('It is assigned.');
  await expect(row(ada.page, /Holders/, 'Ada Marlowe')).toContainText('still');

  await ada.unfold('Release');
  await ada.enter('release', { Reason: 'Not needed any more.' });
  await expect(ada.page.getByRole('heading', { level: 1 })).toContainText('cooling');
  await expect(row(ada.page, /Holders/, 'Ada Marlowe')).not.toContainText('still');
  await expect(ada.page.locator('#rings .verdict')).toContainText('No phone rings.');

  await ada.open('/numbers/2101');
  await ada.unfold('Release');
  await ada.enter('release', { Reason: 'To be refused.' });
  await expectCode(ada.errors, 'number.in_service');
  await expect(ada.errors).toContainText('line key 1');
});

test('a number that is ported in is not used before somebody says that it has come', async ({ person }) => {
  const ada = await person('ada');
  await ada.open(`/numbers/${FREE_DID}`);
  await ada.unfold('Port in');
  await ada.enter('port-in', { 'Number until then': '+442079460152', Reason: 'Order 7719.' });
  await expect(ada.said).toHaveText('The porting is noted.');
  await expect(ada.page.locator('#way')).toContainText('Until then +442079460152 is used instead.');
  await expect(ada.form('assign')).toHaveCount(0);
  await ada.unfold('It has come');
  await ada.enter('ported', { Reason: 'The carrier called.' });
  await expect(ada.page.getByRole('heading', { level: 1 })).toContainText('available');

  await ada.open('/audit');
  await expect(ada.page.locator('main')).toContainText('number.ported');
});

test('whoever goes leaves a request for each line; a first day after the last is refused', async ({ person }) => {
  const ada = await person('ada');
  await ada.open('/people?site=lon');
  await row(ada.page, /People/, 'Ada Marlowe').getByRole('link', { name: 'P1001' }).click();
  await ada.enter('change', { 'First day': '2026-11-23', 'Gone from': '2026-11-22', Reason: 'To be refused.' });
  await expectCode(ada.errors, 'dates.order');
  await ada.form('change').getByLabel('Account').selectOption('left');
  await ada.enter('change', { 'First day': '', 'Gone from': '2026-11-22', Reason: 'Told by the directory.' });
  await expect(ada.said).toContainText('To be approved by somebody else: CR-');
  await expect(ada.page.locator('#matter')).toContainText('owner.suspended_kept');

  const grace = await person('grace');
  await grace.open('/requests');
  await expect(grace.page.locator('[data-request]').first()).toContainText('2101');

  const file = await ada.page.request.get('/import/export/extensions.csv');
  expect(await file.text()).toContain('lon,2101,person:P1001,yes,"\'+442079460101",international,Ada Marlowe');
});
