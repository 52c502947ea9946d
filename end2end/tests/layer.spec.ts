// One edit of a layer: drafted alone, looked at on a phone, approved by somebody else, in the phones' files afterwards.

import { expectCode, row } from '../fixtures/person';
import { bare } from '../fixtures/phone';
import { BOUND, FREE } from '../fixtures/pages';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'layers' });
test.describe.configure({ mode: 'serial' });

let number = 0;

test('what is wrong is said with its line, and what was typed stays', async ({ person }) => {
  const ada = await person('ada');
  await ada.open(`${await ada.layer('site lon')}/edit`);
  await ada.saveLayer('phone.langauge = en-GB', 'British English for London.');
  await expectCode(ada.errors, 'setting.unknown');
  await expect(ada.errors).toContainText('The nearest is phone.language.');
  await expect(ada.form('layer').getByLabel('Settings')).toHaveValue(/phone\.langauge = en-GB/);
});

test('a draft is looked at on a phone before it is kept', async ({ person }) => {
  const ada = await person('ada');
  await ada.open(`${await ada.layer('site lon')}/edit`);
  await ada.lookAt('phone.language = en-GB', BOUND);
  const preview = ada.page.locator('#preview');
  await expect(row(ada.page, 'Settings that change', 'phone.language')).toContainText('en-GB');
  await expect(preview).toContainText('lang.gui = English');
  await ada.open('/layers');
  await expect(ada.page.locator('#changes')).toContainText('There is none here.');
});

test('the plan names the phones, and somebody else signs it', async ({ person }) => {
  const ada = await person('ada');
  number = await ada.draftLayer('site lon', 'phone.language = en-GB', 'British English for London.');
  const susan = await person('susan');
  expect((await susan.open(`/layers/changes/${number}`)).status(), 'a draft is its author\'s alone').toBe(404);
  await ada.open(`/layers/changes/${number}`);
  const alike = ada.page.locator('[data-alike]');
  await expect(alike).toHaveCount(1);
  await alike.getByText(/Which \d+ phones/).click();
  await expect(alike).toContainText(BOUND);
  await ada.submitLayer(number);
  await expectCode(ada.page, 'approval.self');
  const grace = await person('grace');
  await grace.approveLayer(number, 'guess');
  await expectCode(grace.errors, 'sign_in.failed');
  await grace.approveLayer(number);
  await expect(grace.said).toHaveText('Approved.');
});

test('published, it is in the files of the phones that were named', async ({ person, phone }) => {
  const ada = await person('ada');
  expect((await phone(BOUND).fetch()).get('lang.gui')).toBeUndefined();
  await ada.publishLayer(number);
  await expect.poll(async () => (await phone(BOUND).fetch()).get('lang.gui')).toBe('English');
  const susan = await person('susan');
  await susan.open(`/trace/${bare(BOUND)}`);
  await expect(row(susan.page, `Lines of ${bare(BOUND)}.cfg`, 'lang.gui')).toContainText(`LC-${number}`);
});

test('a group is the exact list, and a label brings a phone into it', async ({ person }) => {
  const ada = await person('ada');
  await ada.open('/layers/of/group/lobbies/edit');
  await ada.field('layer', 'With any of these roles').fill('lobby');
  await ada.saveLayer('phone.language = fr', 'Visitors.');
  const group = Number(ada.page.url().split('/').at(-1));
  await expect(ada.page.locator('#reach')).toContainText('No phone gets other files.');
  const grace = await person('grace');
  await ada.carryLayer(group, grace);
  await ada.open(`/layers/phones/${bare(FREE)}`);
  await ada.enter('labels', { Role: 'lobby', Reason: 'It stands there.' });
  const label = Number(ada.page.url().split('/').at(-1));
  await expect(row(ada.page, 'Against version', 'role and tags')).toContainText('role: lobby');
  await ada.carryLayer(label, grace);
  await ada.open(`/layers/phones/${bare(FREE)}`);
  await ada.page.getByRole('link', { name: 'lobbies' }).click();
  await expect(ada.page.locator('#members')).toContainText(FREE);
});

test('an exception is a small form with an owner and an end', async ({ person }) => {
  const ada = await person('ada');
  const asked = await ada.askException(BOUND, 'hours', {
    'Where calls go': '2110', 'Who answers': 'Ada Marlowe', Reason: 'Stocktaking.',
  });
  await expect(ada.page.locator('#about')).toContainText('calls of line 1 go to 2110');
  const grace = await person('grace');
  await ada.carryLayer(asked, grace);
  await ada.open('/layers');
  await expect(row(ada.page, /Those that end first/, `LC-${asked}`)).toContainText('Ada Marlowe');
});
