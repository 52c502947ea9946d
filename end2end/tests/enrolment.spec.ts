// Enrolment, from the console to the phone and back: codes are made, activated, printed and used; what two phones use
// at once becomes a case; a phone that was reset is let in again.

import { readFileSync } from 'node:fs';
import { expectCode, row } from '../fixtures/person';
import { bare } from '../fixtures/phone';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'enrolment' });
test.describe.configure({ mode: 'serial' });

const PHONE = '80:5e:c0:20:00:01';
const OTHER = '80:5e:c0:20:00:02';
const file = (mac: string) => `${bare(mac)}.cfg`;
/** What a technician types, without the host. */
let path = '';

test('codes are made for the devices of a site, and are of no use before their day', async ({ person }) => {
  const linus = await person('linus');
  await linus.open('/enrolment');
  await expect(linus.page.getByText('There is no code and no address yet.')).toBeVisible();
  await linus.page.getByLabel('Site', { exact: true }).selectOption('par');
  await linus.page.getByRole('button', { name: 'Filter' }).click();
  await linus.send('make-codes');
  await expect(linus.said).toContainText('codes made');
  await expect(row(linus.page, /Codes and signed addresses/, PHONE)).toContainText('inactive');
  await expect(linus.form('make-codes').getByRole('button')).toBeDisabled();
  // Whoever makes and activates them does not see them.
  await expect(linus.form('hand-out')).toHaveCount(0);
});

test('the technician\'s list is shown for a reason, to be printed or as a file', async ({ person }) => {
  const ada = await person('ada');
  await ada.open('/enrolment?site=par');
  const forged = await ada.forge('/enrolment/export', { site: 'par', kind: 'code', as: 'page', reason: ' ' });
  expect(forged.status()).toBe(422);
  await ada.enter('hand-out', { Reason: 'Opening day in Paris.' });
  const line = row(ada.page, 'Codes, by place', PHONE);
  await expect(line).toContainText(/\d{3}-\d{3}-\d{4}/);
  const address = await line.locator('code.address').textContent();
  path = new URL(address!).pathname;
  await ada.page.emulateMedia({ media: 'print' });
  await expect(line).toBeVisible();
  await expect(ada.page.getByRole('navigation', { name: 'Main' })).toBeHidden();
  await ada.page.emulateMedia({ media: 'screen' });

  await ada.open('/enrolment?site=par');
  await ada.form('hand-out').getByLabel('As', { exact: true }).selectOption('csv');
  await ada.field('hand-out', 'Reason').fill('For the label printer.');
  const [download] = await Promise.all([ada.page.waitForEvent('download'), ada.form('hand-out').getByRole('button').click()]);
  expect(download.suggestedFilename()).toBe('enrolment-par.csv');
  const text = readFileSync(await download.path(), 'utf8');
  expect(text.split('\r\n')[0]).toBe('place,room,vendor,model,mac,serial,code,address,state');
  expect(text).toContain(address!);

  const alan = await person('alan');
  await alan.open('/audit');
  await expect(alan.page.getByText('Opening day in Paris.')).toBeVisible();
  await expect(alan.page.getByText('For the label printer.')).toBeVisible();
});

test('an activated code lets its own phone in, once, over TLS', async ({ person, phone }) => {
  const [own, other] = [phone(PHONE), phone(OTHER)];
  expect((await own.ask(path + file(PHONE))).status, 'before its day').toBe(404);
  const linus = await person('linus');
  await linus.open('/enrolment?site=par');
  await linus.send('activate');
  await expect(linus.said).toContainText('active for 24 hours');

  expect((await own.askPlain(path + file(PHONE))).status, 'without TLS').toBe(404);
  expect((await other.ask(path + file(OTHER))).status, 'another phone').toBe(404);
  const first = await own.ask(path + file(PHONE));
  expect([first.status, first.headers['cache-control']]).toEqual([200, 'no-store']);
  expect(first.body).toContain(own.credential.password);
  expect(first.body).not.toContain('account.');
  expect((await own.ask(path + file(PHONE))).body, 'the power was cut').toBe(first.body);
  expect((await own.ask(path + file(PHONE), { 'user-agent': 'curl/8' })).status, 'somebody else').toBe(404);

  await linus.open(`/enrolment/${bare(PHONE)}`);
  const tokens = linus.page.getByRole('table', { name: /newest first/ });
  await expect(tokens).toContainText('in session');
  await expect(tokens).toContainText('clash');
  await linus.open('/exceptions');
  await expect(linus.page.getByRole('main')).toContainText(PHONE);

  await own.fetch();
  await linus.open(`/enrolment/${bare(PHONE)}`);
  await expect(tokens).toContainText('used');
  expect((await own.ask(path + file(PHONE))).status, 'spent').toBe(404);
});

test('a phone that was reset is let in again by an act with a reason', async ({ person, phone }) => {
  const linus = await person('linus');
  await linus.open(`/devices/${bare(PHONE)}`);
  await linus.page.getByRole('main').getByRole('link', { name: 'code', exact: true }).click();
  await linus.form('reopen').getByLabel('Reason').fill('Reset at the desk.');
  await linus.send('reopen');
  await expect(linus.said).toContainText('open again');
  await expect(linus.page.getByRole('table', { name: /newest first/ })).toContainText('waiting');
  const own = phone(PHONE);
  expect((await own.prove(own.credential)).status, 'the old credential').toBe(401);
  expect((await own.ask(path + file(PHONE))).status, 'the old code').toBe(404);

  const forged = await linus.forge(`/enrolment/${bare(PHONE)}/reopen`, { kind: 'code', reason: '' });
  expect(forged.status()).toBe(422);
  expect(await forged.text()).toContain('field.missing');
});

test('a phone goes back to its vendor, and what it held is dead', async ({ person }) => {
  const ada = await person('ada');
  await ada.open('/enrolment?site=par');
  await ada.send('make-addresses');
  await ada.open(`/enrolment/${bare(OTHER)}`);
  await ada.enter('give-back', { Reason: 'Broken display.' });
  await expect(ada.page.getByRole('table', { name: /newest first/ })).toContainText('released');
  await ada.enter('give-back', { Reason: 'Once more.' });
  await expectCode(ada.errors, 'request.state');
});
