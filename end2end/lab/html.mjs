// Forms as a person finds them on a page: read from the HTML, filled by field name, sent with everything
// that was already in them. So a new hidden field or another address needs no change in the lab.

const TAG = /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][\w-]*)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*\/?>/g;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Text as it is meant, from HTML or XML. */
export const decode = (text) => text.replace(/&(#x?[\da-f]+|\w+);/gi, (all, name) => {
  if (name[0] !== '#') return NAMED[name] ?? all;
  return String.fromCodePoint(/^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10));
});

/** What a person reads: no tags, single blanks. */
export const visible = (html) => decode(html
  .replace(/<(script|style|template)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<!--[\s\S]*?-->/g, '').replace(/<[^>]*>/g, ' '))
  .replace(/\s+/g, ' ').trim();

/** Every form of a page, in order. */
export function forms(html) {
  const found = [];
  let form = null;
  let field = null; // the option or textarea whose content is being read
  let select = null; // or the datalist
  let from = 0;
  const finish = (end) => {
    if (!field) return;
    const text = decode(html.slice(from, end).replace(/<[^>]*>/g, '')).trim();
    if (field.kind === 'textarea') field.value = text;
    else { field.text = text; field.value ??= text; }
    field = null;
  };
  for (const tag of html.matchAll(TAG)) {
    const [whole, closing, rawName, rawAttributes] = tag;
    if (!rawName) continue;
    const name = rawName.toLowerCase();
    if (closing) {
      if (['option', 'textarea', 'select', 'datalist'].includes(name)) finish(tag.index);
      if (['select', 'datalist'].includes(name)) select = null;
      if (name === 'form') form = null;
      continue;
    }
    const at = {};
    for (const [, key, ...values] of rawAttributes.matchAll(ATTRIBUTE)) {
      at[key.toLowerCase()] = decode(values.find((value) => value !== undefined) ?? '');
    }
    if (name === 'form') {
      form = { action: at.action ?? '', method: (at.method ?? 'get').toLowerCase(), name: at['data-form'] ?? at.id ?? '', fields: [], lists: [] };
      found.push(form);
    } else if (!form) {
      continue;
    } else if (name === 'input') {
      const kind = (at.type ?? 'text').toLowerCase();
      if (at.name && !('disabled' in at)) {
        const value = at.value ?? (/checkbox|radio/.test(kind) ? 'on' : '');
        form.fields.push({ kind, name: at.name, value, on: 'checked' in at, list: at.list });
      }
    } else if (name === 'button' && at.name && (at.type ?? 'submit') === 'submit') {
      form.fields.push({ kind: 'submit', name: at.name, value: at.value ?? '' });
    } else if (name === 'select' && at.name) {
      select = { kind: 'select', name: at.name, options: [] };
      form.fields.push(select);
    } else if (name === 'datalist') {
      select = { id: at.id, options: [] };
      form.lists.push(select);
    } else if (name === 'option' && select) {
      finish(tag.index);
      field = { kind: 'option', value: at.value, chosen: 'selected' in at };
      from = tag.index + whole.length;
      select.options.push(field);
    } else if (name === 'textarea' && at.name) {
      field = { kind: 'textarea', name: at.name, value: '' };
      from = tag.index + whole.length;
      form.fields.push(field);
    }
  }
  return found;
}

/** Values that a field of this name offers: its options or suggestions, its radio buttons, or its one hidden value. */
export function choices(form, name) {
  return form.fields.filter((field) => field.name === name).flatMap((field) => {
    if (field.kind === 'select') return field.options.map(({ value, text }) => ({ value, text }));
    const list = field.list && form.lists.find(({ id }) => id === field.list);
    if (list) return list.options.map(({ value, text }) => ({ value, text }));
    return ['radio', 'hidden', 'submit', 'checkbox'].includes(field.kind) ? [{ value: field.value, text: field.value }] : [];
  });
}

/** The body to send: what the form holds, with `values` by field name on top. */
export function fill(form, values) {
  const body = new URLSearchParams();
  const open = new Map(Object.entries(values));
  for (const field of form.fields) {
    const wanted = values[field.name];
    const given = wanted !== undefined;
    if (given) open.delete(field.name);
    if (field.kind === 'hidden' && given && wanted !== field.value) {
      throw new Error(`the form ${form.name || form.action} fixes ${field.name} to another value`);
    }
    if (field.kind === 'submit') {
      if (given && wanted === field.value) body.append(field.name, field.value);
    } else if (field.kind === 'radio') {
      if (given ? wanted === field.value : field.on) body.append(field.name, field.value);
    } else if (field.kind === 'checkbox') {
      if (given ? wanted === true || wanted === field.value : field.on) body.append(field.name, field.value);
    } else if (field.kind === 'select') {
      const chosen = field.options.find((option) => option.chosen) ?? field.options[0];
      body.append(field.name, given ? wanted : chosen?.value ?? '');
    } else {
      body.append(field.name, given ? wanted : field.value);
    }
  }
  if (open.size) {
    const known = [...new Set(form.fields.map((field) => field.name))].join(', ');
    throw new Error(`the form ${form.name || form.action} has no field ${[...open.keys()].join(', ')}; it has: ${known}`);
  }
  return body;
}
