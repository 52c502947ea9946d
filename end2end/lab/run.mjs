// The lab: real phones, real call control, and the fence between them.
//
//   node end2end/lab/run.mjs [--keep]
//
// RINGFENCE_BINARY names the program under test (target/release/ringfence otherwise); LAB_GATE_SECONDS how soon
// the gate expires. Exit status: 0 all passed, 1 something failed, 3 this machine lacks something.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Scenario } from './scenario.mjs';
import { Missing, stopAll } from './tools.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const work = mkdtempSync(join(tmpdir(), 'ringfence-lab-'));
const scenario = new Scenario({
  work,
  binary: resolve(process.env.RINGFENCE_BINARY ?? join(root, 'target/release/ringfence')),
  gateSeconds: Number(process.env.LAB_GATE_SECONDS ?? 5),
});

// An interrupted run leaves no process and no folder with passwords behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, async () => {
    await end();
    tidy();
    process.exit(1);
  });
}

const steps = scenario.steps();
let passed = 0;
let status = 0;
for (const [what, step] of steps) {
  const began = Date.now();
  const took = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  try {
    const note = await step();
    console.log(`ok    ${what} (${took()}${note ? `, ${note}` : ''})`);
    passed++;
  } catch (error) {
    status = error instanceof Missing ? 3 : 1;
    if (status === 3) console.error(error.message);
    else console.log(`FAIL  ${what} (${took()})\n      ${error.message}`);
    break; // every later step rests on this one
  }
}
await end();

const failed = status === 1 ? 1 : 0;
const skipped = steps.length - passed - failed;
if (status !== 3) console.log(`lab: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} not reached` : ''}`);
if (process.argv.includes('--keep') || status === 1) console.log(`lab: everything is in ${work}`);
else tidy();
process.exit(status);

async function end() {
  await stopAll();
  for (const phone of scenario.phones) phone.forget();
}

function tidy() {
  rmSync(work, { recursive: true, force: true });
}
