// People at the console: each signs in with a browser of their own and fills in the forms that the pages show.
// Names of pages, forms and fields stand in WORDS and nowhere else.

import { Browser } from './browser.mjs';
import { choices, visible } from './html.mjs';

export const WORDS = {
  signIn: { page: '/sign-in', form: 'sign-in', name: 'name', password: 'password' },
  site: (code) => `/sites/${code}`,
  evidence: { form: 'evidence', check: (check) => `check.${check}`, passed: 'passed', note: (check) => `note.${check}`, until: 'until' },
  signOff: { form: 'sign-off', until: 'until', password: 'password' },
  draft: (mac, kind) => `/requests/new?mac=${encodeURIComponent(mac)}&index=1&kind=${kind}`,
  request: { form: 'request', bind: 'bind', unbind: 'unbind', extension: 'extension', reason: 'reason' },
  submit: { form: 'submit' },
  approve: { form: 'approve', password: 'password' },
  apply: { form: 'apply' },
  rollouts: { page: '/rollouts', one: (number, phase) => `/rollouts/${number}?phase=${phase}`, form: 'rollout-policy', waves: 'waves', atOnce: 'at_once', spread: 'jitter', reason: 'reason' },
  layers: { page: '/layers', form: 'layer', text: 'text', note: 'note', save: 'do', submit: 'submit-layer', approve: 'approve-layer', password: 'password', apply: 'apply-layer' },
  checks: ['dns', 'transport', 'sip-options', 'test-registration', 'test-call'],
};

export const DAY = 24 * 60 * 60; // seconds

/** A full second, so that the form and the lab mean the same moment. */
const inSeconds = (seconds) => new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000);

/** As a datetime-local field with seconds sends it; the console reads it as UTC. */
const utc = (time) => time.toISOString().slice(0, 19);

export class Person extends Browser {
  static async signIn({ base, pages, login }) {
    const person = new Person({ base, pages });
    const words = WORDS.signIn;
    const page = await person.open(words.page);
    await person.send(person.form(page, words.form), { [words.name]: login.name, [words.password]: login.password });
    person.name = login.name;
    person.password = login.password;
    if (!person.cookies.size) throw new Error(`${login.name} signed in but got no cookie`);
    return person;
  }

  /**
   * Enters fresh evidence for every check of every segment of the site, good for a day, then signs each segment
   * off for so many seconds; returns when the last sign-off ends.
   */
  async signGateOff({ site, seconds }) {
    const words = WORDS.evidence;
    const each = async (name, values) => {
      const count = this.matching(await this.open(WORDS.site(site)), name).length;
      if (!count) throw new Error(`${WORDS.site(site)} has no form ${name} for ${this.name}`);
      for (let i = 0; i < count; i++) await this.send(this.matching(await this.open(WORDS.site(site)), name)[i], values());
    };
    const seen = WORDS.checks.flatMap((check) => [[words.check(check), words.passed], [words.note(check), 'Seen by the lab.']]);
    await each(words.form, () => ({ ...Object.fromEntries(seen), [words.until]: utc(inSeconds(DAY)) }));
    let until;
    await each(WORDS.signOff.form, () => {
      until = inSeconds(seconds);
      return { [WORDS.signOff.until]: utc(until), [WORDS.signOff.password]: this.password };
    });
    return until;
  }

  /** Requests the first free extension for line 1; returns it, and the request's address. */
  async requestBind({ mac, avoid }) {
    const words = WORDS.request;
    const form = this.form(await this.open(WORDS.draft(mac, words.bind)), words.form);
    const extension = choices(form, words.extension).map(({ value }) => value).find((value) => value && !avoid.includes(value));
    if (!extension) throw new Error(`no extension is free for ${mac}`);
    return { extension, address: await this.request(form, { [words.extension]: extension }) };
  }

  /** Requests that line 1 is taken away. */
  async requestUnbind({ mac }) {
    const form = this.form(await this.open(WORDS.draft(mac, WORDS.request.unbind)), WORDS.request.form);
    return { address: await this.request(form, {}) };
  }

  /** Makes the draft and submits it; both on the pages that the answers lead to. */
  async request(form, values) {
    const page = await this.send(form, { ...values, [WORDS.request.reason]: 'The lab asked for it.' });
    return (await this.send(this.form(page, WORDS.submit.form), {})).address;
  }

  /** Signs the digest that the page shows, which is in the form, with one's own password. */
  async approve({ address }) {
    await this.send(this.form(await this.open(address), WORDS.approve.form), { [WORDS.approve.password]: this.password });
  }

  async apply({ address }) {
    await this.send(this.form(await this.open(address), WORDS.apply.form), {});
  }

  /** The next changes of layers go out in these waves, however small they are. */
  async rollOutIn(waves) {
    const words = WORDS.rollouts;
    const values = { [words.waves]: waves, [words.atOnce]: '0', [words.spread]: '0', [words.reason]: 'The lab asked for it.' };
    await this.send(this.form(await this.open(words.page), words.form), values);
  }

  /** A draft with these lines more in the layer of this name, submitted; the address of the change. */
  async changeLayer(name, lines) {
    const words = WORDS.layers;
    const { html } = await this.open(words.page);
    const href = new RegExp(`data-layer="${name}"[\\s\\S]*?href="([^"]*)"`).exec(html)?.[1];
    if (!href) throw new Error(`there is no layer ${name}`);
    const form = this.form(await this.open(`${href}/edit`), words.form);
    const text = form.fields.find((field) => field.name === words.text).value;
    const draft = await this.send(form, { [words.text]: `${text}\n${lines}\n`, [words.note]: 'The lab asked for it.' });
    return (await this.send(this.form(draft, words.submit), {})).address;
  }

  async approveLayer(address) {
    await this.send(this.form(await this.open(address), WORDS.layers.approve), { [WORDS.layers.password]: this.password });
  }

  async publishLayer(address) {
    await this.send(this.form(await this.open(address), WORDS.layers.apply), {});
  }

  /** What the page of a rollout says of its phones in this phase. */
  async rollout(number, phase) {
    return visible((await this.open(WORDS.rollouts.one(number, phase))).html);
  }
}
