// A private Kamailio on loopback: registrar, authentication and call relay over the subscriber table.
// The lab makes the empty table only; rows come from Ringfence's connector, which is its single writer.

import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
    writeFileSync(join(this.folder, 'kamailio.cfg'), this.config());
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

  config() {
    // usrloc stays in memory (db_mode 0): a second writer would meet "database is locked", and a restarted
    // registrar then knows nobody, which is what shows that the phones registered again.
    return `#!KAMAILIO
debug=2
log_stderror=yes
children=2
tcp_children=2
auto_aliases=no
alias="${this.realm}"
listen=udp:${this.registrar}
listen=tcp:${this.registrar}
tcp_accept_no_cl=yes
${['db_sqlite', 'jsonrpcs', 'kex', 'corex', 'tm', 'sl', 'rr', 'pv', 'maxfwd', 'textops', 'siputils', 'xlog', 'sanity',
    'usrloc', 'registrar', 'auth', 'auth_db', 'xhttp'].map((name) => `loadmodule "${name}.so"`).join('\n')}
modparam("db_sqlite", "db_set_readonly", "${this.database}")
modparam("jsonrpcs", "transport", 1)
modparam("xhttp", "url_match", "^/RPC")
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_contacts", 1)
modparam("auth_db", "db_url", "sqlite:///${this.database}")
modparam("auth_db", "calculate_ha1", 0)
modparam("auth_db", "password_column", "ha1")
modparam("auth_db", "load_credentials", "")
modparam("rr", "enable_full_lr", 1)

request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (!sanity_check()) exit;
  if (is_method("OPTIONS") && uri == myself) { sl_send_reply("200", "OK"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route() || is_method("ACK")) t_relay(); else sl_send_reply("404", "Not Here");
    exit;
  }
  t_check_trans();
  if (is_method("REGISTER")) {
    if (!auth_check("${this.realm}", "subscriber", "1")) { auth_challenge("${this.realm}", "1"); exit; }
    consume_credentials();
    save("location");
    exit;
  }
  if (is_method("INVITE")) {
    if (!auth_check("${this.realm}", "subscriber", "1")) { auth_challenge("${this.realm}", "1"); exit; }
    consume_credentials();
    record_route();
  }
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  if (!t_relay()) sl_reply_error();
}
event_route[xhttp:request] { if ($hu =~ "^/RPC") jsonrpc_dispatch(); else xhttp_reply("404", "Not Found", "", ""); }
`;
  }
}
