// One phone goes back to its earlier settings, alone, is held there, and is let go.

import { row } from '../fixtures/person';
import { bare } from '../fixtures/phone';
import { BOUND } from '../fixtures/pages';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'pins' });
test.describe.configure({ mode: 'serial' });

let number = 0;

test('what a layer changed is seen beside the revision before', async ({ person, phone }) => {
  const ada = await person('ada');
  const grace = await person('grace');
  const change = await ada.draftLayer('site lon', 'phone.language = en-GB', 'British English for London.');
  await ada.carryLayer(change, grace);
  await expect.poll(async () => (await phone(BOUND).fetch()).get('lang.gui')).toBe('English');
  await ada.open(`/devices/${bare(BOUND)}`);
  await ada.page.getByRole('link', { name: 'Earlier settings' }).click();
  await expect(row(ada.page, 'Newest first', `LC-${change}`).filter({ hasText: 'with lines' })).toContainText('now');
  await ada.page.getByRole('link', { name: 'Look at 2' }).click();
  await expect(row(ada.page, /returning to revision 2/, 'phone.language')).toContainText('en-GB');
});

test('the return is planned for this phone alone, and somebody else approves it', async ({ person, phone }) => {
  const ada = await person('ada');
  number = await ada.askReturn(BOUND, 2, { 'Who answers': 'Ada Marlowe', Reason: 'The display stays dark.' });
  await expect(ada.page.locator('#about')).toContainText('held to the settings of revision 2');
  await expect(ada.page.locator('[data-alike]')).toHaveCount(1);
  await ada.submitLayer(number);
  const grace = await person('grace');
  await grace.approveLayer(number);
  const before = await phone(BOUND).fetch();
  await ada.publishLayer(number);
  await expect.poll(async () => (await phone(BOUND).fetch()).get('lang.gui')).not.toBe('English');
  const after = await phone(BOUND).fetch();
  for (const key of ['account.1.user_name', 'account.1.password']) expect(after.get(key), key).toBe(before.get(key));
});

test('that it is pinned is seen wherever the phone is', async ({ person }) => {
  const susan = await person('susan');
  for (const path of [`/devices/${bare(BOUND)}`, `/trace/${bare(BOUND)}`]) {
    await susan.open(path);
    await expect(susan.page.getByRole('main')).toContainText(`to the settings of revision 2 by LC-${number}`);
  }
  await susan.open('/');
  await expect(susan.page.locator('#pinned')).toContainText('One phone is held to earlier settings');
  await susan.page.getByRole('link', { name: 'To the pins' }).click();
  await expect(row(susan.page, 'By MAC', BOUND)).toContainText('The display stays dark.');
  await expect(susan.form('release-pin')).toHaveCount(0);
});

test('no other layer reaches it, and the plan says so', async ({ person }) => {
  const ada = await person('ada');
  const change = await ada.draftLayer('site lon', 'network.vlan_priority = 5', 'As the switches have it.');
  await ada.open(`/layers/changes/${change}`);
  await expect(ada.page.getByRole('main')).toContainText(`The device is held to earlier settings of its own; changes of layers do not reach it. By LC-${number}.`);
});

test('let go, it has what its layers say', async ({ person, phone }) => {
  const ada = await person('ada');
  await ada.open('/pins');
  await ada.enter('release-pin', { Reason: 'The display is mended.' });
  await expect(ada.said).toHaveText('Let go. Its file is what its layers say.');
  await expect(ada.page.getByRole('main')).toContainText('No phone is pinned.');
  await expect.poll(async () => (await phone(BOUND).fetch()).get('lang.gui')).toBe('English');
});

test('many phones go back by one request, grouped by what changes', async ({ person, phone }) => {
  const ada = await person('ada');
  await ada.open(`${await ada.layer('site lon')}/edit`);
  const text = ada.form('layer').getByLabel('Settings');
  await text.fill((await text.inputValue()).replace('phone.language = en-GB', 'phone.language = fr'));
  await ada.saveLayer('', 'French for London.');
  const change = Number(ada.page.url().split('/').at(-1));
  const grace = await person('grace');
  await ada.carryLayer(change, grace);
  await expect.poll(async () => (await phone(BOUND).fetch()).get('lang.gui')).toBe('French');
  await ada.open('/devices?site=lon');
  await ada.page.getByRole('link', { name: 'Return all to earlier settings' }).click();
  await expect(ada.page.locator('#found')).toContainText('all of them go into the request');
  await ada.enter('return-many', {
    'To what they had before': `LC-${change}`, 'Who answers': 'Ada Marlowe', Reason: 'French was a mistake.',
  });
  const back = Number(ada.page.url().split('/').at(-1));
  await expect(ada.page.getByRole('heading', { level: 1 })).toContainText('Return of');
  await expect(ada.page.locator('#goes-out')).toContainText('at once');
  await ada.carryLayer(back, grace);
  await expect.poll(async () => (await phone(BOUND).fetch()).get('lang.gui')).not.toBe('French');
  await ada.open('/pins');
  await expect(row(ada.page, 'By MAC', BOUND)).toContainText('French was a mistake.');
});
