// What happens in the lab, in order. Every step rests on the ones before it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DAY, Person } from './console.mjs';
import { Desk } from './desk.mjs';
import { Kamailio } from './kamailio.mjs';
import { Phone } from './phone.mjs';
import { Secrets, credentials } from './secrets.mjs';
import { Server } from './server.mjs';
import { check, equal, never, until } from './tools.mjs';

const REALM = 'ringfence.example';

export class Scenario {
  secrets = new Secrets();
  phones = [];
  people = {};

  constructor({ work, binary, gateSeconds }) {
    Object.assign(this, { work, gateSeconds, pages: join(work, 'pages'), homes: join(work, 'phones') });
    this.kamailio = new Kamailio({ folder: join(work, 'kamailio'), realm: REALM });
    this.server = new Server({ binary, folder: work });
  }

  steps() {
    return [
      ['Kamailio and the demonstration start', () => this.startUp()],
      ['unbound phones fetch with Digest and register nothing', () => this.unbound()],
      ['the site lead opens the gate', () => this.openGate()],
      ['two lines are requested, approved by another person, and applied', () => this.bind()],
      ['bound phones register, and a call is answered', () => this.call()],
      ['a rollout wakes a phone that is registered and in no call, and sees it register anew', () => this.rollOut()],
      ['gate expired and call control down: phones restart and still register', () => this.outage()],
      ['a revoked phone holds no account at its next fetch', () => this.revoke()],
      ['the ledger verifies after shutdown and has every fetch', () => this.verify()],
      ['no secret in any output or in the data folder', () => this.search()],
    ];
  }

  async startUp() {
    for (const folder of [this.pages, this.homes]) mkdirSync(folder, { recursive: true });
    this.server.look();
    await this.kamailio.prepare();
    await this.kamailio.start();
    const { database, registrar } = this.kamailio;
    const demo = await this.server.start({
      kind: 'kamailio', database: `sqlite://${database}`, realm: REALM, registrar, transport: 'udp', rpc: `http://${registrar}/RPC`,
    });
    this.demo = demo;
    // The sign-in page of a demonstration, and nothing else, shows its passwords.
    const except = join(this.pages, 'sign-in.');
    for (const { name, password } of demo.logins) this.secrets.add(`console password of ${name}`, password, { except });
    for (const { mac, digest_password: secret } of demo.devices) if (secret) this.secrets.add(`digest password of ${mac}`, secret);

    const free = demo.devices.filter((device) => device.vendor === 'linphone' && device.state !== 'bound');
    this.site = free.map((device) => device.site).find((name) => free.filter((device) => device.site === name).length >= 2);
    check(this.site, 'no site of the demonstration has two unbound linphone devices');
    this.phones = free.filter((device) => device.site === this.site).slice(0, 2).map((device, i) => new Phone({
      name: `phone ${'AB'[i]}`,
      mac: device.mac,
      folder: join(this.homes, 'AB'[i]),
      // These phones compare names only, so an address in the certificate does not count: ask for localhost.
      address: new URL(device.steady_path, demo.edge_https.replace('127.0.0.1', 'localhost')).href,
      ca: this.server.ca,
      user: device.digest_user,
      password: device.digest_password,
    }));
    for (const phone of this.phones) await phone.prepare();
  }

  async unbound() {
    for (const phone of this.phones) {
      this.proven(phone, await phone.start(), 'baseline');
      equal(phone.accounts(), [], `accounts of ${phone.name}`);
    }
    await never('an unbound phone registers', () => this.phones.some((phone) => phone.attempts() > 0));
    // The demonstration has a bound device of its own; none of ours may be there.
    this.before = this.kamailio.subscribers();
  }

  async openGate() {
    for (const role of ['administrator', 'approver', 'site-lead']) {
      const login = this.demo.logins.find(({ roles }) => [roles].flat().includes(role));
      check(login, `the demonstration has no login with the role ${role}`);
      this.people[role] = await Person.signIn({ base: this.demo.console, pages: this.pages, login });
    }
    await this.people['site-lead'].signGateOff({ site: this.site, seconds: DAY });
    equal(await this.explain(this.phones[0]), { serve: 'baseline', gate: [] }, 'what is said of an unbound phone');
  }

  /** What the product would serve now, and what it says of the gate. */
  async explain({ mac }) {
    const { serve, findings } = (await this.trace(mac)).device.decision;
    return { serve, gate: findings.map(({ code }) => code).filter((code) => code.startsWith('gate.')) };
  }

  async trace(mac) {
    const { status, stdout } = await this.server.run('explain', mac, '--json');
    equal(status, 0, 'exit status of explain, see commands.log');
    return JSON.parse(stdout);
  }

  /** The record has every fetch in order: what was decided, on which proof, and by whose approval. */
  async recorded(phone) {
    const { serves } = await this.trace(phone.mac);
    const approver = this.people.approver.name;
    const facts = ({ decision, status, proof, approver: by }) => ({ decision, status, proof, by });
    const expected = phone.fetched.map((decision) => ({ decision, status: 200, proof: 'digest', by: decision === 'baseline' ? null : approver }));
    equal(serves.map(facts).reverse(), expected, `what the record says of ${phone.name}`);
  }

  async bind() {
    const taken = [];
    for (const phone of this.phones) {
      const request = await this.people.administrator.requestBind({ mac: phone.mac, avoid: taken });
      phone.extension = request.extension;
      taken.push(request.extension);
      check(!this.before.includes(phone.extension), `${phone.extension} was a subscriber before anybody asked`);
      await this.decide(request);
    }
    await until('Kamailio knows both subscribers', () => taken.every((extension) => this.kamailio.subscribers().includes(extension)));
  }

  async call() {
    for (const phone of this.phones) await this.fetchesLine(phone);
    await this.bothRegister();
    const [a, b] = this.phones;
    await a.call(`sip:${b.extension}@${REALM}`);
    await until('phone B rings', async () => (await b.callState()) === 'IncomingReceived');
    await b.command('answer');
    for (const phone of this.phones) await until(`${phone.name} has the call`, async () => (await phone.callState()) === 'StreamsRunning');
    await a.command('terminate');
    for (const phone of this.phones) await until(`${phone.name} hung up`, async () => (await phone.callState()) === null);
  }

  async rollOut() {
    const device = this.demo.devices.find(({ vendor, state, site }) => vendor === 'yealink' && state === 'bound' && site === this.site);
    check(device, 'no desk phone of the demonstration has a line');
    const desk = new Desk({
      address: new URL(device.steady_path, this.demo.edge_https).href, ca: this.server.ca, user: device.digest_user, password: device.digest_password,
      registrar: this.kamailio.registrar, realm: REALM,
    });
    try {
      await desk.start();
      this.secrets.digest(`SIP password of ${desk.extension}`, desk.extension, REALM, desk.file.get('account.1.password'), { hashed: this.kamailio.database });
      const { administrator, approver } = this.people;
      await administrator.rollOutIn(`devices ${device.mac}\nall`);
      const change = await administrator.changeLayer(`site ${this.site}`, 'phone.language = en-GB');
      await approver.approveLayer(change);

      // While it rings nothing is published for it, and it is told nothing.
      const [caller] = this.phones;
      await caller.call(`sip:${desk.extension}@${REALM}`);
      await until('the desk phone rings', () => desk.ringing);
      await administrator.publishLayer(change);
      await never('a phone that rings is woken', () => desk.woken.length > 0, { seconds: 8 });
      check((await administrator.rollout(1, 'waiting')).includes(device.mac), 'a phone that rings is not held back');
      await desk.register(); // as it does before a minute is over
      await caller.command('terminate');

      await until('the desk phone is woken', () => desk.woken.length > 0, { seconds: 30 });
      equal(desk.woken[0], 'check-sync;reboot=false', 'the event');
      await desk.taken;
      equal(desk.file.get('lang.gui'), 'English', 'what it fetched then');
      equal(desk.fetches, 2, 'how often it fetched');
      const applied = async () => (await administrator.rollout(1, 'applied')).includes('applied: registered');
      await until('the rollout sees that it registered anew', applied, { seconds: 90, every: 1000 });
    } finally {
      desk.stop();
    }
  }

  async outage() {
    for (const phone of this.phones) equal(await this.explain(phone), { serve: 'bound', gate: [] }, `while the gate is open, ${phone.name}`);
    const expiry = await this.people['site-lead'].signGateOff({ site: this.site, seconds: this.gateSeconds });
    await until('the gate expires', () => Date.now() > expiry, { seconds: this.gateSeconds + 5 });
    for (const phone of this.phones) {
      equal(await this.explain(phone), { serve: 'bound', gate: ['gate.expired_kept'] }, `after the gate expired, ${phone.name}`);
    }
    await this.kamailio.stop();
    for (const phone of this.phones) await this.fetchesLine(phone);
    for (const phone of this.phones) check(!phone.registered(), `${phone.name} registered while there was no call control`);
    await this.kamailio.start();
    await this.bothRegister();
  }

  async revoke() {
    const [a, b] = this.phones;
    const contacts = async ({ extension }) => (await this.kamailio.contacts(extension)).length;
    await this.decide(await this.people.administrator.requestUnbind({ mac: a.mac }));
    // Dead at the platform first, while the phone still holds its account…
    await until('the subscriber is gone', () => !this.kamailio.subscribers().includes(a.extension));
    await until(`Kamailio has no contact of ${a.name}`, async () => (await contacts(a)) === 0);
    check(a.credentials() > 0, `${a.name} lost its account before it asked`);
    // …then wiped.
    this.proven(a, await a.restart(), 'clear');
    this.wiped(a);
    await never('a revoked phone registers', () => a.attempts() > 0);
    equal(await contacts(a), 0, `contacts of ${a.name}`);
    equal(await contacts(b), 1, `contacts of ${b.name}, which nobody touched`);
  }

  /** Nothing of the line is in the phone's flash: no account, no credential, nothing that was made from one. */
  wiped(phone) {
    equal(phone.accounts(), [], `accounts of ${phone.name}`);
    equal(phone.remains(), [], `what ${phone.name} still keeps`);
    for (const password of phone.passwords) {
      const needles = [password, ...credentials(phone.extension, REALM, password).map((bytes) => bytes.toString('hex'))];
      check(!needles.some((needle) => phone.holds(needle)), `the file of ${phone.name} still holds a SIP credential`);
    }
    check(!phone.holds(`sip:${phone.extension}@`), `the file of ${phone.name} still holds its old address`);
  }

  async verify() {
    for (const phone of this.phones) await phone.stop();
    this.wiped(this.phones[0]); // what it wrote on its way out
    await this.kamailio.stop();
    equal(await this.server.stop(), 0, 'exit status of the server');
    const { status, stdout } = await this.server.run('ledger', 'verify', '--json');
    equal(status, 0, `exit status of ledger verify (${stdout.trim().slice(0, 300)})`);
    for (const phone of this.phones) await this.recorded(phone);
  }

  search() {
    for (const { name, cookies } of Object.values(this.people)) {
      for (const [cookie, value] of cookies) this.secrets.add(`cookie ${cookie} of ${name}`, value);
    }
    for (const folder of ['keys', 'tls'].map((name) => join(this.server.data, name))) {
      check(this.secrets.keys(folder) > 0, `there is no key in ${folder}, so the search cannot look for it`);
    }
    // The phones' own flash is where their secrets belong, and Kamailio's table holds hashed ones.
    const { files, hits } = this.secrets.search(this.work, [this.homes]);
    check(hits.length === 0, `secrets were found:\n      ${hits.join('\n      ')}`);
    return `${files} files, ${this.secrets.needles.length} patterns`;
  }

  async decide(request) {
    await this.people.approver.approve(request);
    await this.people.administrator.apply(request);
  }

  /** Restarts the phone, which then holds its extension; what it was given is remembered for the search. */
  async fetchesLine(phone) {
    this.proven(phone, await phone.restart(), 'bound');
    equal(phone.accounts(), [phone.extension], `accounts of ${phone.name}`);
    check(phone.credentials() > 0, `${phone.name} got an account without a password`);
    const served = phone.served();
    equal(served.length, 1, `SIP passwords served to ${phone.name}`);
    phone.passwords = [...new Set([...phone.passwords ?? [], ...served])];
    this.secrets.digest(`SIP password of ${phone.extension}`, phone.extension, REALM, served[0], { hashed: this.kamailio.database });
  }

  /** It was served, and only after it answered a Digest challenge. What was decided is looked for in the record. */
  proven(phone, fetch, decision) {
    phone.fetched = [...phone.fetched ?? [], decision];
    equal(fetch.status, 200, `status of the fetch by ${phone.name}`);
    check(fetch.challenged, `${phone.name} was served without a Digest challenge`);
    this.secrets.digest(`digest password of ${phone.mac}`, phone.user, fetch.realm, phone.password);
  }

  async bothRegister() {
    for (const phone of this.phones) {
      await until(`${phone.name} registers`, () => phone.registered(), { seconds: 90 });
      await until(`Kamailio has the contact of ${phone.name}`, async () => (await this.kamailio.contacts(phone.extension)).length === 1);
    }
  }
}
