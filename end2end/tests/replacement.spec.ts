// A handset takes over the line of another one, from the console and at both phones: nothing moves before the old
// credential is dead, and the old handset is cleared before it is anybody's again.

import { expectCode, row } from '../fixtures/person';
import { BOUND, FREE } from '../fixtures/pages';
import { Phone, bare } from '../fixtures/phone';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'replacement' });
test.describe.configure({ mode: 'serial' });

test('a broken handset is replaced, and its line is never on two', async ({ demo, person }) => {
  const [ada, grace, susan] = [await person('ada'), await person('grace'), await person('susan')];
  const [old, fresh] = [BOUND, FREE].map((mac) => new Phone(demo.facts, demo.device(mac)));
  const before = await old!.fetch();

  await ada.open(`/devices/${bare(BOUND)}`);
  await ada.page.getByRole('link', { name: 'Replace this phone' }).click();
  await ada.enter('replace', { 'New handset': 'YL31G0000003', Reason: 'Its display is broken.' });
  const number = Number(new URL(ada.page.url()).pathname.split('/').at(-1));
  const steps = ada.page.getByRole('list', { name: 'Steps' }).locator('[aria-current="step"]');
  await expect(steps).toHaveText('requested');
  await expect(ada.page.locator('#model-diff')).toBeVisible();
  await expect(ada.page.getByText('a softphone for example')).toBeVisible();
  // The same again is refused, with the number of the one that is open.
  await ada.open('/exceptions/replace');
  await ada.enter('replace', { 'Old handset': 'YL46U0000001', 'New handset': 'YL43U0000004', Reason: 'Twice.' });
  await expectCode(ada.errors, 'request.state');
  await expect(ada.errors).toContainText(`EX-${number}`);

  await ada.open(`/exceptions/${number}`);
  const request = Number((await ada.page.locator('#handsets a[href^="/requests/"]').innerText()).replace('CR-', ''));
  await grace.openRequest(request);
  await expect(grace.page.locator('[data-code="replacement.alive"]').first()).toBeVisible();
  await grace.approve(request);
  await ada.open(`/exceptions/${number}`);
  await expect(steps).toHaveText('approved');
  await ada.send('rotate');
  await expect(steps).toHaveText('rotating');
  await ada.forge(`/requests/${request}/apply`);
  expect(await old!.fetch(), 'nothing moves before the old credential is dead').toEqual(before);

  await ada.open(`/exceptions/${number}`);
  await ada.enter('dead', { Evidence: 'Rotated at the PBX; no contact is left.' });
  await expect(steps).toHaveText('ready');
  await ada.page.getByRole('link', { name: `To CR-${request}` }).click();
  await ada.send('apply');
  await ada.open(`/devices/${bare(FREE)}`);
  await expect(row(ada.page, /Line keys of this device/, '2101')).toBeVisible();
  await fresh!.fetch();
  await old!.fetch();

  // The old one fetched what clears it; by hand it may be said too.
  await susan.open(`/exceptions/${number}`);
  await susan.enter('wiped', { 'How it was wiped': 'Reset to factory settings.' });
  await ada.open(`/exceptions/${number}`);
  await expect(steps).toHaveText('wiped');
  await ada.enter('end', { Reason: 'In its box, shelf 4.' });
  await expect(ada.said).toContainText('where the old handset goes');
  await ada.open('/exceptions?closed=true&kind=replacement');
  await expect(row(ada.page, /Cases/, `EX-${number}`)).toContainText('back to stock');
});
