// The rules ask for two approvals and a ticket: who proposes and adopts them, what a request's page says, who may give
// what is missing, and for whom.

import { row, expectCode } from '../fixtures/person';
import { FREE } from '../fixtures/pages';
import { passwordOf } from '../fixtures/ringfence';
import { expect, test } from '../fixtures/test';

test.use({ stage: 'approval' });
test.describe.configure({ mode: 'serial' });

test('rules are proposed by one administrator, approved by another, and hold at once', async ({ demo, person, stranger }) => {
  const ada = await person('ada');
  await ada.hire('hedy', 'approver');
  await ada.hire('mary', 'administrator');
  // While there is one administrator, only whoever runs the server can confirm who is added.
  await expect(ada.page.locator('#alone')).toContainText('ringfence confirm NAME');
  await expect(row(ada.page, 'Users of the console', 'mary')).toContainText('made by ada');
  await demo.confirm('hedy');
  await demo.confirm('mary');
  await ada.proposeRules({ Approvers: '2' }, true);
  await expect(ada.said).toHaveText('Proposed. Somebody else has to approve them.');
  await expectCode(ada.page, 'approval.self');
  await expect(ada.form('approve-rules')).toHaveCount(0);

  const mary = await stranger({ name: 'mary', password: passwordOf('mary') });
  await mary.signIn();
  await mary.open('/approvals');
  const proposal = mary.page.getByRole('region', { name: /Proposed: version 2/ });
  await expect(proposal.getByRole('deletion').first()).toContainText('1 × approver');
  await expect(proposal.getByRole('insertion').first()).toContainText('2 × approver and a ticket');
  await mary.approveRules('guess');
  await expectCode(mary.errors, 'sign_in.failed');
  await mary.approveRules();
  await expect(row(mary.page, 'Version 2', 'Somebody else')).toContainText('2 × approver and a ticket');
  await expect(row(mary.page, 'Newest first', 'Four eyes')).toContainText('holds');
});

test('a request says what is asked, who gave what and who could give what is missing', async ({ person, stranger }) => {
  const ada = await person('ada');
  const number = await ada.draft({ kind: 'bind', mac: FREE, extension: '2103' });
  await ada.submit(number);
  await expectCode(ada.errors, 'ticket.missing');
  await ada.openRequest(number);
  await ada.page.getByText('Edit reason and ticket').click();
  await ada.enter('edit', { Ticket: 'CHG-1207' });
  await expect(ada.page.locator('#about')).toContainText('CHG-1207');
  await ada.submit(number);
  await expect(ada.state).toHaveText('submitted');
  await ada.page.getByText('What the rules ask, and why (version 2)').click();
  await expect(ada.page.locator('#why')).toContainText('Somebody else: It asks for 2 × approver and a ticket, because it is bind.');

  const grace = await person('grace');
  await grace.open('/');
  await expect(row(grace.page, 'Waiting for your approval', `CR-${number}`)).toHaveCount(1);
  await grace.say(number, 'Which desk is this?');
  await grace.approve(number);
  const approvals = grace.page.getByRole('region', { name: 'Approvals' });
  await expect(approvals.locator('[data-given="grace"]')).toContainText('approver grace');
  await expect(approvals.locator('[data-missing="approver"]')).toContainText('1 × approver Could give it: hedy.');
  await expect(grace.form('approve')).toHaveCount(0);
  await expect(grace.state).toHaveText('submitted');
  await grace.open('/');
  await expect(row(grace.page, 'Waiting for your approval', `CR-${number}`)).toHaveCount(0);

  const hedy = await stranger({ name: 'hedy', password: passwordOf('hedy') });
  await hedy.signIn();
  await hedy.openRequest(number);
  await expect(hedy.page.locator('.comments')).toContainText('Which desk is this?');
  await hedy.approve(number);
  await expect(hedy.state).toHaveText('approved');
  await ada.apply(number);
  await expect(ada.state).toHaveText('applied');
});

test('a delegate signs in another person\'s place, and the page says so', async ({ person, stranger }) => {
  const ada = await person('ada');
  const number = await ada.draft({ kind: 'bind', mac: FREE, extension: '2104', key: 2 });
  await ada.page.getByText('Edit reason and ticket').click();
  await ada.enter('edit', { Ticket: 'CHG-1208' });
  await ada.submit(number);
  const linus = await person('linus');
  await linus.openRequest(number);
  await expect(linus.form('approve')).toHaveCount(0);

  const grace = await person('grace');
  await grace.lend('linus', 'Away for a week.');
  await expect(row(grace.page, 'Now and later', 'linus')).toContainText('grace');
  await linus.open('/');
  await expect(row(linus.page, 'Waiting for your approval', `CR-${number}`)).toHaveCount(1);
  await linus.approve(number);
  await expect(linus.page.locator('[data-given="linus"]')).toContainText('linus, for grace');
  // Her authority is used; the second approval is somebody else's.
  await grace.openRequest(number);
  await expect(grace.form('approve')).toHaveCount(0);
  await grace.open('/approvals');
  await grace.send('end-delegation');
  await expect(grace.said).toHaveText('Ended.');
  const hedy = await stranger({ name: 'hedy', password: passwordOf('hedy') });
  await hedy.signIn();
  await hedy.approve(number);
  await expect(hedy.state).toHaveText('approved');
});
