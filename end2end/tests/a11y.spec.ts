// Every page can be used by everybody: axe finds nothing, nothing has to be scrolled sideways, the keyboard is enough.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { LOOKS, look, word } from '../fixtures/looks';
import { FREE, PAGES } from '../fixtures/pages';
import { expect, test } from '../fixtures/test';

/** What axe finds: rule, element, and what is wrong with it. */
async function found(page: Page): Promise<string[]> {
  // The legacy mode does without a second page for the results of frames; there are none.
  const axe = new AxeBuilder({ page }).setLegacyMode().withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']);
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => (
    `${id} ${target.join(' ')}: ${failureSummary?.replace(/\s+/g, ' ')}`
  )));
}

/** How far the page has to be scrolled sideways. */
const overflow = (page: Page) => page.evaluate(() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.querySelectorAll('body *')].filter((el) => el.getBoundingClientRect().right > root.clientWidth + 1);
  const unscrolled = wide.filter((el) => !el.closest('.scroll'));
  return [`${root.scrollWidth} px wide`, ...unscrolled.slice(0, 5).map((el) => el.outerHTML.slice(0, 120))];
});

async function expectUsable(page: Page) {
  for (const one of LOOKS) {
    await look(page, one);
    expect.soft(await found(page), `axe at ${word(one)}`).toEqual([]);
    expect.soft(await overflow(page), `no sideways scrolling at ${word(one)}`).toEqual([]);
  }
  await expect.soft(page.getByRole('heading', { level: 1 })).toHaveCount(1);
}

for (const shown of PAGES) {
  test(`${shown.name}: usable wide and narrow, light and dark`, async ({ visit }) => {
    await expectUsable((await visit(shown)).page);
  });
}

test('the set-up: usable wide and narrow, light and dark', async ({ empty, stranger }) => {
  const nobody = await stranger(undefined, { base: empty.console });
  await nobody.open('/setup');
  await expectUsable(nobody.page);
});

test('everything that unfolds is usable too', async ({ person }) => {
  const susan = await person('susan');
  for (const path of ['/devices/805ec0100001', '/trace/805ec0100001']) {
    await susan.open(path);
    await susan.page.locator('details').evaluateAll((all) => all.forEach((details) => details.setAttribute('open', '')));
    await expectUsable(susan.page);
  }
});

test('the first key press offers to skip to the content', async ({ person }) => {
  const susan = await person('susan');
  await susan.open('/devices');
  await susan.page.keyboard.press('Tab');
  const skip = susan.page.getByRole('link', { name: 'Skip to content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await susan.page.keyboard.press('Enter');
  await expect(susan.page.getByRole('main')).toBeFocused();
  await susan.page.keyboard.press('Tab');
  expect(await susan.page.evaluate(() => !!document.activeElement?.closest('main'))).toBe(true);
});

test('signing in needs no mouse', async ({ stranger }) => {
  const susan = await stranger('susan');
  await susan.open('/sign-in');
  await tabTo(susan.page, 'sign-in-name');
  await susan.page.keyboard.type('susan');
  await susan.page.keyboard.press('Tab');
  await susan.page.keyboard.type(susan.login.password);
  await susan.page.keyboard.press('Tab');
  await expect(susan.form('sign-in').getByRole('button')).toBeFocused();
  await susan.page.keyboard.press('Enter');
  await expect(susan.page.getByRole('heading', { level: 1 })).toHaveText('Overview');
});

test('the keyboard reaches the main action in the order of the page, and one sees where it is', async ({ scene, person }) => {
  const ada = await person('ada');
  await ada.open(`/devices/${FREE}`);
  const seen: { name: string; top: number; shown: boolean }[] = [];
  for (let press = 0; press < 60; press++) {
    await ada.page.keyboard.press('Tab');
    seen.push(await ada.page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return {
        name: (element.getAttribute('aria-label') ?? element.innerText ?? '').trim(),
        top: element.getBoundingClientRect().top + window.scrollY,
        shown: (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none',
      };
    }));
    if (seen.at(-1)!.name === 'Bind line key 1') break;
  }
  expect(seen.at(-1)!.name).toBe('Bind line key 1');
  expect(seen.filter(({ shown }) => !shown).map(({ name }) => name), 'focused, and nobody sees it').toEqual([]);
  await ada.page.keyboard.press('Enter');
  await expect(ada.form('request')).toBeVisible();

  const grace = await person('grace');
  await grace.openRequest(scene.submitted);
  await tabTo(grace.page, 'approve-password');
});

test('a form that was refused puts the focus on what is wrong, with what was typed still there', async ({ person, stranger }) => {
  const ada = await person('ada');
  await ada.open('/requests/new');
  await ada.enter('request', { 'MAC of the device': 'no mac', 'Line key': '0', Reason: 'Typed with care.' });
  await expect(ada.errors).toBeFocused();
  await expect(ada.errors).toBeInViewport();
  const outline = await ada.errors.evaluate((element) => {
    const { outlineStyle, boxShadow, borderStyle } = getComputedStyle(element);
    return [outlineStyle, boxShadow, borderStyle].some((style) => style !== 'none');
  });
  expect(outline).toBe(true);
  await expect(ada.field('request', 'Reason')).toHaveValue('Typed with care.');
  await expect(ada.field('request', 'MAC of the device')).toHaveAttribute('aria-invalid', 'true');

  const nobody = await stranger();
  await nobody.open('/sign-in');
  await nobody.enter('sign-in', { Name: 'nobody', Password: 'guess' });
  await expect(nobody.errors).toBeFocused();
});

/** Presses Tab until the element with this id has the focus. */
async function tabTo(page: Page, id: string) {
  for (let press = 0; press < 80; press++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.id) === id) return;
  }
  throw new Error(`the keyboard does not reach #${id}`);
}
