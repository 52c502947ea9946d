// A change that goes out in waves: begun by publishing it, followed on its page, and taken back.

import { expectCode } from '../fixtures/person';
import { BOUND } from '../fixtures/pages';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'rollouts' });
test.describe.configure({ mode: 'serial' });

let number = 0;

test('how rollouts run is typed as text, and what is wrong is said', async ({ person }) => {
  const ada = await person('ada');
  await ada.open('/rollouts');
  await ada.enter('rollout-policy', { Waves: '5 %', Reason: 'Small steps.' });
  await expectCode(ada.errors, 'rollout.invalid');
  await expect(ada.form('rollout-policy').getByLabel('Waves')).toHaveValue('5 %');
  await ada.enter('rollout-policy', { 'At once up to': '0', Waves: `devices ${BOUND}\nall`, 'Minutes of spread': '0', Reason: 'Small steps.' });
  await expect(ada.said).toHaveText('The next rollouts run so.');
});

test('a wave waits for its phone, and the others keep what they had', async ({ person, phone }) => {
  const [ada, grace] = [await person('ada'), await person('grace')];
  await phone(BOUND).fetch();
  number = await ada.draftLayer('site lon', 'phone.language = en-GB', 'British English for London.');
  await ada.submitLayer(number);
  await grace.approveLayer(number);
  await ada.open(`/layers/changes/${number}`);
  await expect(ada.page.locator('#goes-out')).toContainText(`devices ${BOUND}`);
  await ada.publishLayer(number);
  await ada.page.locator('#about').getByRole('link', { name: 'RO-1' }).click();
  await ada.unfold('Skip');
  await ada.enter('skip', { Phone: 'no mac', Reason: 'It is being repaired.' });
  await expectCode(ada.errors, 'device.unknown');
  await expect(ada.field('skip', 'Phone')).toHaveAttribute('aria-invalid', 'true');
  const wave = ada.page.locator('[data-wave="1"]');
  await expect.poll(async () => (await phone(BOUND).fetch()).get('lang.gui')).toBe('English');
  await expect(wave, 'the page follows by itself').toContainText('now');
  expect((await phone('80:5e:c0:10:00:02').fetch()).get('lang.gui')).toBeUndefined();
});

test('aborted, it is taken back, and the layer says what it said', async ({ person, phone }) => {
  const ada = await person('ada');
  await ada.open('/rollouts/1');
  await ada.page.getByText('Abort and return', { exact: true }).first().click();
  await ada.enter('abort', { Reason: 'Screens went dark.' });
  await expect.poll(async () => {
    await ada.open('/rollouts/1');
    return ada.page.locator('[data-state]').getAttribute('data-state');
  }).toBe('aborted');
  expect((await phone(BOUND).fetch()).get('lang.gui')).not.toBe('English');
  await ada.open(`/layers/changes/${number}`);
  await expect(ada.page.locator('#decide')).toContainText('aborted');
});
