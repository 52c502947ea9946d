// The editor of layers: as one types, the browser says what that makes of a phone; and templates of another system.

import type { Page } from '@playwright/test';
import { BOUND } from '../fixtures/pages';
import { expectCode, row, type Person } from '../fixtures/person';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'editor' });

const live = (page: Page) => page.locator('#live[data-live]');
const text = (somebody: Person) => somebody.form('layer').getByLabel('Settings');

/** London's layer in the editor, looked at on a phone that has a line. */
async function london(ada: Person) {
  await ada.open(`${await ada.layer('site lon')}/edit`);
  await ada.lookAt('', BOUND);
  await expect(live(ada.page)).toBeVisible();
}

const type = async (ada: Person, lines: string) => {
  await text(ada).press('Control+End');
  await text(ada).pressSequentially(lines);
};

test('each keystroke shows settings, files and findings, and asks the server nothing', async ({ person }) => {
  const ada = await person('ada');
  await london(ada);
  const asked: string[] = [];
  ada.page.on('request', (request) => asked.push(request.url()));
  await expect(live(ada.page).getByRole('status')).toContainText('its files stay as they are');
  await type(ada, 'phone.language = en-GB\n');
  await expect(row(ada.page, 'Settings that change', 'phone.language')).toContainText('en-GB');
  await expect(live(ada.page).locator('tr[data-fresh]').filter({ hasText: 'lang.gui = English' })).toContainText('new');
  await expect(live(ada.page).getByRole('status')).toContainText('1 setting changes; 2 lines of its files are new; nothing blocks.');
  await type(ada, 'phone.npt = x\n');
  await expectCode(live(ada.page), 'setting.unknown');
  await expect(live(ada.page)).toContainText('The nearest is phone.ntp.');
  await type(ada, 'provisioning.dhcp_override = on\n');
  await expectCode(live(ada.page), 'lock.forbids');
  expect(asked).toEqual([]);
});

test('a line and a setting say which layer they come from, by mouse and by keyboard', async ({ person }) => {
  const ada = await person('ada');
  await london(ada);
  const file = ada.page.getByRole('region', { name: /^File .*\.cfg$/ }).last();
  const said = live(ada.page).locator('.explained').last();
  await file.locator('tr').filter({ hasText: 'local_time.ntp_server1' }).hover();
  await expect(said).toContainText('phone.ntp is set by');
  await file.focus();
  await file.press('ArrowDown');
  await expect(file.locator('tbody tr').first()).toBeFocused();
  await ada.page.keyboard.press('ArrowDown');
  await expect(file.locator('tbody tr').nth(1)).toBeFocused();

  await type(ada, 'phone.tone_region = FR\n');
  await live(ada.page).getByText(/All \d+ settings afterwards/).click();
  const settings = ada.page.getByRole('table', { name: /Each with the layer/ });
  await expect(settings.getByRole('row').filter({ hasText: 'phone.tone_region' })).toContainText('this draft');
  await expect(settings.getByRole('row').filter({ hasText: 'provisioning.dhcp_override' })).toContainText('locked by');
});

test('no secret is in the page', async ({ person, demo, phone }) => {
  const ada = await person('ada');
  const password = (await phone(BOUND).fetch()).get('account.1.password') ?? '';
  expect(password.length).toBeGreaterThan(15);
  await london(ada);
  const page = await ada.page.content();
  for (const secret of [password, demo.device(BOUND).digest_password]) expect(page).not.toContain(secret);
  await expect(live(ada.page)).toContainText('account.1.password = ••••••••');
});

test('without a script the form looks at the phone, and nothing is missing', async ({ person }) => {
  const ada = await person('ada', { javaScriptEnabled: false });
  await ada.open(`${await ada.layer('site lon')}/edit`);
  await ada.lookAt('phone.language = en-GB', BOUND);
  await expect(ada.page.locator('#live')).toBeHidden();
  await expect(row(ada.page, 'Settings that change', 'phone.language')).toContainText('en-GB');
});

test('templates of another system become a draft, and what cannot be known is named', async ({ person }) => {
  const ada = await person('ada');
  await ada.open('/layers/of/vendor/yealink/edit');
  await ada.page.getByText('Take over templates of another system').click();
  const form = ada.form('templates');
  await form.getByLabel('Files').setInputFiles({
    name: '{$mac}.cfg', mimeType: 'text/plain', buffer: Buffer.from([
      'local_time.ntp_server1 = ntp.example', 'features.dnd.enable = 0', 'account.1.user_name = {$user_id_1}', 'security.user_password = admin:letmein', '',
    ].join('\n')),
  });
  await form.getByLabel('Vendor').selectOption('yealink');
  await form.getByRole('button', { name: 'Read them' }).click();
  await expect(ada.page.locator('#templates-report')).toContainText('1 setting and 1 raw key');
  await expect(row(ada.page, 'Not taken', 'account.1.user_name')).toContainText('The other system fills the value in.');
  await expect(row(ada.page, 'Not taken', 'security.user_password')).toContainText('a secret is sealed');
  await expect(text(ada)).toHaveValue(/phone\.ntp = ntp\.example\n/);
  await expect(text(ada)).toHaveValue(/raw\.yealink\."features\.dnd\.enable" = 0\n/);
  expect(await ada.page.content()).not.toContain('letmein');
  await ada.saveLayer('', 'From FusionPBX.');
  await expect(ada.said).toHaveText('Saved. Only you see it yet.');
});

test('people talk about a change of a layer', async ({ person }) => {
  const ada = await person('ada');
  const number = await ada.draftLayer('site lon', 'phone.language = fr', 'French, perhaps.');
  await ada.submitLayer(number);
  const grace = await person('grace');
  await grace.open(`/layers/changes/${number}`);
  await grace.enter('comment', { Comment: 'Who asked for it?' });
  await expect(grace.page.locator('.comments')).toContainText('Who asked for it?');
});

// Printed, never judged: BENCH=1 npx playwright test editor -g @bench; 2 prints each keystroke. With it everything has ten times
// the time: a machine with other work comes so far too, and what is measured is the browser's.
test('what a keystroke costs at 200 settings @bench', async ({ person }) => {
  const ada = await person('ada');
  await london(ada);
  const many = Array.from({ length: 200 }, (_, n) => `raw.yealink."features.number_${n}" = ${n}\n`).join('');
  await text(ada).evaluate((area: HTMLTextAreaElement, many) => {
    area.value += many;
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }, many);
  await expect(live(ada.page).getByRole('status')).toContainText('200 settings change');
  const rounds: number[][] = [];
  for (let round = 0; round < 6; round++) rounds.push(await text(ada).evaluate(keystrokes, 120));
  const [first, ...warm] = rounds;
  console.log('a keystroke at 200 settings, in Chromium, milliseconds; the target is 50');
  console.log(`  first round, the browser still compiles: ${spread(first!)}`);
  console.log(`  five more rounds together:               ${spread(warm.flat())}`);
  // The same keys are pressed in each round: what other work adds to one is not in all of them.
  const alone = first!.map((_, key) => Math.min(...warm.map((round) => round[key]!)));
  console.log(`  each key at its quickest of the five:    ${spread(alone)}`);
  if (process.env.BENCH === '2') for (const one of rounds) console.log(one.map((x) => x.toFixed(0)).join(' '));
});

/** Types a label, letter by letter and again from nothing, below what stands there; how long each keystroke took. */
const keystrokes = async (area: HTMLTextAreaElement, many: number) => {
  const { value } = area;
  const all: number[] = [];
  for (let n = 0; n < many; n++) {
    const begun = performance.now();
    area.value = `${value}keys.7.label = ${'Reception'.repeat(3).slice(0, n % 27)}\n`;
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
    // What follows the keystroke in microtasks, and the layout that it asks for.
    await new Promise<void>((done) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done();
      channel.port2.postMessage(0);
    });
    document.body.getBoundingClientRect();
    all.push(performance.now() - begun);
  }
  area.value = value;
  return all;
};

const sorted = (all: number[]) => [...all].sort((a, b) => a - b);

const spread = (all: number[]) => {
  const costs = sorted(all);
  const at = (share: number) => costs[Math.min(costs.length - 1, Math.floor(costs.length * share))]!.toFixed(1);
  return `median ${at(0.5)}, p99 ${at(0.99)}, worst ${at(1)}`;
};
