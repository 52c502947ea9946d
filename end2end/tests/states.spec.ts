// Pages with nothing, with too much, and with something wrong.

import { randomUUID } from 'node:crypto';
import { thousand } from '../fixtures/csv';
import { expectCode, row } from '../fixtures/person';
import { bare } from '../fixtures/phone';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'states' });

test('an empty installation says on every page what is missing, and what to do next', async ({ empty, stranger }) => {
  const hedy = await stranger({ name: 'hedy', password: 'a first long password' }, { base: empty.console });
  await hedy.open('/');
  await hedy.enter('setup', { 'One-time code': empty.code, 'Your name': 'hedy', Password: hedy.login.password });
  for (const [path, says] of [
    ['/', 'There is no site yet. Import a site package.'],
    ['/', 'You have no open request.'],
    ['/devices', 'There is no device yet. Import a site package.'],
    ['/devices?site=lon', 'No device fits the filter.'],
    ['/requests', 'There is none here.'],
    ['/requests?tab=done', 'There is none here.'],
    ['/import', 'Nothing has been imported yet.'],
    ['/trace?q=2101', 'Nothing here is called 2101.'],
    ['/trace?q=2101', 'There was none.'],
  ]) {
    await hedy.open(path);
    await expect(hedy.page.getByText(says), path).toBeVisible();
  }
  await hedy.open('/audit');
  await expect(row(hedy.page, 'Administrative acts', 'user.create_first')).toBeVisible();
  await hedy.send('verify');
  await expect(hedy.page.getByRole('status').filter({ hasText: 'Verification' })).toHaveAttribute('data-result', 'ok');
});

test('what is not there is not found, under a title of its own, and leads back', async ({ person }) => {
  const susan = await person('susan');
  for (const path of [
    '/no-such-page', '/sites/xyz', '/devices/805ec0ffffff', '/devices/not-a-mac', '/requests/99999', '/requests/one',
    '/trace/805ec0ffffff', '/requests/1/approve', '/sites/lon/segments/voice/evidence', '/../../etc/passwd', '/%2e%2e/%00',
  ]) {
    const response = await susan.open(path);
    expect(response.status(), path).toBe(404);
    await expect(susan.page.getByRole('heading', { level: 1 })).toHaveText('Nothing here');
    await expectCode(susan.page, 'not_found');
    await expect(susan.page, path).toHaveTitle('Nothing here · Ringfence');
  }
  await susan.page.getByRole('link', { name: 'Back to the overview' }).click();
  await expect(susan.page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  for (const path of ['/requests/99999/apply', '/no-such-form', '/sign-out/now']) {
    expect([403, 404], path).toContain((await susan.forge(path)).status());
  }
});

test('what is forbidden says which role it needs', async ({ person }) => {
  const susan = await person('susan');
  for (const [path, role] of Object.entries({
    '/import': 'administrator', '/users': 'administrator', '/audit': 'auditor', '/requests/new': 'administrator',
  })) {
    const response = await susan.open(path);
    expect(response.status(), path).toBe(403);
    await expectCode(susan.page, 'forbidden');
    await expect(susan.page.getByRole('main')).toContainText(role);
  }
});

test('broken and oversized forms are refused with a code, and nothing breaks', async ({ person }) => {
  const ada = await person('ada');
  const form = 'application/x-www-form-urlencoded';
  const parts = 'multipart/form-data; boundary=a';
  const part = (head: string, body: string) => `--a\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}`;
  const token = part('name="token"', `${randomUUID()}\r\n`);
  const bind = `token=${randomUUID()}&kind=bind&mac=805ec0100003&index=1&extension=2103`;
  for (const [what, path, type, data, code] of [
    ['no form at all', '/requests', 'application/json', '{"kind":"bind"}', 'form.invalid'],
    ['bytes that are no text', '/requests', form, Buffer.from([0xff, 0xfe, 0x25, 0x7a]), 'form.invalid'],
    ['a form that is too large', '/requests', form, `reason=${'x'.repeat(300_000)}`, 'form.invalid'],
    ['a reason that is too long', '/requests', form, `${bind}&reason=${'x'.repeat(2000)}`, 'field.too_long'],
    ['a form without its fields', '/requests', form, `token=${randomUUID()}`, 'field.missing'],
    ['an upload that ends too early', '/import', parts, part('name="files"; filename="a.csv"', 'site'), 'form.invalid'],
    ['an upload without files', '/import', parts, `${token}--a--\r\n`, 'import.empty'],
  ] as const) {
    const headers = { 'content-type': type, 'sec-fetch-site': 'same-origin' };
    const answer = await ada.page.request.post(path, { data, headers, maxRedirects: 0 });
    expect(answer.status(), what).toBe(422);
    const codes = [...(await answer.text()).matchAll(/data-code="([^"]+)"/g)].map(([, found]) => found);
    expect(codes, what).toContain(code);
  }
});

test('files that are no sheets are refused row by row', async ({ person }) => {
  const ada = await person('ada');
  for (const text of ['not a csv', '', 'site,name\n"unclosed', 'MAC;Serial\n', '\u0000\u0001']) {
    await ada.upload({ name: 'odd.csv', text });
    await expect(ada.form('commit'), JSON.stringify(text)).toHaveCount(0);
    await expect(ada.page.getByRole('table', { name: 'What is wrong, row by row' }), JSON.stringify(text)).toBeVisible();
  }
  await ada.open('/import');
  await expect(row(ada.page, 'Imports', 'odd.csv').first()).toBeVisible();
});

test('an upload that is too large says so', async ({ person }) => {
  const ada = await person('ada');
  const line = 'lon,YL00,80:5e:c0:99:00:01,yealink,T43U,1-01,voice\n';
  await ada.open('/import');
  await ada.form('import').getByLabel('CSV files').setInputFiles({
    name: 'large.csv', mimeType: 'text/csv', buffer: Buffer.from(line.repeat(Math.ceil(9 * 1024 * 1024 / line.length))),
  });
  await ada.send('import');
  await expect(ada.page.locator('[data-code="import.too_large"]').first()).toBeVisible();
  await expect(ada.form('commit')).toHaveCount(0);
});

test('an approved plan that has changed since can be looked at and submitted again', async ({ person }) => {
  const [ada, grace] = [await person('ada'), await person('grace')];
  const mac = '80:5e:c0:10:00:02';
  const approved = async (key: number, extension: string) => {
    const number = await ada.draft({ kind: 'bind', mac, key, extension });
    await ada.submit(number);
    await grace.approve(number);
    return number;
  };
  const [late, first] = [await approved(2, '2108'), await approved(3, '2109')];
  await ada.apply(first);
  await ada.openRequest(late);
  await expectCode(ada.page.getByRole('region', { name: 'What blocks applying it now' }), 'plan.stale');

  // Somebody has to be able to go on from here.
  const next = ada.page.getByRole('region', { name: 'Next step' });
  await expect(next.locator('form[data-form="apply"], form[data-form="submit"]')).toHaveCount(1);
  if (await ada.form('apply').count()) await ada.send('apply');
  await expect(ada.form('submit')).toHaveCount(1);
  await ada.send('submit');
  await expect(ada.state).toHaveText('submitted');
  await grace.approve(late);
  await ada.apply(late);
  await expect(ada.state).toHaveText('applied');
});

test.describe('a thousand devices', () => {
  test.describe.configure({ mode: 'serial' });

  test('come in through one import', async ({ person }) => {
    test.slow();
    const ada = await person('ada');
    await ada.upload(...thousand());
    await expect(row(ada.page, /created/, 'devices')).toContainText('1000');
    await ada.form('commit').getByRole('button').click({ timeout: 60_000 });
    await expect(ada.said).toHaveText('Committed: every row is in.', { timeout: 60_000 });
    await ada.open('/');
    await expect(row(ada.page, 'Readiness of sites', 'Bigtown')).toContainText('1000');
  });

  test('are listed page by page, each once, and the address says where one is', async ({ demo, person }) => {
    const susan = await person('susan');
    await susan.open('/devices');
    const rows = susan.page.getByRole('table', { name: 'Inventory' }).locator('tbody tr');
    const next = susan.page.getByRole('link', { name: 'Next page' });
    const seen: (string | null)[] = [];
    for (let pages = 0; pages < 20; pages++) {
      const here = await rows.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.mac ?? null));
      expect(here.length).toBeLessThanOrEqual(200);
      seen.push(...here);
      if (!await next.count()) break;
      await next.click();
      await expect(susan.page).toHaveURL(/after=/);
    }
    expect(seen.length).toBe(demo.facts.devices.length + 1000);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual([...seen].sort());

    const last = await rows.first().getAttribute('data-mac');
    await susan.page.reload();
    expect(await rows.first().getAttribute('data-mac')).toBe(last);
    await susan.page.getByRole('link', { name: 'First page' }).click();
    await expect(susan.page).toHaveURL(`${demo.console}/devices`);
    await expect(rows).toHaveCount(200);
  });

  test('are filtered, and the filter lives in the address', async ({ demo, person }) => {
    const susan = await person('susan');
    const rows = susan.page.getByRole('table', { name: 'Inventory' }).locator('tbody tr');
    await susan.open('/devices');
    await susan.field('filter', 'Site').selectOption('big');
    await susan.send('filter');
    await expect(susan.page).toHaveURL(/[?&]site=big/);
    await expect(rows).toHaveCount(200);
    await susan.page.getByRole('link', { name: 'Next page' }).click();
    await expect(susan.page).toHaveURL(/site=big&after=/);
    await expect(rows).toHaveCount(200);
    await expect(susan.field('filter', 'Site')).toHaveValue('big');

    await susan.open('/devices?site=big&q=BIG000099');
    await expect(rows).toHaveCount(10);
    await expect(susan.page.getByRole('navigation', { name: 'Pages' })).toHaveCount(0);
    await susan.open('/devices?q=%25');
    expect(await rows.count(), 'a wildcard is no wildcard').toBeLessThanOrEqual(200);
    await susan.open('/devices?state=bound');
    await expect(rows.filter({ hasText: 'T43U' })).toHaveCount(0);
    await susan.open('/devices?q=ada%20marlowe');
    await expect(rows).toHaveCount(1);
    await expect(rows).toHaveAttribute('data-mac', bare('80:5e:c0:10:00:01'));

    // The address is the whole state: somebody else sees the same.
    const linus = await person('linus');
    await linus.open('/devices?site=big&q=BIG0000999');
    await expect(linus.page.getByRole('link', { name: '80:5e:c0:60:03:e7' })).toBeVisible();
    await linus.page.getByRole('link', { name: 'Clear' }).click();
    await expect(linus.page).toHaveURL(`${demo.console}/devices`);
  });

  test('can be traced one by one, and several are offered to choose from', async ({ person }) => {
    const susan = await person('susan');
    await susan.trace('BIG0000123');
    await expect(susan.page).toHaveURL(/\/trace\/805ec060007b$/);
    await susan.trace('BIG000012');
    const found = susan.page.getByRole('table', { name: 'Several phones: choose one' });
    await expect(found.locator('tbody tr')).toHaveCount(10);
    await found.getByRole('link', { name: '80:5e:c0:60:00:7c' }).click();
    await expect(susan.page).toHaveURL(/\/trace\/805ec060007c$/);
    await susan.trace('2101');
    await expect(susan.page).toHaveURL(/\/trace\/805ec0100001$/);
  });
});

test('when the database does not answer, the page says so, and nothing is lost', async ({ demo, person }) => {
  test.slow();
  const ada = await person('ada');
  // Another program holds the database for longer than anybody waits.
  const held = demo.hold(30);
  await held.ready;
  const answer = await ada.forge('/requests', { kind: 'bind', mac: '805ec0100003', index: '2', extension: '2114', reason: 'Held.' });
  await held.release();
  expect(answer.status()).toBe(503);
  expect(await answer.text()).toContain('storage.unavailable');
  await ada.open('/requests?tab=mine');
  await expect(ada.page.getByRole('main')).not.toContainText('2114');
});
