// A proven phone asks for another one's file: a case with one next step, and what the site's policy makes of it.

import { expectCode, row } from '../fixtures/person';
import { BOUND, FREE } from '../fixtures/pages';
import { Phone, bare } from '../fixtures/phone';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'exceptions' });
test.describe.configure({ mode: 'serial' });

test('a doubt opens a case, the line is kept as the policy says, and the release closes it', async ({ demo, person }) => {
  const ada = await person('ada');
  const phone = new Phone(demo.facts, demo.device(BOUND));
  const other = new Phone(demo.facts, demo.device(FREE));
  expect((await other.prove(phone.credential)).status).toBe(403);

  await ada.open('/exceptions');
  await expect(row(ada.page, /Cases/, 'EX-1')).toContainText('Identity mismatch');
  await expect(row(ada.page, /Cases/, 'EX-1')).toContainText(BOUND);
  await phone.fetch();

  await ada.open('/sites/lon');
  await ada.refusePolicy();
  await expectCode(ada.errors, 'cidr.invalid');
  await expect(ada.field('policy', 'Expected from')).toHaveValue('the internet');
  await ada.open('/sites/lon');
  const light = ada.form('policy').getByRole('group', { name: /light doubt/i });
  await ada.page.getByText('Change', { exact: true }).click();
  await light.getByLabel('standing lines are held').check();
  await ada.enter('policy', { Reason: 'Until we know more.' });
  await expect(ada.said).toHaveText('Set. It holds from the next request on.');
  expect((await phone.prove(phone.credential)).status).toBe(503);

  await ada.open('/exceptions/1');
  await ada.send('take');
  await expect(ada.page.locator('dl.facts')).toContainText('ada');
  await ada.page.getByRole('link', { name: 'To the device' }).click();
  await ada.enter('release', { Reason: 'The address was copied from the desk next to it.' });
  await phone.fetch();
  await ada.open('/exceptions?closed=true');
  await expect(row(ada.page, /Cases/, 'EX-1')).toContainText('The address was copied');
  await ada.open(`/devices/${bare(BOUND)}`);
  await expect(ada.page.getByRole('heading', { name: 'Open cases' })).toHaveCount(0);
});
