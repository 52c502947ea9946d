// Pictures of every page, to be looked at: SCREENSHOTS=1 npx playwright test screenshots. Not a test by itself.

import { join } from 'node:path';
import { LOOKS, look, word } from '../fixtures/looks';
import { PAGES } from '../fixtures/pages';
import { test } from '../fixtures/test';

const folder = join(__dirname, '../screenshots');

for (const shown of PAGES) {
  test(`picture of ${shown.name}`, { tag: '@screenshots' }, async ({ visit }) => {
    const { page } = await visit(shown);
    const name = shown.name.replace(/[^a-z]+/g, '-');
    for (const one of LOOKS) {
      await look(page, one);
      await page.screenshot({ path: join(folder, `${name}-${word(one)}.png`), fullPage: true });
    }
  });
}
