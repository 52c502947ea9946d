// A real SIP phone: linphone-daemon with a private home, provisioned over HTTPS as a desk phone is.
// Its configuration file survives restarts, as a desk phone's flash does: what was served once stays
// until something served later takes it away.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { freePort, need, start, stop, until } from './tools.mjs';

export class Phone {
  /** `address`: the steady address, without user name; `realm`: the one in the edge's challenge. */
  constructor({ name, folder, address, ca, user, password, realm }) {
    Object.assign(this, { name, folder, address, ca, user, password, realm });
    this.rc = join(folder, 'linphonerc');
    this.log = join(folder, 'linphone.log');
    // The daemon puts its socket in /tmp whatever TMPDIR says, so the name must be nobody else's.
    this.pipe = `ringfence-lab-${randomBytes(6).toString('hex')}`;
  }

  async prepare() {
    need('linphone-daemon', 'linphone-cli');
    // Without these folders it cannot open its call database and refuses to start properly.
    for (const part of ['.local/share/linphone', '.config/linphone']) {
      mkdirSync(join(this.folder, part), { recursive: true });
    }
    const address = new URL(this.address);
    // Both stand in the address, or a phone that holds an account answers the challenge as that extension:
    // it then sends a From header, whose user replaces the one in the address unless a password is there too.
    address.username = this.user;
    address.password = this.password;
    writeFileSync(this.rc, ini({
      misc: { 'config-uri': address.href },
      sip: {
        root_ca: this.ca, verify_server_certs: 1, verify_server_cn: 1,
        sip_port: await freePort(), sip_tcp_port: 0, sip_tls_port: 0, use_ipv6: 0,
        // Keeps passwords as they were served, so that the final search knows what to look for.
        store_ha1_passwd: 0,
      },
      rtp: { audio_rtp_port: await freePort(2) },
      video: { enabled: 0, capture: 0, display: 0 },
    }), { mode: 0o600 });
  }

  async start() {
    const offset = existsSync(this.log) ? readFileSync(this.log).length : 0;
    this.child = start('linphone-daemon', [
      '--config', this.rc, '--log', this.log, '--pipe', this.pipe, '--disable-stats-events',
    ], {
      log: join(this.folder, 'daemon.log'),
      cwd: this.folder,
      env: {
        HOME: this.folder,
        XDG_CONFIG_HOME: join(this.folder, '.config'),
        XDG_DATA_HOME: join(this.folder, '.local/share'),
      },
    });
    await until(`${this.name} accepts commands`, () => {
      if (this.child.over) throw new Error(`it ended at once, see ${this.log}`);
      return this.command('version');
    });
    return until(`${this.name} finished its fetch`, () => outcome(readFileSync(this.log).subarray(offset).toString('latin1')));
  }

  async stop() {
    if (this.child && !this.child.over) {
      await this.command('quit').catch(() => {});
      await stop(this.child);
    }
    this.socket?.destroy();
    this.socket = undefined;
    rmSync(`/tmp/${this.pipe}`, { force: true });
  }

  async restart() {
    await this.stop();
    return this.start();
  }

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
      const socket = this.socket ?? net.connect(`/tmp/${this.pipe}`);
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
}

/** What the latest fetch in this piece of log led to; null while it runs. Listening starts when it is over. */
function outcome(log) {
  if (!log.includes('Creating listening point')) return null;
  const answers = [...log.split('Creating listening point')[0].matchAll(/^HTTP\/1\.1 (\d{3})/gm)];
  return answers.length ? Number(answers.at(-1)[1]) : 'unreachable';
}

function ini(sections) {
  return Object.entries(sections).map(([name, entries]) => [
    `[${name}]`, ...Object.entries(entries).map(([key, value]) => `${key}=${value}`), '',
  ].join('\n')).join('\n');
}
