// Passwords of one's own, and roles that are held at a site.

import { expectCode, row } from '../fixtures/person';
import { passwordOf } from '../fixtures/ringfence';
import { expect, test } from '../fixtures/test';

test('whoever is made chooses a password before anything else, and every other session ends with it', async ({ person, stranger }) => {
  const first = { name: 'nora', password: 'nora-was-given-this-42' };
  const ada = await person('ada');
  await ada.open('/users');
  await ada.form('user').getByRole('checkbox', { name: /^support/ }).check();
  await ada.enter('user', { Name: first.name, Password: first.password });
  await expect(row(ada.page, 'Users of the console', 'nora')).toContainText('first password');

  const nora = await stranger(first);
  await nora.signIn();
  await expect(nora.page).toHaveURL(/\/password$/);
  await nora.open('/devices');
  await expect(nora.page, 'no page before that').toHaveURL(/\/password$/);
  const act = await nora.forge('/exceptions/report', { kind: 'unknown-device', detail: 'Nobody.' });
  expect([act.status(), act.headers().location], 'and no form').toEqual([303, '/password']);
  const elsewhere = await stranger(first);
  await elsewhere.signIn();

  await nora.choosePassword('a password of noras own', 'not the one that she has');
  await expectCode(nora.page, 'sign_in.failed');
  await nora.choosePassword('too short');
  await expectCode(nora.page, 'password.weak');
  await nora.choosePassword(first.password);
  await expectCode(nora.page, 'form.invalid');
  await nora.choosePassword('a password of noras own');
  await expect(nora.page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await elsewhere.open('/');
  await expect(elsewhere.page, 'the other session has ended').toHaveURL(/\/sign-in/);
  await elsewhere.signIn();
  await expectCode(elsewhere.page, 'sign_in.failed');
  await elsewhere.signIn('a password of noras own');
  await expect(elsewhere.page.getByRole('heading', { level: 1 })).toHaveText('Overview');
});

test('a role at one site is offered there, and refused at another by the server', async ({ person, stranger }) => {
  const ada = await person('ada');
  await ada.hire('oskar', 'site lead');
  await ada.open('/users');
  await row(ada.page, 'Users of the console', 'oskar').getByRole('link').first().click();
  await ada.enter('grant', { 'Sites of the site lead': 'nowhere', Reason: 'He leads Paris alone.' });
  await expectCode(ada.page, 'site.unknown');
  await ada.enter('grant', { 'Sites of the site lead': 'par' });
  await expect(row(ada.page, 'Users of the console', 'oskar')).toContainText('site lead at par');
  await ada.open('/audit');
  const act = row(ada.page, 'Administrative acts', 'user.grant').first();
  await expect(act).toContainText('site lead at par');

  const oskar = await stranger({ name: 'oskar', password: passwordOf('oskar') });
  await oskar.signIn();
  await oskar.open('/sites/par/steps/gate');
  await expect(oskar.form('done')).toHaveCount(1);
  await oskar.open('/sites/lon/steps/gate');
  await expect(oskar.form('done'), 'reading is as wide as ever').toHaveCount(0);
  const forged = await oskar.forge('/sites/lon/steps/gate/done', { reason: 'No.' });
  expect(forged.status()).toBe(403);
  expect(await forged.text()).toContain('data-code="forbidden"');
});
