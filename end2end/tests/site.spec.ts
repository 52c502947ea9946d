// A site is opened: its steps, its cutover, acceptance at the phone; and a freeze holds what is approved until it is lifted.

import { expectCode, row } from '../fixtures/person';
import { FREE } from '../fixtures/pages';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'sites' });
test.describe.configure({ mode: 'serial' });

const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);

test('a step that nobody does stands on the board until somebody is named; a porting date moves what waits for it', async ({ person }) => {
  const linus = await person('linus');
  await linus.open('/sites/lon');
  await expect(linus.page.locator('[data-step="porting"]')).toContainText('nobody');
  for (const [step, owner, due] of [['porting', 'the carrier', 10], ['binding', 'ada', 12]] as const) {
    await linus.open(`/sites/lon/steps/${step}`);
    await linus.enter('change', { Owner: owner, Until: at(24 * due).slice(0, 10) });
    await expect(linus.said).toHaveText('The step is changed.');
  }
  const ada = await person('ada');
  await ada.forge('/numbers/+442079460150/port-in', { on: at(24 * 14), temporary: '', reason: 'Order 7719.' });
  await linus.open('/');
  await expect(row(linus.page, /Steps that are late or have moved/, 'Binding')).toContainText('Porting of numbers has moved by 4 days');
  await expect(linus.page.locator('[data-site="lon"]')).toContainText("9 without owner");
});

test('a site moves on only with what the next stage demands', async ({ person }) => {
  const linus = await person('linus');
  await linus.open('/sites/lon');
  await expect(linus.form('advance')).toHaveCount(0);
  await expect(linus.page.locator('#against')).toContainText('The step is open; its owner is nobody.');
  await linus.open('/sites/lon/steps/network');
  await linus.send('done');
  await expect(linus.errors).toContainText('It waits for Internet line, which is open');
  for (const step of ['isp', 'power', 'cabling', 'network', 'delivery', 'hiring', 'accounts']) {
    await linus.open(`/sites/lon/steps/${step}`);
    await linus.send('done');
    await expect(linus.said).toHaveText('The step is done.');
  }
  await linus.open('/sites/lon/steps/porting');
  await linus.unfold('It is not needed');
  await linus.enter('drop', { Reason: 'The old numbers stay.' });
  for (const stage of ['network ready', 'validated']) {
    await linus.enter('advance', { Reason: 'Seen on site.' });
    await expect(linus.said).toHaveText(`The site is now in stage ${stage}.`);
  }
  await expect(linus.page.locator('#against')).toContainText('Nobody has decided go or no-go.');
});

test('a cutover is planned, decided, and followed step by step on a phone', async ({ person }) => {
  const linus = await person('linus', { viewport: { width: 390, height: 800 } });
  await linus.open('/sites/lon/cutover');
  await linus.enter('plan', { 'What is done': 'Switch the trunk', Owner: 'linus', 'Begins': at(-1), Minutes: '0' });
  await expectCode(linus.errors, 'form.invalid');
  await expect(linus.field('plan', 'What is done')).toHaveValue('Switch the trunk');
  await linus.form('plan').getByLabel('The back-out point').check();
  await linus.enter('plan', { Minutes: '30' });
  await expect(linus.said).toHaveText('The plan is changed.');
  await linus.form('on-call').getByLabel('Approver on call').selectOption('grace');
  await linus.send('on-call');
  await linus.enter('decide', { Reason: 'All there.', 'Your password': 'a guess' });
  await expectCode(linus.errors, 'sign_in.failed');
  await linus.enter('decide', { Reason: 'All there.', 'Your password': linus.login.password });
  await expect(linus.page.locator('main')).toContainText('All there.');
  await linus.open('/sites/lon');
  await linus.enter('advance', { Reason: 'It begins.' });
  await linus.open('/sites/lon/cutover');
  await expect(linus.page.locator('[data-timed="1"]')).toContainText('min late');
  await linus.send('begin');
  await linus.send('end');
  await linus.open('/sites/lon');
  await expect(linus.form('back')).toHaveCount(0);
  await linus.enter('advance', { Reason: 'Done.' });
  await expect(linus.page.locator('#opening')).toHaveAttribute('data-stage', 'hypercare');
});

test('a line is accepted by what somebody tried at its phone', async ({ person }) => {
  const linus = await person('linus', { viewport: { width: 390, height: 800 } });
  await linus.open('/sites/lon/acceptance');
  await linus.page.locator('#lines a').first().click();
  await linus.form('try').getByRole('group', { name: 'Voicemail is reached' }).getByLabel('Failed').check();
  await linus.send('try');
  await expectCode(linus.errors, 'field.missing');
  await linus.form('try').getByRole('group', { name: 'Voicemail is reached' }).getByLabel('What was seen').fill('No answer.');
  for (const name of ['Calls out', 'Calls in', 'Others see']) {
    await linus.form('try').getByRole('group', { name }).getByLabel('Passed').check();
  }
  await linus.send('try');
  await expect(linus.page.locator('main')).toContainText('Failed: Voicemail is reached (No answer.).');
  await linus.form('try').getByRole('group', { name: 'Voicemail is reached' }).getByLabel('Passed').check();
  await linus.send('try');
  await expect(linus.page.locator('.head')).toContainText('accepted');
});

test('a freeze holds what is approved, says until when, and is lifted with a reason', async ({ person }) => {
  const [ada, grace] = [await person('ada'), await person('grace')];
  const number = await ada.draft({ kind: 'bind', mac: FREE, extension: '2103' });
  await ada.submit(number);
  await grace.approve(number);
  await ada.open('/freezes');
  await ada.form('define').getByLabel('For').selectOption('lon');
  await ada.enter('define', { From: at(-1), Until: at(-2), Reason: 'Quarter end.' });
  await expectCode(ada.errors, 'dates.order');
  await ada.enter('define', { Until: at(48) });
  await expect(ada.said).toHaveText('The freeze is defined.');
  await ada.openRequest(number);
  await expectCode(ada.page.locator('#blocks'), 'freeze.holds');
  const held = await ada.forge(`/requests/${number}/apply`);
  expect(held.status()).toBe(409);
  expect(await held.text()).toContain('May be lifted by: administrator, approver.');
  await ada.open('/');
  await expect(ada.page.locator('#in-force')).toContainText('Nothing is applied for lon');

  await grace.open('/freezes');
  await grace.enter('lift', { Reason: 'Reception has no phone.' });
  await expect(row(grace.page, /The last 200/, 'lon')).toContainText('Lifted by grace');
  await ada.openRequest(number);
  await ada.send('apply');
  await expect(ada.page.locator('.head')).toContainText('applied');
});
