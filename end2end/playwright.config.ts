import { defineConfig } from '@playwright/test';

// Debian's Chromium, told to keep to itself: "no external request" is one of the tests.
const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

export default defineConfig({
  testDir: 'tests',
  // One browser and one server at a time: two cores are not many.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: !!process.env.CI,
  reporter: 'list',
  grepInvert: [...(process.env.SCREENSHOTS ? [] : [/@screenshots/]), ...(process.env.BENCH ? [] : [/@bench/])],
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags },
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    // A trace of every page doubles the time; without one, a failure still leaves the page as text.
    trace: process.env.TRACE ? 'on' : 'off',
    screenshot: 'only-on-failure',
  },
});
