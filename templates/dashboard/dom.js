// Elements made by code. Texts become text nodes, never markup: names and subjects are whatever a pull request says.
const by_id = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);

const fill = (element, attributes, kids) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...kids.flat().filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return element;
};
const el = (tag, attributes = {}, ...kids) => fill(document.createElement(tag), attributes, kids);
const svg = (tag, attributes = {}, ...kids) => fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, kids);
const button = (label, attributes, ...kids) => el('button', { type: 'button', ...attributes }, label, ...kids);

// Where an address may lead: a page of ours or the web. `javascript:` and the like become no link at all.
const leads_somewhere = (href) => {
  try { return Boolean(href) && /^(https?|file):$/.test(new URL(href, location.href).protocol); } catch { return false; }
};
const link = (href, attributes, ...kids) => leads_somewhere(href) ? el('a', { href, ...attributes }, ...kids) : el('span', attributes, ...kids);

// What the page is, and the API's answer it was made from.
const page = document.body.dataset.page ?? '';
const exported = document.body.dataset.mode === 'export';
const root = document.body.dataset.root ?? '/';
const data = (() => {
  const text = by_id('data')?.textContent;
  return text ? JSON.parse(text) : {};
})();

// Said once, by screen readers too.
const announcer = el('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
document.body.append(announcer);
const announce = (text) => { announcer.textContent = text; };

const is_typing = (target) => target.isContentEditable || /^(input|select|textarea)$/i.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type);
const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
