// What a browser is told, what another site may not do, and what each role may not do.

import { randomUUID } from 'node:crypto';
import { PAGES, addresses, bulk, feed, forms, image, roots, sheet, templates, upload, FREE } from '../fixtures/pages';
import { row } from '../fixtures/person';
import { expect, test } from '../fixtures/test';

test('every page has the Content-Security-Policy of the design, with a nonce of its own', async ({ visit }) => {
  test.slow();
  const nonces = new Set<string>();
  for (const shown of PAGES) {
    const { page, response } = await visit(shown);
    const headers = response?.headers() ?? {};
    const policy = headers['content-security-policy'] ?? '';
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(nonce, shown.name).toMatch(/^[\w+/=-]{22,}$/);
    expect(policy.replace(nonce, '…').split('; ').sort(), shown.name).toEqual([
      "base-uri 'none'", "connect-src 'self'", "default-src 'none'", "form-action 'self'", "frame-ancestors 'none'",
      "img-src 'self'", "script-src 'self' 'nonce-…' 'wasm-unsafe-eval'", "style-src 'self'",
    ]);
    expect(headers, shown.name).toMatchObject({
      'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(nonces.has(nonce), `the nonce of ${shown.name} is new`).toBe(false);
    nonces.add(nonce);
    await expect(page.locator('[style], script:not([nonce]):not([src])'), `inline code in ${shown.name}`).toHaveCount(0);
  }
});

test('what is no page may load nothing', async ({ stranger }) => {
  const nobody = await stranger();
  await nobody.open('/sign-in');
  const style = await nobody.page.locator('link[rel="stylesheet"]').getAttribute('href');
  for (const path of [style ?? '', '/healthz', '/readyz', '/favicon.ico']) {
    const answer = await nobody.page.request.get(path);
    expect(answer.status(), path).toBe(200);
    expect(answer.headers()['content-security-policy'], path).toMatch(/^default-src 'none'/);
    expect(answer.headers()['x-content-type-options'], path).toBe('nosniff');
  }
});

test('the policy holds in the browser: injected code does not run, and nothing foreign is loaded', async ({ browser, demo }) => {
  const context = await browser.newContext({ baseURL: demo.console });
  const page = await context.newPage();
  await page.goto('/sign-in');
  const violations = await page.evaluate(() => new Promise<string[]>((done) => {
    const seen: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      seen.push(event.effectiveDirective);
      if (seen.length === 3) done(seen.sort());
    });
    const script = document.createElement('script');
    script.textContent = 'document.title = "owned"';
    const image = document.createElement('img');
    image.src = 'https://example.net/pixel.png';
    const style = document.createElement('style');
    style.textContent = 'body { display: none }';
    document.body.append(script, image, style);
  }));
  expect(violations).toEqual(['img-src', 'script-src-elem', 'style-src-elem']);
  expect(await page.title()).not.toBe('owned');
  await context.close();
});

test('a post from another site is refused, signed in or not', async ({ demo, person, stranger }) => {
  const ada = await person('ada');
  const nobody = await stranger();
  const origin = new URL(demo.console).origin;
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' },
    { origin: 'https://example.net' }, { origin: 'null' }, { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'cross-site', origin },
  ];
  for (const headers of foreign) {
    for (const [who, path] of [[ada, '/sign-out'], [ada, '/users'], [nobody, '/sign-in']] as const) {
      const answer = await who.forge(path, { name: 'mallory', password: 'x' }, headers);
      expect(answer.status(), `${path} ${JSON.stringify(headers)}`).toBe(403);
      expect(await answer.text()).toContain('form.cross_site');
    }
  }
  expect((await ada.forge('/audit/verify', {}, { origin })).status(), 'an older browser of ours').toBe(200);
});

test('a form on another site cannot act in the name of somebody who is signed in', async ({ browser, demo }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${demo.console}/sign-in`);
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill(demo.login('ada').password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('banner')).toContainText('ada');
  // `localhost` is another site than `127.0.0.1`, and the only other one that nothing has to be started for.
  await page.route('http://localhost/**', (route) => route.fulfill({
    contentType: 'text/html', body: `<form method="post" action="${demo.console}/sign-out"><button>Win a prize</button></form>`,
  }));
  await page.goto('http://localhost/');
  const [response] = await Promise.all([
    page.waitForResponse(`${demo.console}/sign-out`),
    page.getByRole('button').click(),
  ]);
  expect(response.status()).toBe(403);
  await page.goto(`${demo.console}/`);
  await expect(page.getByRole('banner')).toContainText('ada');
  await context.close();
});

test('the session cookie is out of reach for scripts and other sites', async ({ person }) => {
  const ada = await person('ada');
  expect(await ada.session()).toMatchObject({ httpOnly: true, sameSite: 'Strict', secure: false, path: '/' });
  expect(await ada.page.evaluate(() => document.cookie)).toBe('');
});

test('signing in changes the session id, signing out ends it', async ({ person }) => {
  const ada = await person('ada');
  const first = await ada.session();
  const context = ada.page.context();

  // Planted by somebody else, then signed in with: the planted id is worth nothing afterwards.
  await ada.forge('/sign-in', { name: 'ada', password: ada.login.password, next: '/' });
  const second = await ada.session();
  expect(second?.value).not.toBe(first?.value);
  await context.addCookies([{ ...second!, value: first!.value }]);
  await ada.open('/');
  await expect(ada.page).toHaveURL(/\/sign-in/);

  await context.addCookies([second!]);
  await ada.open('/');
  await expect(ada.page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await ada.signOut();
  await expect(ada.page).toHaveURL(/\/sign-in$/);
  await context.addCookies([second!]);
  await ada.open('/');
  await expect(ada.page).toHaveURL(/\/sign-in/);
});

test('signing in leads back to where one wanted to go, and never to another site', async ({ demo, stranger }) => {
  const susan = await stranger('susan');
  await susan.open('/devices?site=lon&state=bound');
  await susan.enter('sign-in', { Name: 'susan', Password: susan.login.password });
  await expect(susan.page).toHaveURL(`${demo.console}/devices?site=lon&state=bound`);
  for (const next of ['https://example.net/', '//example.net/', '/\\example.net']) {
    const answer = await susan.forge('/sign-in', { name: 'susan', password: susan.login.password, next });
    expect(answer.headers().location, next).toBe('/');
  }
});

test('a failed sign-in says the same of known and unknown names, and too many are refused', async ({ person, stranger }) => {
  const ada = await person('ada');
  const tired = { name: 'tired', password: 'tired-but-correct-42' };
  expect((await ada.forge('/users', { ...tired, roles: 'support' })).status()).toBe(303);

  const nobody = await stranger();
  const said = async (name: string) => {
    await nobody.open('/sign-in');
    await nobody.enter('sign-in', { Name: name, Password: 'a wrong password' });
    await expect(nobody.field('sign-in', 'Name')).toHaveValue(name);
    await expect(nobody.field('sign-in', 'Password')).toHaveValue('');
    return nobody.errors.innerText();
  };
  expect(await said('no-such-name')).toBe(await said('tired'));
  expect(await said('tired')).toContain('sign_in.failed');

  // Failures are counted by the minute of the clock: it must not end in between.
  const left = 60_000 - Date.now() % 60_000;
  if (left < 15_000) await nobody.page.waitForTimeout(left);
  const attempt = (password: string) => nobody.forge('/sign-in', { ...tired, password });
  let answer = await attempt('guess 0');
  for (let guess = 1; guess < 12 && answer.status() === 422; guess++) answer = await attempt(`guess ${guess}`);
  expect(answer.status()).toBe(403);
  expect(await answer.text()).toContain('sign_in.limited');
  expect((await attempt(tired.password)).status(), 'guessing on does not help').toBe(403);
  expect((await nobody.forge('/sign-in', { name: 'susan', password: 'x' })).status(), 'others are not locked out').toBe(422);
});

test('without a session every page leads to the sign-in, and no form does anything', async ({ scene, stranger }) => {
  const nobody = await stranger();
  for (const path of addresses(scene)) {
    const answer = await nobody.page.request.get(path, { maxRedirects: 0 });
    expect(answer.status(), path).toBe(303);
    const next = new URLSearchParams({ next: path }).toString().replace('+', '%20');
    expect(answer.headers().location, path).toBe(`/sign-in?${next}`);
  }
  for (const { path, fields } of forms(scene)) {
    const answer = await nobody.forge(path, fields);
    expect([answer.status(), answer.headers().location], path).toEqual([303, '/sign-in?next=%2F']);
  }
  const answer = await nobody.page.request.post('/import', upload());
  expect([answer.status(), answer.headers().location]).toEqual([303, '/sign-in?next=%2F']);
});

for (const name of ['ada', 'grace', 'linus', 'susan', 'alan']) {
  test(`the server refuses ${name} what their role does not allow, and offers none of it`, async ({ scene, person }) => {
    const somebody = await person(name);
    for (const { path, who, fields } of forms(scene)) {
      if (who.includes(name)) continue;
      const answer = await somebody.forge(path, fields);
      expect(answer.status(), path).toBe(403);
      expect(await answer.text(), path).toContain('data-code="forbidden"');
    }
    const places: [string, string[]][] = [
      ['/import', ['ada']], [scene.goodImport, ['ada']], ['/requests/new', ['ada']], ['/requests/bulk', ['ada']], ['/users', ['ada']], ['/audit', ['ada', 'alan']],
      ['/discovery/lists/yealink-rps?site=lon', ['ada']], ['/import/export/people.csv', ['ada']],
      ['/exceptions/replace', ['ada']], ['/sites/new', ['ada']], ['/exceptions/report', ['ada', 'linus', 'susan']],
    ];
    for (const [path, who] of places) {
      const answer = await somebody.page.request.get(path);
      expect(answer.status(), path).toBe(who.includes(name) ? 200 : 403);
    }
    if (name !== 'ada') {
      const answers = [['/import', upload()], ['/requests/bulk', bulk()], ['/roots', roots()], ['/firmware', image()], ['/feeds', feed()], [`${scene.layer}/templates`, templates()]] as const;
      for (const [path, sent] of answers) expect((await somebody.page.request.post(path, sent)).status(), path).toBe(403);
    }
    const looked = await somebody.page.request.post('/sites/ber/sheets/steps', sheet());
    expect(looked.status()).toBe(['ada', 'linus'].includes(name) ? 200 : 403);

    const links = await somebody.places();
    const offered = { ada: ['Import', 'Audit', 'Users'], alan: ['Audit'] }[name] ?? [];
    const everybody = [
      'Overview', 'Devices', 'Numbers', 'People', 'Enrolment', 'Requests', 'Layers', 'Pins', 'Rollouts', 'Drift', 'Approvals', 'Freezes', 'In advance', 'Reviews', 'Break glass', 'Exceptions', 'Trace', 'Discovery', 'Firmware', 'Models', 'Roots',
    ];
    expect([...links].sort()).toEqual([...everybody, ...offered].sort());
    await somebody.open(`/devices/${FREE.replaceAll(':', '')}`);
    await expect(somebody.form('reveal')).toHaveCount(name === 'ada' ? 1 : 0);
    await somebody.open('/sites/lon');
    await expect(somebody.form('evidence')).toHaveCount(name === 'linus' ? 1 : 0);
    await somebody.openRequest(scene.submitted);
    await expect(somebody.form('approve')).toHaveCount(name === 'grace' ? 1 : 0);
    await somebody.openRequest(scene.approved);
    await expect(somebody.form('apply')).toHaveCount(name === 'ada' ? 1 : 0);
  });
}

/** Forms of states that no page of the scene is in; the server is asked for them all the same. */
const ELSEWHERE = [
  '/requests/N/unschedule', '/layers/changes/N/apply', '/layers/changes/N/bring-up', '/devices/MAC/handset', '/feeds/N/apply', '/feeds/limit',
  '/rollouts/N/pause', '/rollouts/N/retry',
];

test('every form that any page offers is among those that are tried with every role', async ({ demo, scene, visit }) => {
  test.slow();
  const kind = (path: string) => path.replace(/\/(lon|par|ber|osl)\//, '/SITE/').replace(/\/\+?\d+(?=\/|$)/, '/N')
    .replace(/\/P\d+/, '/PERSON').replace(/\/[0-9a-f-]{36}/, '/ID').replace(/\/[0-9a-f]{12}/, '/MAC')
    .replace(/\/(groups|schedules)\/[a-z-]+/, '/$1/CODE');
  const multipart = ['/import', '/requests/bulk', '/roots', '/firmware', '/feeds', '/sites/SITE/sheets/steps', '/sites/SITE/sheets/cutover', '/layers/of/site/ID/templates', '/layers/of/group/lobbies/templates'];
  const tried = new Set([...forms(scene).map(({ path }) => kind(path)), ...multipart, '/sign-in', '/sign-out', '/password']);
  const offered = new Set<string>();
  for (const shown of PAGES) {
    const { page } = await visit(shown);
    const found = page.locator('form[method="post"]');
    for (const action of await found.evaluateAll((all) => all.map((form) => (form as HTMLFormElement).action))) {
      expect(action.startsWith(`${demo.console}/`), action).toBe(true);
      offered.add(kind(new URL(action).pathname));
    }
  }
  expect([...offered].filter((path) => !tried.has(path))).toEqual([]);
  expect([...tried].filter((path) => !offered.has(path)).sort(), 'tried, and on no page').toEqual([...ELSEWHERE].sort());
});

test('a form that is sent twice does its work once, and says so', async ({ person }) => {
  const ada = await person('ada');
  const mine = async () => {
    await ada.open('/requests?tab=mine');
    return ada.page.locator('[data-request]').count();
  };
  const before = await mine();
  const fields = { token: randomUUID(), kind: 'bind', mac: FREE, index: '2', extension: '2111', reason: 'Once.' };
  const first = await ada.forge('/requests', fields);
  const second = await ada.forge('/requests', fields);
  expect(first.headers().location).toMatch(/^\/requests\/\d+$/);
  expect(second.headers().location).toBe('/requests?tab=mine');
  expect(await mine()).toBe(before + 1);
  await expect(ada.page.getByRole('status').filter({ hasText: 'form.repeated' })).toBeVisible();

  // The same with an impatient hand.
  await ada.open(`/requests/new?mac=${FREE}&index=2&kind=bind`);
  await ada.field('request', 'Extension').fill('2112');
  await ada.field('request', 'Reason').fill('Twice clicked.');
  await ada.form('request').getByRole('button').dblclick();
  await ada.page.waitForURL((url) => !url.pathname.endsWith('/new'));
  await ada.page.waitForLoadState();
  expect(await mine()).toBe(before + 2);
});

test('what people type is shown as text, wherever it is shown', async ({ person }) => {
  const ada = await person('ada');
  const text = '<img src=x onerror="document.title=1"><script>document.title=2</script>&amp;';
  const number = await ada.draft({ kind: 'bind', mac: FREE, key: 2, extension: '2113', reason: text });
  await expect(ada.page.getByRole('region', { name: 'About' })).toContainText(text);
  await ada.open('/audit');
  await expect(row(ada.page, 'Administrative acts', `CR-${number}`).first()).toContainText(text);
  await ada.open(`/devices?q=${encodeURIComponent(text)}`);
  await expect(ada.field('filter', 'Search')).toHaveValue(text);
  await ada.open(`/trace?q=${encodeURIComponent(text)}`);
  await expect(ada.page.getByRole('main')).toContainText(text);
  expect(await ada.page.title()).toContain('Ringfence');
  await ada.withdraw(number);
});
