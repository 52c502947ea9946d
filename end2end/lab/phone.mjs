// A real SIP phone: linphone-daemon with a private home, provisioned over HTTPS as a desk phone is.
// Its configuration file survives restarts, as a desk phone's flash does: what was served once stays
// until something served later takes it away.

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon } from './daemon.mjs';
import { decode } from './html.mjs';
import { freePort, need, pause, start, stop, until } from './tools.mjs';

export class Phone extends Daemon {
  /** `address`: the steady address, without user name; `ca`: file with the edge's authority. */
  constructor({ name, mac, folder, address, ca, user, password }) {
    super();
    Object.assign(this, { name, mac, folder, address, ca, user, password });
    this.rc = join(folder, 'linphonerc');
    this.log = join(folder, 'linphone.log');
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
      },
      rtp: { audio_rtp_port: await freePort(2) },
      video: { enabled: 0, capture: 0, display: 0 },
    }), { mode: 0o600 });
  }

  async start() {
    this.offset = existsSync(this.log) ? statSync(this.log).size : 0;
    this.child = start('linphone-daemon', [
      '--config', this.rc, '--log', this.log, '--pipe', this.pipe, '--disable-stats-events',
    ], {
      log: join(this.folder, 'daemon.log'),
      cwd: this.folder,
      env: {
        HOME: this.folder,
        XDG_CONFIG_HOME: join(this.folder, '.config'),
        XDG_DATA_HOME: join(this.folder, '.local/share'),
        PULSE_RUNTIME_PATH: join(this.folder, '.pulse'), // or it leaves a folder in /tmp
      },
    });
    await until(`${this.name} accepts commands`, () => {
      if (this.child.over) throw new Error(`it ended at once, see ${this.log}`);
      return this.command('version');
    });
    return until(`${this.name} finished its fetch`, () => outcome(this.said()));
  }

  /** What it logged since it was started last. */
  said() {
    return readFileSync(this.log).subarray(this.offset).toString('latin1');
  }

  /** Registered, by its own account: the newest state is Ok. */
  registered() {
    return [...this.said().matchAll(/^.*for identity .* to \[LinphoneRegistration(\w+)\]/gm)].at(-1)?.[1] === 'Ok';
  }

  /** How many REGISTER requests it made since it was started last. */
  attempts() {
    return [...this.said().matchAll(/^REGISTER sip:/gm)].length;
  }

  /** Extensions that it holds. Its file says so; the daemon's own list leaves out what came with a fetch. */
  accounts() {
    return this.entries('proxy', 'reg_identity').map((identity) => /sips?:([^@;>]*)/.exec(identity)?.[1] ?? identity);
  }

  /** How many SIP credentials it holds: passwords, or the hashes that it keeps in their place. */
  credentials() {
    return this.entries('auth_info', 'passwd').length + this.entries('auth_info', 'ha1').length;
  }

  /** What is left in its file of accounts and credentials, as `section/key`; switches that say "no" aside. */
  remains() {
    return this.sections(/^(auth_info|proxy)_\d+$/).flatMap(({ name, text }) => [...text.matchAll(/^(\w+)=(.+)$/gm)]
      .filter(([, , value]) => value !== '0' && value !== '-1')
      .map(([, key]) => `${name}/${key}`));
  }

  /** SIP passwords in the configuration that was fetched last, as its log has it; for searching only. */
  served() {
    const body = this.said().split(/^(?=HTTP\/1\.1 )/m).findLast((answer) => answer.startsWith('HTTP/1.1 200')) ?? '';
    return [...body.matchAll(/<entry name="passwd"[^>]*>([^<]+)<\/entry>/g)].map(([, password]) => decode(password));
  }

  /** Whether its file holds this text, wherever and in whichever case. */
  holds(text) {
    return readFileSync(this.rc, 'utf8').toLowerCase().includes(text.toLowerCase());
  }

  entries(section, key) {
    return this.sections(new RegExp(`^${section}_\\d+$`)).flatMap(({ text }) => new RegExp(`^${key}=(.+)$`, 'm').exec(text)?.[1] ?? []);
  }

  sections(names) {
    return readFileSync(this.rc, 'utf8').split(/^(?=\[)/m)
      .map((text) => ({ name: /^\[([^\]]*)\]/.exec(text)?.[1] ?? '', text }))
      .filter(({ name }) => names.test(name));
  }

  /** Places a call and returns at once. */
  async call(address) {
    const answer = await this.command(`call ${address}`);
    if (!answer.startsWith('Status: Ok')) throw new Error(`${this.name} cannot call: ${answer.trim()}`);
  }

  /** `OutgoingRinging`, `IncomingReceived`, `StreamsRunning`…, or null without a call. */
  async callState() {
    return /^State: LinphoneCall(\w+)/m.exec(await this.command('call-status'))?.[1] ?? null;
  }

  async stop() {
    if (this.child && !this.child.over) {
      await this.command('quit').catch(() => {});
      // It unregisters on its way out, as a phone does that is rebooted rather than unplugged.
      await Promise.race([this.child.ended, pause(10_000)]);
      await stop(this.child);
    }
    this.forget();
  }

  async restart() {
    await this.stop();
    return this.start();
  }
}

/** What the fetch in this piece of log led to; null while it runs. Listening for SIP starts when it is over. */
function outcome(log) {
  if (!log.includes('Creating listening point')) return null;
  const fetch = log.split('Creating listening point')[0];
  const statuses = [...fetch.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]));
  return {
    status: statuses.at(-1) ?? 'unreachable',
    challenged: statuses[0] === 401 && /^Authorization: +Digest /m.test(fetch),
    realm: /^WWW-Authenticate: *Digest .*?realm="([^"]*)"/im.exec(fetch)?.[1],
  };
}

function ini(sections) {
  return Object.entries(sections).map(([name, entries]) => [
    `[${name}]`, ...Object.entries(entries).map(([key, value]) => `${key}=${value}`), '',
  ].join('\n')).join('\n');
}
