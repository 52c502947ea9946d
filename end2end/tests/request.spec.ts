// Buttons of a request that are pressed twice, in two tabs, or on a page that the back button brought; and what a
// request changes beside lines: how far somebody may call, an exception for a selection of phones, and where they stand.

import type { Page } from '@playwright/test';
import { bare } from '../fixtures/phone';
import { Person, row, expectCode } from '../fixtures/person';
import { BOUND, FREE } from '../fixtures/pages';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'request' });
test.describe.configure({ mode: 'serial' });

/** The same person at another tab, which shows what this one shows now. */
async function tab(person: Person): Promise<Person> {
  const page: Page = await person.page.context().newPage();
  const other = new Person(page, person.login);
  await other.open(new URL(person.page.url()).pathname);
  return other;
}

/** What the tab says that came too late, and that it says what to do. */
async function tooLate(late: Person, code: string, todo: string) {
  await expectCode(late.errors, code);
  await expect(late.errors).toContainText(todo);
}

test('submit, approve, reject, apply: what one tab has done, the other is told', async ({ person }) => {
  const [ada, grace] = [await person('ada'), await person('grace')];
  const number = await ada.draft({ kind: 'bind', mac: FREE, key: 2, extension: '2111' });
  const reload = 'Reload the page';

  let other = await tab(ada);
  await ada.submit(number);
  await other.send('submit');
  await tooLate(other, 'request.state', reload);
  await other.page.close();

  await grace.openRequest(number);
  let late = await tab(grace);
  const third = await tab(grace);
  await grace.approve(number);
  await late.enter('approve', { 'Your password': grace.login.password });
  await tooLate(late, 'request.state', reload);
  await third.unfold('Reject it instead');
  await third.enter('reject', { Reason: 'Changed my mind.' });
  await tooLate(third, 'request.state', reload);
  await Promise.all([late.page.close(), third.page.close()]);

  await ada.openRequest(number);
  other = await tab(ada);
  late = await tab(ada);
  await ada.apply(number);
  await other.send('apply');
  await tooLate(other, 'request.state', reload);
  await late.send('withdraw');
  await tooLate(late, 'request.state', reload);
  await Promise.all([other.page.close(), late.page.close()]);

  // Rejected in one tab, approved in the other.
  const refused = await ada.draft({ kind: 'unbind', mac: FREE, key: 2 });
  await ada.submit(refused);
  await grace.openRequest(refused);
  late = await tab(grace);
  await grace.reject(refused, 'It stays.');
  await late.enter('approve', { 'Your password': grace.login.password });
  await tooLate(late, 'request.state', reload);
  await late.page.close();
});

test('a plan that has changed since the page was shown is not approved from it', async ({ person }) => {
  const [ada, grace] = [await person('ada'), await person('grace')];
  const first = await ada.draft({ kind: 'bind', mac: FREE, key: 1, extension: '2103' });
  await ada.submit(first);
  await grace.openRequest(first);
  const old = await tab(grace);
  // Another line of the same phone begins meanwhile: its file would be another.
  const second = await ada.draft({ kind: 'unbind', mac: FREE, key: 2 });
  await ada.submit(second);
  await grace.approve(second);
  await ada.apply(second);
  await old.enter('approve', { 'Your password': grace.login.password });
  await tooLate(old, 'plan.changed', 'Reload, read the plan again');
  await old.page.close();
  await ada.withdraw(first);
});

test('how far an extension may call is asked for, and holds once it is applied', async ({ person }) => {
  const [ada, grace] = [await person('ada'), await person('grace')];
  await ada.open('/numbers/2104');
  await ada.unfold('Ask for another class');
  await ada.enter('class', { 'Class of service': 'international', Reason: 'Sells abroad.' });
  await expect(ada.said).toContainText('a draft is made');
  await expect(ada.page.locator('#routes')).toContainText('class of service international');
  const number = Number(ada.page.url().split('/').at(-1));
  await ada.submit(number);
  await grace.approve(number);
  await ada.apply(number);
  await ada.open('/numbers/2104');
  await expect(ada.page.getByRole('region', { name: 'Class of service' })).toContainText('international');
});

test('an exception for a selection is one request, and stands with its number', async ({ person }) => {
  const [ada, grace] = [await person('ada'), await person('grace')];
  await ada.open('/requests/selection?site=lon');
  await ada.page.locator(`[data-line="${bare(BOUND)}-1"] input`).check();
  await ada.form('selection').getByLabel('What is to happen').selectOption({ label: 'Exception: Other hours' });
  await ada.unfold('For an exception');
  // Without an end it is refused, and what was typed stays.
  await ada.form('selection').getByLabel('Line', { exact: true }).fill('1');
  await ada.enter('selection', { Number: '2110', 'Who answers for it': 'Carys Penrose', Reason: 'Stocktaking.' });
  await expectCode(ada.errors, 'field.missing');
  await expect(ada.field('selection', 'Number')).toHaveValue('2110');
  await ada.page.locator(`[data-line="${bare(BOUND)}-1"] input`).check();
  const until = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 16);
  await ada.enter('selection', { Ends: until });
  await expect(ada.page.locator('#excepted-0')).toContainText('line.1.forward.always');
  const number = Number(ada.page.url().split('/').at(-1));
  await ada.submit(number);
  await grace.approve(number);
  await ada.apply(number);
  await ada.open(`/layers/phones/${bare(BOUND)}`);
  await expect(ada.page.locator(`[data-excepted="CR-${number}"]`)).toContainText('2110');
  await expect(row(ada.page, /Those that end first/, 'Other hours')).toContainText('Carys Penrose');
});

test('phones of a selection stand at another place once it is approved and applied', async ({ person }) => {
  const [ada, grace] = [await person('ada'), await person('grace')];
  await ada.open('/requests/selection?site=lon');
  await ada.page.locator(`[data-line="${bare(BOUND)}-1"] input`).check();
  await ada.form('selection').getByLabel('What is to happen').selectOption({ label: 'Put the phones at another place' });
  await ada.unfold('For another place');
  await ada.enter('selection', { Place: 'nowhere', Reason: 'The desk moves.' });
  await expectCode(ada.errors, 'place.unknown');
  await expect(ada.field('selection', 'Place')).toHaveValue('nowhere');
  await ada.enter('selection', { Place: '2-15' });
  await expect(ada.page.locator('main')).toContainText('2nd floor, room 2.15');
  const number = Number(ada.page.url().split('/').at(-1));
  await ada.submit(number);
  await grace.approve(number);
  await ada.apply(number);
  await ada.open(`/devices/${bare(BOUND)}`);
  await expect(ada.page.locator('main')).toContainText('2-15');
});
