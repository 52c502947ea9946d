// People at the console: each signs in with a browser of their own and fills in the forms that the pages show.
// Names of pages, forms and fields stand in WORDS and nowhere else.

import { Browser, has } from './browser.mjs';
import { choices } from './html.mjs';

export const WORDS = {
  signIn: { page: '/sign-in', form: 'sign-in', name: 'name', password: 'password' },
  site: (code) => `/sites/${code}`,
  device: (mac) => `/devices/${mac}`,
  evidence: { form: 'evidence', check: 'check', passed: 'passed', yes: 'true', note: 'note', until: 'until' },
  signOff: { form: 'sign-off', until: 'until' },
  bind: { form: 'bind', kind: 'bind' },
  unbind: { form: 'unbind', kind: 'unbind' },
  request: { kind: 'kind', index: 'index', extension: 'extension', reason: 'reason' },
  submit: { form: 'submit' },
  approve: { form: 'approve' },
  apply: { form: 'apply' },
  checks: ['dns', 'transport', 'sip-options', 'test-registration', 'test-call'],
};

export class Person extends Browser {
  static async signIn({ base, pages, login }) {
    const person = new Person({ base, pages });
    const words = WORDS.signIn;
    const page = await person.open(words.page);
    await person.send(person.form(page, words.form), { [words.name]: login.name, [words.password]: login.password });
    person.name = login.name;
    if (!person.cookies.size) throw new Error(`${login.name} signed in but got no cookie`);
    return person;
  }

  /** Enters passing evidence for every check of every segment of the site, then signs each segment off. */
  async openGate({ site, until }) {
    const words = WORDS.evidence;
    const time = until.toISOString().slice(0, 19); // UTC, as a datetime-local field sends it
    for (const check of WORDS.checks) {
      const count = this.matching(await this.open(WORDS.site(site)), words.form, words.check, check).length;
      if (!count) throw new Error(`the site page has no form for the check ${check}`);
      for (let i = 0; i < count; i++) {
        const form = this.matching(await this.open(WORDS.site(site)), words.form, words.check, check)[i];
        await this.send(form, has(form, {
          [words.check]: check, [words.passed]: words.yes, [words.note]: 'Seen by the lab.', [words.until]: time,
        }));
      }
    }
    const gates = this.matching(await this.open(WORDS.site(site)), WORDS.signOff.form).length;
    for (let i = 0; i < gates; i++) {
      const form = this.matching(await this.open(WORDS.site(site)), WORDS.signOff.form)[i];
      await this.send(form, has(form, { [WORDS.signOff.until]: time }));
    }
    if (!gates) throw new Error('the site page has no form to sign a gate off');
  }

  /** Requests an extension for line 1, any free one unless it is named; returns the request's address. */
  async requestBind({ mac, extension, avoid = [] }) {
    const page = await this.open(WORDS.device(mac));
    const form = this.form(page, WORDS.bind.form);
    const free = choices(form, WORDS.request.extension).map(({ value }) => value).filter((value) => value && !avoid.includes(value));
    const chosen = extension ?? free[0];
    if (!chosen) throw new Error(`no extension is free for ${mac}`);
    return { extension: chosen, address: await this.request(form, WORDS.bind.kind, { [WORDS.request.extension]: chosen }) };
  }

  /** Requests that line 1 is taken away. */
  async revoke({ mac }) {
    const page = await this.open(WORDS.device(mac));
    return { address: await this.request(this.form(page, WORDS.unbind.form), WORDS.unbind.kind, {}) };
  }

  async request(form, kind, values) {
    const words = WORDS.request;
    const page = await this.send(form, {
      ...has(form, { [words.kind]: kind, [words.index]: '1', [words.reason]: 'The lab asked for it.' }), ...values,
    });
    // A request that starts as a draft is handed in on its own page.
    const [submit] = this.matching(page, WORDS.submit.form);
    return (submit ? await this.send(submit, {}) : page).address;
  }

  /** Signs the digest that the page shows: it is in the form. */
  async approve({ address }) {
    await this.send(this.form(await this.open(address), WORDS.approve.form), {});
  }

  async apply({ address }) {
    await this.send(this.form(await this.open(address), WORDS.apply.form), {});
  }
}
