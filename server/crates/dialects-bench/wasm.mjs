// What resolving and writing cost in WASM, in microseconds for each device; `node wasm.mjs FOLDER`.

import { createRequire } from 'node:module';
import { join } from 'node:path';

const { families, files, resolutions } = createRequire(import.meta.url)(join(process.argv[2], 'dialects_bench.js'));
const ROUNDS = 1000;
const TIMES = 5;

const each = (work) => {
  const once = () => {
    const begun = performance.now();
    work(ROUNDS);
    return (performance.now() - begun) * 1000 / ROUNDS;
  };
  return Math.min(...Array.from({ length: TIMES }, once));
};

console.log(`${'family and model'.padEnd(28)} ${'resolve µs'.padStart(12)} ${'write µs'.padStart(12)}`);
families().split('\n').forEach((family, at) => {
  const [resolve, write] = [resolutions, files].map((work) => each((rounds) => work(at, rounds)).toFixed(1).padStart(12));
  console.log(`${family.padEnd(28)} ${resolve} ${write}`);
});
