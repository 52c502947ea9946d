// The same journeys with JavaScript switched off: forms and links are enough.

import { oslo, wrong } from '../fixtures/csv';
import { expectCode, row, type Person } from '../fixtures/person';
import { bare } from '../fixtures/phone';
import { expect, test as base } from '../fixtures/test';

const test = base.extend<{ plain(name: string): Promise<Person> }>({
  plain: async ({ person }, use) => {
    await use((name) => person(name, { javaScriptEnabled: false }));
  },
});

test.use({ stage: 'no script' });
test.describe.configure({ mode: 'serial' });

const MAC = '80:5e:c0:20:00:02';
const EXTENSION = '3102';

test('signing in and out', async ({ stranger }) => {
  const susan = await stranger('susan', { javaScriptEnabled: false });
  await susan.open('/devices');
  await susan.enter('sign-in', { Name: 'susan', Password: 'not hers' });
  await expectCode(susan.errors, 'sign_in.failed');
  await expect(susan.errors).toBeFocused();
  await susan.enter('sign-in', { Name: 'susan', Password: susan.login.password });
  await expect(susan.page).toHaveURL(/\/devices$/);
  await susan.signOut();
  await expect(susan.page).toHaveURL(/\/sign-in$/);
});

test('importing a package', async ({ plain }) => {
  const ada = await plain('ada');
  await ada.upload(...wrong.files);
  await expect(ada.page.getByRole('table', { name: 'What is wrong, row by row' }).locator('tbody tr')).toHaveCount(wrong.faults.length);
  await expect(ada.form('commit')).toHaveCount(0);
  await ada.upload(...oslo);
  await ada.send('commit');
  await expect(ada.said).toHaveText('Committed: every row is in.');
});

test('opening a gate', async ({ plain }) => {
  const linus = await plain('linus');
  await linus.recordEvidence('par', 'Seen without a script.');
  await linus.signOff('par');
  await expect(linus.page.getByRole('region', { name: /Segment voice/ })).toHaveAttribute('data-gate', 'open');
});

let number = 0;

test('asking for a line', async ({ plain }) => {
  const ada = await plain('ada');
  await ada.open('/devices');
  await ada.enter('filter', { Search: MAC });
  await ada.page.getByRole('link', { name: MAC }).click();
  await ada.page.getByRole('link', { name: 'Bind line key 1', exact: true }).click();
  await ada.enter('request', { Extension: EXTENSION, Reason: 'Moves in.' });
  number = Number(ada.page.url().split('/').at(-1));
  await ada.send('submit');
  await expect(ada.state).toHaveText('submitted');
});

test('approving and applying it', async ({ plain, phone }) => {
  const grace = await plain('grace');
  await grace.approve(number, 'not hers');
  await expect(grace.errors).toBeFocused();
  await grace.approve(number);
  await expect(grace.state).toHaveText('approved');
  const ada = await plain('ada');
  await ada.apply(number);
  await expect(ada.state).toHaveText('applied');
  expect((await phone(MAC).fetch()).get('account.1.user_name')).toBe(EXTENSION);
});

test('tracing it', async ({ plain }) => {
  const susan = await plain('susan');
  await susan.trace(EXTENSION);
  await expect(susan.page).toHaveURL(new RegExp(`/trace/${bare(MAC)}$`));
  const line = row(susan.page, `Lines of ${bare(MAC)}.cfg`, 'account.1.user_name');
  await expect(line).toContainText(`CR-${number}`);
  // What needs a script does not pretend to be there.
  await expect(susan.page.getByRole('button', { name: /^Copy/ })).toHaveCount(0);
  await expect(susan.page.getByLabel('Filter lines')).toBeHidden();
  await expect(susan.page.locator('[data-hydrated]')).toHaveCount(0);

  const particulars = row(susan.page, 'Serves and refusals', `CR-${number}`).first().locator('details');
  await particulars.locator('summary').click();
  await expect(particulars.getByText('Yealink SIP-T46U')).toBeVisible();
});

test('verifying the record', async ({ plain }) => {
  const alan = await plain('alan');
  await alan.open('/audit');
  await alan.send('verify');
  await expect(alan.page.getByRole('status').filter({ hasText: 'Verification' })).toHaveAttribute('data-result', 'ok');
});
