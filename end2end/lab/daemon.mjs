// Talking to linphone-daemon over its Unix socket.

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import net from 'node:net';

export class Daemon {
  // It puts its socket in /tmp whatever TMPDIR says, so the name must be nobody else's.
  pipe = `ringfence-lab-${randomBytes(6).toString('hex')}`;
  path = `/tmp/${this.pipe}`;

  /**
   * One command over the daemon's socket. It takes one client at a time and sends each answer in one piece,
   * so the connection is kept and commands wait for each other.
   */
  command(text) {
    const next = (this.queue ?? Promise.resolve()).catch(() => {}).then(() => this.exchange(text));
    this.queue = next;
    return next;
  }

  exchange(text) {
    return new Promise((done, fail) => {
      const socket = this.socket ?? net.connect(this.path);
      this.socket = socket;
      const end = (answer, error) => {
        clearTimeout(timer);
        socket.removeAllListeners();
        socket.on('error', () => {}); // one that comes later concerns nobody
        if (error) { socket.destroy(); this.socket = undefined; fail(error); } else done(answer);
      };
      const word = text.split(' ')[0];
      const timer = setTimeout(() => end(null, new Error(`${this.name}: no answer to ${word}`)), 5000);
      socket.on('data', (bytes) => end(bytes.toString('utf8')));
      socket.on('error', (error) => end(null, error));
      socket.on('close', () => end(null, new Error(`${this.name}: closed before it answered ${word}`)));
      socket.write(`${text}\n`);
    });
  }

  /** The daemon is gone: its socket goes too. */
  forget() {
    this.socket?.destroy();
    this.socket = undefined;
    rmSync(this.path, { force: true });
  }
}
