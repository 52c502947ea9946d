// Small things that every part of the lab needs: waiting, ports, child processes, missing programs.

import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import net from 'node:net';

/** The machine cannot run the lab: one sentence and exit status 3, never a failed check. */
export class Missing extends Error {}

export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Asks until the answer is truthy. A deadline, never a fixed sleep: slow machines only wait longer. */
export async function until(what, ask, { seconds = 20, every = 50 } = {}) {
  const deadline = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what}: not so after ${seconds} s${last ? ` (${last.message})` : ''}`);
    }
    await pause(every);
  }
}

/** Asserts that something stays untrue for a while: the only way to show that a phone does not act. */
export async function never(what, ask, { seconds = 2, every = 100 } = {}) {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if (await ask()) throw new Error(`${what}: happened, must not`);
    await pause(every);
  }
}

export function check(truth, otherwise) {
  if (!truth) throw new Error(otherwise);
}

export function equal(actual, expected, what) {
  const [left, right] = [actual, expected].map((value) => JSON.stringify(value));
  check(left === right, `${what}: ${left}, expected ${right}`);
}

/** A port that is free for UDP and TCP on loopback; `span` consecutive UDP ports for RTP and RTCP. */
export async function freePort(span = 1) {
  for (let attempt = 0; attempt < 50; attempt++) {
    const probe = net.createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address();
    const free = await Promise.all(Array.from({ length: span }, (_, i) => udpFree(port + i)));
    await new Promise((done) => probe.close(done));
    if (free.every(Boolean)) return port;
  }
  throw new Missing('No free loopback port was found.');
}

function udpFree(port) {
  return new Promise((done) => {
    const socket = createSocket('udp4');
    socket.once('error', () => done(false));
    socket.bind(port, '127.0.0.1', () => socket.close(() => done(true)));
  });
}

/** Stops with a sentence when a program is not installed. */
export function need(program, debianPackage) {
  const found = spawnSync('sh', ['-c', `command -v "$0"`, program], { env: { ...process.env, PATH: searchPath } });
  if (found.status !== 0) {
    throw new Missing(`The lab needs ${program}: install the Debian package ${debianPackage}.`);
  }
}

// Debian keeps kamailio in sbin, which is not on every user's path.
export const searchPath = `${process.env.PATH}:/usr/sbin:/sbin`;

const running = new Set();

/** Starts a child whose output goes to a file, in the searched work folder. */
export function start(program, args, { log, env = {}, cwd, capture } = {}) {
  const out = createWriteStream(log, { flags: 'a' });
  const child = spawn(program, args, {
    cwd, env: { ...process.env, PATH: searchPath, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.pipe(out, { end: false });
  if (capture) child.stdout.on('data', (bytes) => capture(bytes, out));
  else child.stdout.pipe(out, { end: false });
  running.add(child);
  child.ended = new Promise((done) => {
    const end = (code) => { running.delete(child); child.over = true; out.end(); done(code); };
    child.once('error', () => end(-1));
    child.once('close', end);
  });
  return child;
}

/** Asks a child to end, insists after the deadline, and returns its exit status. */
export async function stop(child, { seconds = 10, signal = 'SIGTERM' } = {}) {
  if (!child || child.over) return child?.exitCode ?? null;
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  await child.ended;
  clearTimeout(timer);
  return child.exitCode;
}

/** Nothing that the lab started outlives it. */
export const stopAll = () => Promise.all([...running].map((child) => stop(child, { seconds: 5 })));
