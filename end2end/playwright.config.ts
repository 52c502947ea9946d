import { defineConfig } from '@playwright/test';

// Debian's Chromium, told to keep to itself: "no external request" is one of the tests.
const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** What is measured takes its time where there is other work; nothing fails for that. */
const patience = process.env.BENCH ? 10 : 1;

export default defineConfig({
  testDir: 'tests',
  // One browser and one server at a time: two cores are not many.
  workers: 1,
  timeout: 60_000 * patience,
  expect: { timeout: 10_000 * patience },
  forbidOnly: !!process.env.CI,
  reporter: 'list',
  grepInvert: [...(process.env.SCREENSHOTS ? [] : [/@screenshots/]), ...(process.env.BENCH ? [] : [/@bench/])],
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags },
    actionTimeout: 15_000 * patience,
    navigationTimeout: 30_000 * patience,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    // A trace of every page doubles the time; without one, a failure still leaves the page as text.
    trace: process.env.TRACE ? 'on' : 'off',
    screenshot: 'only-on-failure',
  },
});
