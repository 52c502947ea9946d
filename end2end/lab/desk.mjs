// A desk phone as far as provisioning and registration go: a Yealink that fetches its file, registers with what stands in
// it, rings, and fetches again when its registrar tells it to. The real phones of the lab heed no NOTIFY.

import { createHash, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { once } from 'node:events';
import { pause } from './tools.mjs';

export class Desk {
  /** Events of NOTIFYs that it heard, and how often it fetched. */
  woken = [];
  fetches = 0;
  ringing = null;
  sequence = 0;

  /** `address`: the steady address of its file; `registrar`: `host:port`. */
  constructor({ address, ca, user, password, registrar, realm }) {
    const [host, port] = registrar.split(':');
    Object.assign(this, { address: new URL(address), ca: readFileSync(ca), user, password, realm, host, port: Number(port) });
    this.call = randomBytes(8).toString('hex');
  }

  async start() {
    this.socket = createSocket('udp4');
    this.socket.on('message', (bytes) => this.hear(bytes.toString('latin1')));
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    this.here = `127.0.0.1:${this.socket.address().port}`;
    await this.fetch();
    await this.register();
  }

  stop() {
    this.socket?.close();
  }

  /** Fetches its file with HTTP Digest, and takes the first account from it. */
  async fetch() {
    const challenge = (await this.ask({})).headers['www-authenticate']?.split(/,\s*(?=Digest )/).find((one) => /algorithm=MD5\b/.test(one));
    if (!challenge) throw new Error('the edge gave no MD5 challenge');
    const authorization = digest(challenge, { method: 'GET', uri: this.address.pathname, user: this.user, password: this.password });
    const { status, body } = await this.ask({ authorization });
    if (status !== 200) throw new Error(`the desk phone got ${status}`);
    this.file = new Map(body.split('\n').filter((line) => line.includes(' = ')).map((line) => line.split(/ = (.*)/).slice(0, 2)));
    this.extension = this.file.get('account.1.user_name');
    this.fetches++;
  }

  /** Registers for a minute, and waits for the answer. */
  async register() {
    const password = this.file.get('account.1.password');
    const ask = (more) => this.request('REGISTER', `sip:${this.realm}`, [`Contact: <sip:${this.extension}@${this.here}>`, 'Expires: 60', ...more]);
    const challenged = await ask([]);
    const challenge = header(challenged, 'WWW-Authenticate');
    const authorization = digest(challenge, { method: 'REGISTER', uri: `sip:${this.realm}`, user: this.extension, password });
    const answer = await ask([`Authorization: ${authorization}`]);
    if (!answer.startsWith('SIP/2.0 200')) throw new Error(`REGISTER was answered: ${answer.split('\r\n')[0]}`);
  }

  request(method, uri, more) {
    const [branch, own] = [`z9hG4bK${randomBytes(8).toString('hex')}`, `<sip:${this.extension}@${this.realm}>`];
    const text = [
      `${method} ${uri} SIP/2.0`, `Via: SIP/2.0/UDP ${this.here};branch=${branch}`, `From: ${own};tag=${this.call}`, `To: ${own}`,
      `Call-ID: ${this.call}`, `CSeq: ${++this.sequence} ${method}`, 'Max-Forwards: 70', ...more, 'Content-Length: 0', '', '',
    ].join('\r\n');
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`${method} was not answered`)), 10_000);
      this.answered = (answer) => { clearTimeout(timer); done(answer); };
      this.send(text);
    });
  }

  send(text) {
    this.socket.send(text, this.port, this.host);
  }

  hear(message) {
    if (message.startsWith('SIP/2.0')) {
      if (header(message, 'CSeq') === `${this.sequence} REGISTER` && !message.startsWith('SIP/2.0 1')) this.answered?.(message);
    } else if (message.startsWith('NOTIFY ')) {
      this.send(answer(message, '200 OK', this.here));
      // Sent again until the answer has come: the same request is heeded once.
      const id = `${header(message, 'Call-ID')} ${header(message, 'CSeq')}`;
      if (id === this.heard) return;
      this.heard = id;
      this.woken.push(header(message, 'Event'));
      // It takes over what it fetched before it registers: Kamailio keeps the time of that in whole seconds.
      this.taken = this.fetch().then(() => pause(1500)).then(() => this.register());
    } else if (message.startsWith('INVITE ')) {
      this.ringing = message;
      this.send(answer(message, '180 Ringing', this.here));
    } else if (message.startsWith('CANCEL ')) {
      this.send(answer(message, '200 OK', this.here));
      if (this.ringing) this.send(answer(this.ringing, '487 Request Terminated', this.here));
      this.ringing = null;
    }
  }

  ask(headers) {
    const { port, pathname: path } = this.address;
    return new Promise((done, fail) => {
      const options = { host: '127.0.0.1', port, path, servername: 'localhost', ca: this.ca, agent: false };
      const request = https.get({ ...options, headers: { host: `localhost:${port}`, 'user-agent': 'Yealink SIP-T46U 108.86.0.20', ...headers } }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString('utf8') }));
      });
      request.on('error', fail);
    });
  }
}

const headers = (message, name) => message.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));

const header = (message, name) => headers(message, name)[0]?.slice(name.length + 1).trim();

function answer(request, status, here) {
  const to = headers(request, 'To').map((line) => (line.includes(';tag=') ? line : `${line};tag=desk`));
  const same = ['Via', 'Record-Route', 'From'].flatMap((name) => headers(request, name));
  return [
    `SIP/2.0 ${status}`, ...same, ...to, ...headers(request, 'Call-ID'), ...headers(request, 'CSeq'), `Contact: <sip:${here}>`, 'Content-Length: 0', '', '',
  ].join('\r\n');
}

/** An answer to a challenge (RFC 2617, MD5), with `qop=auth` where it is offered. */
function digest(challenge, { method, uri, user, password }) {
  const hash = (text) => createHash('md5').update(text).digest('hex');
  const part = (name) => new RegExp(`\\b${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const [realm, nonce, cnonce] = [part('realm'), part('nonce'), randomBytes(8).toString('hex')];
  const [one, two] = [hash(`${user}:${realm}:${password}`), hash(`${method}:${uri}`)];
  const quality = /\bqop=/.test(challenge);
  const response = hash(quality ? [one, nonce, '00000001', cnonce, 'auth', two].join(':') : [one, nonce, two].join(':'));
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=MD5, response="${response}"`
    + (quality ? `, qop=auth, nc=00000001, cnonce="${cnonce}"` : '');
}
