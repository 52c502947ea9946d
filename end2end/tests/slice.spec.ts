// The slice, step by step, as the people concerned carry it out. The steps build on one another.

import { oslo, wrong } from '../fixtures/csv';
import { expectCode, row } from '../fixtures/person';
import { bare } from '../fixtures/phone';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'slice' });
test.describe.configure({ mode: 'serial' });

/** Amélie's desk phone in Paris, and another one of the same site. */
const AMELIE = '80:5e:c0:20:00:01';
const OTHER = '80:5e:c0:20:00:04';
const EXTENSION = '3101';

test('1: on first run, the one-time code creates the first administrator, who signs in and out', async ({ empty, stranger }) => {
  const password = 'a first long password';
  const hedy = await stranger({ name: 'hedy', password }, { base: empty.console });

  await hedy.open('/devices');
  await expect(hedy.page).toHaveURL(/\/setup$/);
  await hedy.enter('setup', { 'One-time code': 'not-the-code', 'Your name': 'hedy', Password: password });
  await expectCode(hedy.errors, 'setup.code_wrong');
  await expect(hedy.field('setup', 'Your name')).toHaveValue('hedy');
  await expect(hedy.field('setup', 'Password')).toHaveValue('');

  await hedy.enter('setup', { 'One-time code': empty.code, 'Your name': 'hedy', Password: 'short' });
  await expectCode(hedy.errors, 'password.weak');
  await hedy.enter('setup', { 'One-time code': empty.code, 'Your name': 'hedy', Password: password });
  await expect(hedy.page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await expect(hedy.page.getByRole('banner')).toContainText('hedy');

  await hedy.signOut();
  await expect(hedy.page).toHaveURL(/\/sign-in$/);
  await hedy.open('/devices');
  await expect(hedy.page).toHaveURL(/\/sign-in\?next=%2Fdevices$/);
  await hedy.enter('sign-in', { Name: 'hedy', Password: password });
  await expect(hedy.page).toHaveURL(/\/devices$/);

  // The code is spent: nobody becomes the second first administrator.
  await hedy.signOut();
  await hedy.open('/setup');
  await expect(hedy.page).toHaveURL(/\/sign-in$/);
  const forged = await hedy.forge('/setup', { code: empty.code, name: 'mallory', password });
  expect(forged.status()).toBe(422);
  expect(await forged.text()).toContain('setup.code_wrong');
});

test('2: a package with mistakes shows each with its row, and cannot be committed', async ({ person }) => {
  const ada = await person('ada');
  const preview = await ada.upload(...wrong.files);

  const faults = ada.page.getByRole('table', { name: 'What is wrong, row by row' }).locator('tbody tr');
  const said = await faults.evaluateAll((rows) => rows.map((row) => {
    const [file, number, column] = [...row.querySelectorAll('td')].map((cell) => cell.textContent);
    return `${file} ${number} ${column} ${(row as HTMLElement).dataset.code}`;
  }));
  expect(said.sort()).toEqual(wrong.faults);
  await expect(ada.form('commit')).toHaveCount(0);

  const forged = await ada.forge(`${preview}/commit`);
  expect(forged.status()).toBe(422);
  await ada.open('/devices?q=80:5e:c0:11');
  await expect(ada.page.getByText('No device fits the filter.')).toBeVisible();
});

test('2: a package without mistakes is previewed, then committed, all of it', async ({ person }) => {
  const ada = await person('ada');
  await ada.upload(...oslo);
  await expect(row(ada.page, /created/, 'devices')).toContainText('1');
  await ada.open('/devices?site=osl');
  await expect(ada.page.getByText('No device fits the filter.')).toBeVisible();

  await ada.page.goBack();
  await ada.send('commit');
  await expect(ada.said).toHaveText('Committed: every row is in.');
  await expect(ada.form('commit')).toHaveCount(0);
  await ada.open('/devices?site=osl');
  await expect(row(ada.page, 'Inventory', '80:5e:c0:47:00:01')).toContainText('T43U');
  await ada.open('/');
  await expect(row(ada.page, 'Readiness of sites', 'Oslo')).toBeVisible();

  // The same files once more change nothing, and say so.
  await ada.upload(...oslo);
  await expectCode(ada.page, 'import.repeated');
  await expect(ada.page.getByText('No row is new.')).toBeVisible();
});

test('3: a phone is refused without proof, the same way whether it is known or not', async ({ phone }) => {
  const amelie = phone(AMELIE);
  const known = await amelie.ask();
  const unknown = await amelie.ask('/steady/805ec0ffffff.cfg');
  expect(known.status).toBe(401);
  expect(known.headers['www-authenticate']).toContain('Digest');
  expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);

  const wrongPassword = await amelie.prove({ ...amelie.credential, password: 'guessed' });
  expect([wrongPassword.status, wrongPassword.body]).toEqual([401, known.body]);

  // Without TLS the same name is a baseline for everybody: no line, no credential, no challenge.
  const plain = await amelie.askPlain();
  expect(plain.status).toBe(200);
  expect(plain.body).not.toMatch(/account\.1\.user_name = \d|server\.password = ./);
});

test('3: with proof, the phone gets its baseline; its credential is shown once, for a reason', async ({ person, phone }) => {
  const ada = await person('ada');
  await ada.open(`/devices/${bare(AMELIE)}`);
  await ada.enter('reveal', { Reason: 'Typed in at the desk.' });
  const shown = ada.page.getByRole('main');
  const amelie = phone(AMELIE);
  await expect(shown).toContainText(amelie.credential.user);
  await expect(shown).toContainText(amelie.credential.password);

  for (const algorithm of ['MD5', 'SHA-256'] as const) {
    expect((await amelie.prove(amelie.credential, algorithm)).status, algorithm).toBe(200);
  }
  const config = await amelie.fetch();
  expect(config.get('static.auto_provision.server.username')).toBe(amelie.credential.user);
  expect(config.accounts()).toEqual([]);
});

test('4: nobody can bind while the gate is shut; the site lead opens it with evidence and a sign-off', async ({ person }) => {
  const linus = await person('linus');
  await linus.open('/sites/par');
  const gate = linus.page.getByRole('region', { name: /Segment voice/ });
  await expect(gate).toHaveAttribute('data-gate', 'shut');
  await expectCode(gate, 'gate.evidence_missing');
  await expect(linus.form('sign-off')).toHaveCount(0);
  const early = await linus.forge('/sites/par/segments/voice/sign-off', { until: '2199-01-01T00:00', password: linus.login.password });
  expect(early.status()).toBe(422);

  await linus.recordEvidence('par', 'Seen from a laptop on VLAN 220.');
  await expect(linus.said).toHaveText('The evidence is recorded.');
  await expect(row(linus.page, 'Evidence from voice', 'Test call has two-way audio')).toContainText('Seen from a laptop on VLAN 220.');
  await expect(gate).toHaveAttribute('data-gate', 'shut');

  await linus.signOff('par');
  await expect(linus.said).toHaveText('The segment is signed off.');
  await expect(gate).toHaveAttribute('data-gate', 'open');
  await expect(gate).toContainText('linus');
});

let bound = 0;

test('5: ada asks for a line, and cannot approve it herself', async ({ person }) => {
  const ada = await person('ada');
  await ada.open(`/devices/${bare(AMELIE)}`);
  await ada.page.getByRole('link', { name: 'Bind line key 1', exact: true }).click();
  const form = ada.form('request');
  await expect(form.getByLabel('MAC of the device')).toHaveValue(bare(AMELIE));
  await ada.enter('request', { Extension: EXTENSION, Reason: 'Amélie moves in on Monday.' });
  await expect(ada.page).toHaveURL(/\/requests\/\d+$/);
  bound = Number(ada.page.url().split('/').at(-1));
  await expect(ada.state).toHaveText('draft');

  await ada.send('submit');
  await expect(ada.state).toHaveText('submitted');
  await expect(ada.form('approve')).toHaveCount(0);
  await expectCode(ada.page.getByRole('region', { name: 'Next step' }), 'approval.self');
  const digest = await digestOf(ada.page.content());
  const forged = await ada.forge(`/requests/${bound}/approve`, { digest, password: ada.login.password });
  expect(forged.status()).toBe(403);
  expect(await forged.text()).toContain('forbidden');
});

test('5: not even somebody who may both request and approve approves their own request', async ({ person, stranger }) => {
  const both = { name: 'beatrix', password: 'beatrix-does-both-42' };
  const ada = await person('ada');
  await ada.open('/users');
  await ada.field('user', 'Name').fill(both.name);
  await ada.field('user', 'Password').fill(`first-${both.password}`);
  await ada.field('user', 'administrator').check();
  await ada.field('user', 'approver').check();
  await ada.send('user');
  await expect(row(ada.page, 'Users of the console', both.name)).toContainText('approver');
  await ada.settle({ name: both.name, password: `first-${both.password}` }, both.password);

  const beatrix = await stranger(both);
  await beatrix.signIn();
  const number = await beatrix.draft({ kind: 'bind', mac: '80:5e:c0:20:00:02', extension: '3102' });
  await beatrix.submit(number);
  await expect(beatrix.form('approve')).toHaveCount(0);
  const digest = await digestOf(beatrix.page.content());
  const forged = await beatrix.forge(`/requests/${number}/approve`, { digest, password: both.password });
  expect([403, 422]).toContain(forged.status());
  expect(await forged.text()).toContain('approval.self');
  await beatrix.withdraw(number);
  await expect(beatrix.state).toHaveText('withdrawn');
});

test('5: grace reads the diff and five answers, and signs exactly that plan with her password', async ({ person }) => {
  const grace = await person('grace');
  await row(grace.page, 'Waiting for your approval', EXTENSION).getByRole('link', { name: `CR-${bound}` }).click();

  const change = row(grace.page, 'Settings that change', 'line.1.extension');
  await expect(change).toContainText('not set');
  await expect(change).toContainText(EXTENSION);
  const answers = grace.page.getByRole('region', { name: 'Five questions' }).locator('[data-answer]');
  await expect(answers).toHaveCount(5);
  for (const answer of await answers.all()) await expect(answer.getByRole('listitem').first()).toBeVisible();
  await expect(grace.form('apply')).toHaveCount(0);

  const other = await grace.forge(`/requests/${bound}/approve`, { digest: 'ab'.repeat(32), password: grace.login.password });
  expect(other.status()).toBe(409);
  expect(await other.text()).toContain('plan.changed');

  await grace.approve(bound, 'not her password');
  await expect(grace.errors).toContainText('sign_in.failed');
  await expect(grace.state).toHaveText('submitted');
  await grace.approve(bound);
  await expect(grace.said).toHaveText('Approved. Once nothing is missing it can be applied.');
  await expect(grace.state).toHaveText('approved');
});

test('5: ada applies it, and the next fetch carries the line, to that phone alone', async ({ person, phone }) => {
  const amelie = phone(AMELIE);
  expect((await amelie.fetch()).accounts(), 'approved is not applied').toEqual([]);

  const ada = await person('ada');
  await ada.apply(bound);
  await expect(ada.state).toHaveText('applied');

  const config = await amelie.fetch();
  expect(config.get('account.1.enable')).toBe('1');
  expect(config.get('account.1.user_name')).toBe(EXTENSION);
  expect(config.get('account.1.password')).toMatch(/^\S{16,}$/);
  expect(config.get('account.2.enable')).toBe('0');

  for (const body of [(await amelie.ask()).body, (await amelie.askPlain()).body]) expect(body).not.toContain(EXTENSION);
  const other = phone(OTHER);
  const stolen = await amelie.prove(other.credential);
  expect(stolen.status).toBe(403);
  expect(stolen.body).not.toContain(EXTENSION);

  // Whose credential asked for a file of another phone is in quarantine, until somebody has looked.
  await ada.open('/devices?state=quarantined');
  await row(ada.page, 'Inventory', OTHER).getByRole('link', { name: OTHER }).click();
  expect((await other.prove(other.credential)).body).not.toContain('account.1');
  await ada.enter('release', { Reason: 'The labels were swapped, and are right now.' });
  await expect(ada.form('release')).toHaveCount(0);
  expect((await other.fetch()).accounts()).toEqual([]);
});

test('6: support finds the phone by its extension, and reads who approved and which layer set each line', async ({ person }) => {
  const susan = await person('susan');
  await susan.trace(EXTENSION);
  await expect(susan.page).toHaveURL(new RegExp(`/trace/${bare(AMELIE)}$`));

  const now = susan.page.getByRole('region', { name: 'What it would get now', exact: true });
  await expect(now.locator('[data-serve="bound"]')).toBeVisible();
  await expect(now).toContainText('approved by grace');
  await expect(now.getByRole('link', { name: `CR-${bound}` }).first()).toBeVisible();

  const served = row(susan.page, 'Serves and refusals', 'bound').first();
  await expect(served).toContainText(`CR-${bound}, grace`);
  await expect(served).toContainText('digest');
  await expect(row(susan.page, 'Serves and refusals', 'proof.wrong')).toHaveCount(1);

  const file = susan.page.getByRole('table', { name: `Lines of ${bare(AMELIE)}.cfg` });
  const line = file.getByRole('row').filter({ hasText: 'account.1.user_name' });
  await expect(line).toContainText('line.1.extension');
  await expect(line).toContainText(`CR-${bound}`);
  const vlan = file.getByRole('row').filter({ hasText: 'vlan.internet_port_vid' });
  await expect(vlan).toContainText('import 1');
  const password = file.getByRole('row').filter({ hasText: 'account.1.password' });
  await expect(password).toContainText('••••');

  await susan.open('/trace');
  await susan.field('trace', 'Phone').fill(AMELIE.toUpperCase().replaceAll(':', '-'));
  await susan.send('trace');
  await expect(susan.page).toHaveURL(new RegExp(`/trace/${bare(AMELIE)}$`));
});

test('5: the line is revoked by a request of its own, and the next fetch clears every account key', async ({ person, phone }) => {
  const amelie = phone(AMELIE);
  const before = await amelie.fetch();
  const ada = await person('ada');
  await ada.open(`/devices/${bare(AMELIE)}`);
  await ada.page.getByRole('link', { name: 'Revoke line key 1', exact: true }).click();
  await expect(ada.field('request', 'Revoke the line of a key')).toBeChecked();
  await ada.enter('request', { Reason: 'Amélie has left.' });
  await ada.page.waitForURL(/\/requests\/\d+$/);
  const number = Number(ada.page.url().split('/').at(-1));
  await ada.submit(number);
  const grace = await person('grace');
  await grace.approve(number);
  await ada.apply(number);
  await expect(ada.state).toHaveText('applied');

  const config = await amelie.fetch();
  for (const [key] of before.accounts()) {
    const empty = key.endsWith('.enable') ? '0' : '%NULL%';
    if (/^account\.\d+\.(enable|outbound_proxy_enable|shared_line)$/.test(key)) expect(['0', '%NULL%'], key).toContain(config.get(key));
    else expect(config.get(key), key).toBe(empty);
  }
  expect(config.text).not.toContain(EXTENSION);
  expect(config.text).not.toContain(before.get('account.1.password'));
});

test('7: the auditor reads every act, and the record verifies', async ({ demo, person }) => {
  const alan = await person('alan');
  await alan.go('Administration', 'Audit');
  const acts = alan.page.getByRole('table', { name: 'Administrative acts' }).locator('tbody tr');
  for (const [who, did, to] of [
    ['ada', 'change_request.apply', `CR-${bound}`],
    ['grace', 'change_request.approve', `CR-${bound}`],
    ['ada', 'change_request.submit', `CR-${bound}`],
    ['linus', 'gate.sign_off', 'par/voice'],
    ['ada', 'device.reveal_credential', AMELIE],
    ['the program', 'device.quarantine', OTHER],
    ['ada', 'device.release', OTHER],
    ['grace', 'user.reauthenticate_failed', 'grace'],
    ['ada', 'user.create', 'beatrix'],
  ]) {
    await expect(acts.filter({ hasText: did }).filter({ hasText: to }).filter({ hasText: who }), did).not.toHaveCount(0);
  }

  await alan.send('verify');
  const result = alan.page.getByRole('status').filter({ hasText: 'Verification' });
  await expect(result).toHaveAttribute('data-result', 'ok');
  await expect(result).toContainText('No entry was altered, dropped, reordered or cut off.');
  const console = await demo.run('ledger', 'verify');
  expect(console.status).toBe(0);
});

const swap = `update ledger_batch set seq = -1 where seq = :seq; update ledger_batch set seq = :seq where seq = :seq + 1;
  update ledger_batch set seq = :seq + 1 where seq = -1`;
const drop = 'create table aside as select * from ledger_batch where seq = :seq; delete from ledger_batch where seq = :seq';
const putBack = 'insert into ledger_batch select * from aside; drop table aside';
// What stands there then can be read, and says what another batch says.
const alter = `create table aside as select body from ledger_batch where seq = :seq;
  update ledger_batch set body = (select body from ledger_batch where seq = :seq - 1) where seq = :seq`;
const restore = 'update ledger_batch set body = (select body from aside) where seq = :seq; drop table aside';
const middle = 'select max(seq) / 2 from ledger_batch';
const last = 'select max(seq) from ledger_batch';

for (const { what, which, tamper, mend, code } of [
  { what: 'altered', which: middle, tamper: alter, mend: restore, code: /ledger\.altered/ },
  { what: 'dropped', which: middle, tamper: drop, mend: putBack, code: /ledger\.missing/ },
  { what: 'put in another order', which: middle, tamper: swap, mend: swap, code: /ledger\.missing/ },
  // It is merely missing if the server writes on in the meantime.
  { what: 'cut off at the end', which: last, tamper: drop, mend: putBack, code: /ledger\.(truncated|missing)/ },
]) {
  test(`7: an entry that is ${what} is named, in the console and on the command line`, async ({ demo, person }) => {
    const alan = await person('alan');
    const seq = await demo.sql(which);
    expect(Number(seq)).toBeGreaterThan(0);
    await demo.sql(tamper.replaceAll(':seq', seq));

    await alan.open('/audit');
    await alan.send('verify');
    const result = alan.page.getByRole('status').filter({ hasText: 'Verification' });
    await expect(result).toHaveAttribute('data-result', 'faults');
    const named = row(alan.page, 'Faults', code)
      .filter({ has: alan.page.getByRole('cell', { name: seq, exact: true }) });
    await expect(named.first()).toBeVisible();
    const { status, stdout } = await demo.run('ledger', 'verify', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout).faults).toContainEqual(expect.objectContaining({
      seq: Number(seq), code: expect.stringMatching(code),
    }));

    await demo.sql(mend.replaceAll(':seq', seq));
    await alan.send('verify');
    await expect(result).toHaveAttribute('data-result', 'ok');
  });
}

/** The digest of the plan that a request's page shows. */
async function digestOf(page: Promise<string>): Promise<string> {
  const digest = /\b[0-9a-f]{64}\b/.exec(await page)?.[0];
  if (!digest) throw new Error('the page shows no digest');
  return digest;
}
