// The last step: nothing that was written, logged or shown may contain a secret that was used.
// A hit is reported as file and offset, never with the secret itself.

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

export class Secrets {
  needles = [];

  /** Remembers a secret text in the forms in which it could leak. */
  add(what, text, { except } = {}) {
    if (typeof text !== 'string' || text.length < 8) throw new Error(`${what} is too short to be told from chance`);
    this.bytes(what, Buffer.from(text, 'utf8'), except);
    const encoded = encodeURIComponent(text);
    if (encoded !== text) this.bytes(`${what}, percent-encoded`, Buffer.from(encoded), except);
  }

  /** Raw bytes, and how they would look as hex or base64. */
  bytes(what, bytes, except) {
    const texts = [bytes.toString('hex'), bytes.toString('hex').toUpperCase(), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
    for (const form of [bytes, ...texts.map((text) => Buffer.from(text))]) {
      if (!this.needles.some((needle) => needle.bytes.equals(form))) this.needles.push({ what, bytes: form, except });
    }
  }

  /** A password, and the digest credentials made from it, which are as good as the password. */
  digest(what, user, realm, password, { hashed } = {}) {
    this.add(what, password);
    for (const ha1 of credentials(user, realm, password)) this.bytes(`${what}, as a digest credential`, ha1, hashed);
  }

  /** Keys of the installation: every key in `folder`, which alone may hold it. */
  keys(folder) {
    let count = 0;
    for (const file of walk(folder)) {
      const content = readFileSync(file);
      const text = content.toString('latin1');
      const printable = /^[\x20-\x7e\s]+$/.test(text);
      // A certificate or public key is no secret, though it may be kept beside one.
      const parts = /-----BEGIN/.test(text)
        ? [...text.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----([\s\S]*?)-----END/g)].map((match) => Buffer.from(match[1], 'base64'))
        : [printable ? Buffer.from(text.trim()) : content, ...(printable ? decoded(text.trim()) : [])];
      for (const part of parts.filter((bytes) => bytes.length >= 16)) {
        this.bytes(`key ${basename(file)}`, part, folder);
        count++;
      }
    }
    return count;
  }

  /** Searches every file under `root`, folders in `skip` aside; `except` of a secret names where it belongs. */
  search(root, skip) {
    const hits = [];
    let files = 0;
    for (const file of walk(root, skip)) {
      const content = readFileSync(file);
      files++;
      for (const { what, bytes, except } of this.needles) {
        if (except && file.startsWith(except)) continue;
        const offset = content.indexOf(bytes);
        if (offset >= 0) hits.push(`${relative(root, file)} at byte ${offset}: ${what}`);
      }
    }
    return { files, hits };
  }
}

/** What the digest of a password can be answered with, by phones that send their whole address as name too. */
export function credentials(user, realm, password) {
  return ['md5', 'sha256'].flatMap((algorithm) => [user, `${user}@${realm}`].map((name) => (
    createHash(algorithm).update(`${name}:${realm}:${password}`).digest()
  )));
}

function decoded(text) {
  const found = [];
  if (/^(?:[\da-f]{2})+$/i.test(text)) found.push(Buffer.from(text, 'hex'));
  if (/^[\w+/-]+=*$/.test(text)) found.push(Buffer.from(text, 'base64'));
  return found;
}

function* walk(folder, skip = []) {
  let names = [];
  try {
    names = readdirSync(folder);
  } catch {
    return; // a folder that does not exist holds nothing
  }
  for (const name of names) {
    const path = join(folder, name);
    if (skip.includes(path)) continue;
    const kind = lstatSync(path);
    if (kind.isDirectory()) yield* walk(path, skip);
    else if (kind.isFile()) yield path;
  }
}
