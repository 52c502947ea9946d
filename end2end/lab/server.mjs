// The Ringfence binary under test: `demo` on free ports, and its command line beside it.

import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Missing, start, stop, until } from './tools.mjs';

// It logs as much as it can, so that the final search sees what an operator's log could ever hold.
const TALKATIVE = { RINGFENCE_LOG: 'trace' };

export class Server {
  constructor({ binary, folder }) {
    Object.assign(this, { binary, folder });
    this.data = join(folder, 'data');
    this.log = join(folder, 'server.log');
    this.config = join(folder, 'ringfence.toml');
  }

  /** Says so at once when there is nothing to test. */
  look() {
    try {
      accessSync(this.binary, constants.X_OK);
    } catch {
      throw new Missing(`There is no program at ${this.binary}: build it first, or name it in RINGFENCE_BINARY.`);
    }
  }

  /** Starts it and returns what its first line says; that line holds secrets and is written nowhere. */
  async start(callControl) {
    mkdirSync(this.data, { recursive: true });
    const quoted = Object.entries(callControl).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    writeFileSync(this.config, `[call_control]\n${quoted.join('\n')}\n`);
    let first = Buffer.alloc(0);
    let line = null;
    this.child = start(this.binary, [
      'demo', '--json', '--config', this.config, '--data', this.data,
      '--console', '127.0.0.1:0', '--edge-http', '127.0.0.1:0', '--edge-https', '127.0.0.1:0',
    ], {
      log: this.log,
      env: TALKATIVE,
      capture: (bytes, out) => {
        if (line !== null) { out.write(bytes); return; }
        first = Buffer.concat([first, bytes]);
        const end = first.indexOf(10);
        if (end < 0) return;
        line = first.subarray(0, end).toString('utf8');
        out.write(first.subarray(end + 1));
      },
    });
    await until('ringfence demo printed its first line', () => {
      if (this.child.over) throw new Error(`it ended with ${this.child.exitCode}, see ${this.log}`);
      return line !== null;
    }, { seconds: 60 });
    this.demo = JSON.parse(line);
    this.ca = join(this.folder, 'edge-ca.pem');
    if (this.demo.ca.includes('-----BEGIN')) writeFileSync(this.ca, this.demo.ca);
    else this.ca = this.demo.ca;
    return this.demo;
  }

  /** Ends it as an operator does; returns its exit status. */
  stop() {
    return stop(this.child, { seconds: 20 });
  }

  /** Another command on the same data; its output is part of what is searched at the end. */
  run(...args) {
    return new Promise((done) => {
      const options = { env: { ...process.env, ...TALKATIVE }, timeout: 60_000, maxBuffer: 1 << 26 };
      execFile(this.binary, [...args, '--data', this.data], options, (error, stdout, stderr) => {
        writeFileSync(join(this.folder, 'commands.log'), `${stdout}${stderr}`, { flag: 'a' });
        done({ status: error ? error.code ?? -1 : 0, stdout, stderr });
      });
    });
  }
}
