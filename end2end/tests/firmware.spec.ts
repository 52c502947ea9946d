// Firmware: from an upload in the browser to the bytes on the phone, and back out again.

import { createHash } from 'node:crypto';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'firmware' });
test.describe.configure({ mode: 'serial' });

const PHONE = '80:5e:c0:10:00:03';
const FILE = 'T31G-124.86.0.75.rom';
const PATH = `/firmware/${FILE}`;
const IMAGE = Array.from({ length: 20_000 }, (_, n) => n % 10).join('');

test('1: an image is uploaded and listed, and the edge serves it whole and in parts', async ({ person, phone }) => {
  const ada = await person('ada');
  await ada.addFirmware({ version: '124.86.0.75', models: 'T31G', file: FILE, text: IMAGE });
  await expect(ada.said).toContainText('The image is here.');
  const listed = ada.page.locator('tr[data-version="124.86.0.75"]');
  await expect(listed).toContainText(PATH);
  await expect(listed).toContainText('19 KiB');
  await expect(listed).toContainText('served');

  const t31 = phone(PHONE);
  const whole = await t31.ask(PATH);
  expect([whole.status, whole.body]).toEqual([200, IMAGE]);
  expect(whole.headers).toMatchObject({ 'content-length': '20000', 'accept-ranges': 'bytes' });
  const etag = `"${createHash('sha256').update(IMAGE).digest('hex')}"`;
  expect(whole.headers.etag).toBe(etag);
  const part = await t31.ask(PATH, { range: 'bytes=19990-', 'if-range': etag });
  expect([part.status, part.body, part.headers['content-range']]).toEqual([206, '0123456789', 'bytes 19990-19999/20000']);
  expect((await t31.ask(PATH, { range: 'bytes=20000-' })).status).toBe(416);
  expect((await t31.ask(PATH, { 'if-none-match': etag })).status).toBe(304);
  expect((await t31.askPlain(PATH)).body).toBe(IMAGE);
  expect((await t31.ask('/firmware/..%2fringfence.db')).status).toBe(404);
});

test('2: the same image is not taken twice, and says which one it is', async ({ person }) => {
  const ada = await person('ada');
  await ada.addFirmware({ version: '124.86.0.76', models: 'T31G', file: 'other.rom', text: IMAGE });
  await expect(ada.errors).toContainText('firmware.duplicate');
  await expect(ada.errors).toContainText(FILE);
  await expect(ada.field('firmware', 'Version')).toHaveValue('124.86.0.76');
});

test('3: a phone is sent there by its own file, and shows as one that differs', async ({ person, phone }) => {
  const [ada, t31] = [await person('ada'), phone(PHONE)];
  await ada.open('/firmware');
  await ada.enter('want', { Reason: 'It mends the clock.' });
  await expect(ada.page.getByRole('table', { name: 'Who should have which firmware' })).toContainText('124.86.0.75');
  await expect(async () => {
    expect((await t31.fetch()).get('static.firmware.url')).toContain(PATH);
  }).toPass();
  await ada.open('/firmware');
  const differs = ada.page.locator('#mismatches tr', { hasText: PHONE });
  await expect(differs).toContainText(FILE);
  await ada.page.goto(`/devices/${PHONE.replaceAll(':', '')}`);
  await expect(ada.page.getByRole('main')).toContainText('should have 124.86.0.75');
});

test('4: over its budget a site is told when to come back', async ({ person, phone }) => {
  const [ada, t31] = [await person('ada'), phone(PHONE)];
  await ada.open('/firmware');
  await ada.form('budget').getByLabel('Site').selectOption('lon');
  await ada.enter('budget', { 'kbit/s': '1' });
  await expect(ada.page.locator('tr[data-site="lon"]')).toContainText('1 kbit/s');
  expect((await t31.ask(PATH)).status).toBe(200);
  const later = await t31.ask(PATH);
  expect(later.status).toBe(503);
  expect(Number(later.headers['retry-after'])).toBeGreaterThan(60);
});

test('5: a withdrawn image is gone', async ({ person, phone }) => {
  const ada = await person('ada');
  await ada.open('/firmware');
  await ada.page.locator('tr[data-version="124.86.0.75"] summary').click();
  await ada.enter('withdraw-firmware', { Reason: 'It reboots by itself.' });
  await expect(ada.page.locator('tr[data-version="124.86.0.75"]')).toContainText('It reboots by itself.');
  expect((await phone(PHONE).ask(PATH)).status).toBe(404);
});
