// Where calls go: a schedule, a group that keeps it, a profile that leads to the group, and who is missed; and a feed
// of the directory that would end too many accounts.

import { expectCode, row, type Person } from '../fixtures/person';
import { broken } from '../fixtures/csv';
import { expect, test } from '../fixtures/test';

/** What has become a draft is submitted, approved by somebody else, and applied. */
async function agreed(ada: Person, grace: Person) {
  const request = Number(new URL(ada.page.url()).pathname.split('/').at(-1));
  await ada.submit(request);
  await grace.approve(request);
  await ada.apply(request);
  await expect(ada.page.locator('.columns')).toHaveAttribute('data-state', 'applied');
}

test.use({ stage: 'routing' });
test.describe.configure({ mode: 'serial' });

test('a schedule is defined, refused where the clocks skip a time, and says how it stands', async ({ person }) => {
  const ada = await person('ada');
  await ada.open('/numbers/schedules');
  await ada.enter('define', {
    'Short name': 'lab', 'Name': 'The lab', 'Time zone': 'Europe/London', 'Hours': 'sun 01:30-04:00', 'Reason': 'A new lab.',
  });
  await expectCode(ada.errors, 'schedule.gap');
  await expect(ada.field('define', 'Hours')).toHaveValue('sun 01:30-04:00');
  await ada.enter('define', { Hours: 'mon-sun 00:00-24:00', Holidays: '2026-12-25 Christmas Day' });
  await expect(ada.said).toHaveText('The schedule is defined.');
  await expect(ada.page.locator('main')).toContainText('2026-12-25 Christmas Day');
});

test('a group without members and a circle are refused; its number leads to it and its schedule stays', async ({ person }) => {
  const [ada, grace] = [await person('ada'), await person('grace')];
  await ada.open('/numbers/groups/london-desk');
  await ada.enter('alter', { 'Members, in order': '2101 group:london', 'Reason': 'To be refused.' });
  await expectCode(ada.errors, 'route.circle');
  await expect(ada.errors).toContainText('group london-desk to group london to group london-desk.');

  await ada.open('/numbers/groups');
  await ada.form('define').getByLabel('Site').selectOption('lon');
  await ada.enter('define', {
    'Short name': 'lab', 'Name': 'The lab', 'Extension': '2195', 'Members, in order': '2101 2104', 'Schedule': 'lab', 'Reason': 'A new lab.',
  });
  await expect(ada.said).toContainText('a draft is made');
  await expect(ada.page.locator('#routes')).toContainText('members 2101 2104');
  await agreed(ada, grace);
  await ada.open('/numbers/groups/lab');
  await expect(row(ada.page, /Members/, '2104')).toContainText('cannot be reached');
  await ada.open('/numbers/2195');
  await expect(ada.page.locator('#way [data-step="Group"]').first()).toContainText('Hunt group lab, The lab.');
  await ada.open('/numbers/schedules/lab');
  await ada.enter('remove', { Reason: 'To be refused.' });
  await expectCode(ada.errors, 'route.in_use');
});

test('an extension gets a profile, and its page follows it', async ({ person }) => {
  const [ada, grace] = [await person('ada'), await person('grace')];
  await ada.open('/numbers/2104');
  await ada.unfold('Set the profile');
  await ada.enter('profile', { 'Every call to': 'group:lab', 'Reason': 'As agreed.' });
  await expectCode(ada.errors, 'route.circle');
  await ada.enter('profile', { 'Every call to': '2101' });
  await expect(ada.said).toContainText('a draft is made');
  await agreed(ada, grace);
  await ada.open('/numbers/2104');
  await expect(ada.page.locator('#way')).toContainText('All calls are forwarded to 2101.');
});

test('a feed that would end too many accounts waits for somebody else', async ({ person }) => {
  const [ada, grace] = [await person('ada'), await person('grace')];
  const feed = await ada.bring(broken);
  await expectCode(ada.page.locator('main'), 'feed.held');
  await expect(ada.form('release')).toHaveCount(0);
  await expect(ada.form('apply')).toHaveCount(0);
  await grace.open(feed);
  await grace.enter('release', { 'Reason': 'The floor is given up.', 'Your password': grace.login.password });
  await expect(grace.said).toHaveText('The feed is released.');
  await ada.open(feed);
  await ada.send('apply');
  await expect(ada.said).toContainText('The feed is applied.');
  await ada.open('/people/P1009');
  await expect(ada.page.getByRole('heading', { level: 1 })).toContainText('left');
});
