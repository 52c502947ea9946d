// A browser without a screen: cookie jar, same-origin headers, redirects, and forms found by name.

import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { fill, forms, visible } from './html.mjs';

let count = 0; // pages are numbered in the order in which people saw them

export class Browser {
  /** Every page is also written to `pages`, where the final search looks. */
  constructor({ base, pages }) {
    this.base = new URL(base);
    this.pages = pages;
    this.cookies = new Map();
  }

  form(page, name) {
    const [form] = this.matching(page, name);
    if (form) return form;
    const there = forms(page.html).map((other) => other.name || other.action).join(', ');
    throw new Error(`${page.address} has no form ${name} for ${this.name ?? 'a visitor'}; it has: ${there || 'none'}`);
  }

  /** Every form of this kind: one for each segment, say. */
  matching(page, name) {
    return forms(page.html).map((form) => ({ ...form, page: page.address })).filter((form) => form.name === name);
  }

  open(address) {
    return this.exchange('GET', address);
  }

  send(form, values) {
    return this.exchange('POST', new URL(form.action || form.page, new URL(form.page, this.base)).pathname, fill(form, values).toString());
  }

  async exchange(method, address, body) {
    const url = new URL(address, this.base);
    const answer = await this.once(method, url, body);
    for (const cookie of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^\s*([^=;]+)=([^;]*)/.exec(cookie) ?? [];
      if (name) this.cookies.set(name, value);
    }
    if (answer.status >= 300 && answer.status < 400) return this.exchange('GET', new URL(answer.headers.location, url).href);
    count++;
    const name = url.pathname.slice(1).replaceAll('/', '-') || 'overview';
    writeFileSync(join(this.pages, `${name}.${String(count).padStart(3, '0')}.html`), answer.html);
    if (answer.status >= 400) {
      const said = /role="alert"[^>]*>([\s\S]*?)<\/(?:div|p|section|ul)>/.exec(answer.html)?.[1] ?? answer.html;
      throw new Error(`${method} ${url.pathname} answered ${answer.status}: ${visible(said).slice(0, 300)}`);
    }
    return { address: url.pathname + url.search, html: answer.html };
  }

  once(method, url, body) {
    return new Promise((done, fail) => {
      const request = http.request(url, {
        method,
        headers: {
          accept: 'text/html', 'user-agent': 'ringfence-lab',
          'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document',
          ...(this.cookies.size && { cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') }),
          ...(body !== undefined && {
            origin: this.base.origin, 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body),
          }),
        },
      }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', fail);
        response.on('end', () => done({ status: response.statusCode, headers: response.headers, html: Buffer.concat(parts).toString('utf8') }));
      });
      request.setTimeout(30_000, () => request.destroy(new Error(`${url.pathname}: no answer`)));
      request.on('error', fail);
      request.end(body);
    });
  }
}
