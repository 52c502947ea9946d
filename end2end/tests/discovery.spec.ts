// How phones find the server: the values for a site, and a list for a redirect service.

import { readFileSync } from 'node:fs';
import { row } from '../fixtures/person';
import { expect, test } from '../fixtures/test';

test('an administrator chooses a site, reads the values and downloads a list', async ({ demo, person }) => {
  const ada = await person('ada');
  await ada.go('Phones', 'Discovery');
  await ada.field('choose', 'Site').selectOption('Paris');
  await ada.send('choose');
  await expect(ada.page).toHaveURL(/[?&]site=par(&|$)/);

  const port = new URL(demo.facts.edge_https).port;
  const address = `https://localhost:${port}/`;
  const yealink = row(ada.page, 'What to set for each family (DHCPv4)', 'Yealink');
  await expect(yealink.getByRole('cell').first()).toContainText('66');
  await expect(yealink).toContainText(address);
  // The demonstration's address is nobody else's, and the page says so.
  await expect(ada.page.getByText('not reachable')).toBeVisible();
  const snippet = (server: string) => ada.page.getByRole('region', { name: `${server} snippet` });
  expect(JSON.parse(await snippet('ISC Kea').innerText()).Dhcp4['client-classes'][0]['option-data'][0].data).toBe(address);
  await expect(snippet('dnsmasq')).toContainText(`dhcp-option=tag:ringfence-yealink,66,"${address}"`);
  await expect(snippet('Windows Server')).toContainText("$scope = '10.20.0.0'");

  await ada.field('choose', 'Over').selectOption('Plain HTTP');
  await ada.send('choose');
  await expect(ada.page.getByText('Plain HTTP gives a baseline only')).toBeVisible();

  const [download] = await Promise.all([
    ada.page.waitForEvent('download'),
    ada.page.getByRole('link', { name: 'Download the list for Yealink RPS' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('yealink-rps-par.csv');
  const lines = readFileSync(await download.path(), 'utf8').trim().split('\r\n');
  expect(lines[0]).toBe('mac,sn,uniqueServerUrl,remark');
  expect(lines.slice(1)).toContain(`805ec0200001,YL46U0000101,${address},par a-101`);

  const alan = await person('alan');
  await alan.open('/audit');
  await expect(row(alan.page, /Administrative acts/, 'Yealink RPS list of par').first()).toContainText('discovery.export');
  await alan.open('/discovery');
  await expect(alan.page.getByRole('link', { name: /^Download/ })).toHaveCount(0);
});
