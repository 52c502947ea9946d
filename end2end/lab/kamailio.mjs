// A private Kamailio on loopback: registrar, authentication and call relay over the subscriber table.
// The lab makes the empty table only; rows come from Ringfence's connector, which is its single writer.

import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { config } from './kamailio-config.mjs';
import { freePort, need, start, stop, until } from './tools.mjs';

const SCHEMA = '/usr/share/kamailio/db_sqlite';

export class Kamailio {
  constructor({ folder, realm }) {
    this.folder = folder;
    this.realm = realm;
    this.database = join(folder, 'kamailio.sqlite');
    this.log = join(folder, 'kamailio.log');
  }

  /** Makes the empty subscriber table and fixes the port, so that a restart keeps the address. */
  async prepare() {
    need('kamailio', 'kamailio');
    need('sqlite3', 'sqlite3');
    if (!existsSync(SCHEMA)) need('kamailio-db_sqlite', 'kamailio-sqlite-modules');
    mkdirSync(this.folder, { recursive: true });
    this.port = await freePort();
    this.registrar = `127.0.0.1:${this.port}`;
    const tables = ['standard', 'auth_db'].map((name) => readFileSync(`${SCHEMA}/${name}-create.sql`, 'utf8'));
    this.sql(`PRAGMA journal_mode = WAL;\n${tables.join('\n')}`);
    writeFileSync(join(this.folder, 'kamailio.cfg'), config(this));
  }

  async start() {
    this.child = start('kamailio', [
      '-f', join(this.folder, 'kamailio.cfg'), '-Y', this.folder, '-DD', '-E', '-m', '64', '-M', '8',
    ], { log: this.log, cwd: this.folder });
    await until('Kamailio answers OPTIONS', () => {
      if (this.child.over) throw new Error(`it ended at once, see ${this.log}`);
      return this.options();
    }, { every: 10 });
  }

  async stop() {
    await stop(this.child);
  }

  sql(text) {
    const done = spawnSync('sqlite3', ['-batch', '-cmd', '.timeout 5000', this.database], { input: text, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`sqlite3: ${done.stderr.trim()}`);
    return done.stdout;
  }

  /** User names that may register; never their credentials. */
  subscribers() {
    return this.sql('SELECT username FROM subscriber ORDER BY username;').split('\n').filter(Boolean);
  }

  /** Contacts registered now for one extension; an unknown address of record is an empty list. */
  async contacts(extension) {
    const answer = await this.rpc('ul.lookup', ['location', extension]);
    if (answer.error) return [];
    return answer.result.Contacts.map(({ Contact }) => ({
      address: Contact.Address, agent: Contact['User-Agent'], expires: Contact.Expires,
    }));
  }

  async rpc(method, params = []) {
    const response = await fetch(`http://${this.registrar}/RPC`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    return response.json();
  }

  /** One OPTIONS over UDP; false when nobody answers within 100 ms. */
  options() {
    return new Promise((done) => {
      const socket = createSocket('udp4');
      const end = (answered) => { clearTimeout(timer); socket.close(); done(answered); };
      const timer = setTimeout(() => end(false), 100);
      socket.once('error', () => end(false));
      socket.once('message', (bytes) => end(bytes.toString('latin1').startsWith('SIP/2.0 200')));
      // A connected socket learns of a closed port at once.
      socket.connect(this.port, '127.0.0.1', () => {
        const here = `127.0.0.1:${socket.address().port}`;
        const unique = Math.random().toString(36).slice(2);
        socket.send([
          `OPTIONS sip:${this.registrar} SIP/2.0`,
          `Via: SIP/2.0/UDP ${here};rport;branch=z9hG4bK${unique}`,
          `From: <sip:lab@${here}>;tag=${unique}`, `To: <sip:${this.registrar}>`,
          `Call-ID: ${unique}`, 'CSeq: 1 OPTIONS', 'Max-Forwards: 5', 'Content-Length: 0', '', '',
        ].join('\r\n'));
      });
    });
  }
}
