// Uses the dashboard as people do, in Chromium: node dashboard.mjs PLAN.json
// The plan: { chromium, axe, shots, url, alerts: [numbers], series: path of one, runs: how many it has, pages: [paths], export: folder, exported: [files] },
// or { chromium, axe, shots, paint: address } to measure one page. Prints what it did as one JSON object.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { open_browser } from './browser.mjs';

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8')), axe = readFileSync(plan.axe, 'utf8');
const browser = await open_browser(plan.chromium);
const { ask, open, press, type, until, look, faults, requests } = browser;
mkdirSync(plan.shots, { recursive: true });

let checks = 0;
const expect = (what, actual, wanted) => {
  checks++;
  const good = wanted instanceof RegExp ? wanted.test(actual) : actual === wanted;
  if (!good) throw new Error(`${what}: ${JSON.stringify(actual)} is not ${wanted}`);
};
const ready = () => until('document.documentElement.dataset.ready !== undefined');
const settle = () => ask('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60))))');
const no_faults = (where) => {
  const found = faults.splice(0);
  expect(`${where}: the console`, found.join('\n'), '');
};

// What must hold on any page however it looks.
const k_hostile_elements = `[...document.querySelectorAll('*')].filter((e) => e.getAttributeNames().some((name) => /^on/.test(name))
  || /^javascript:/i.test(e.getAttribute('href') ?? '') || (/^(script|style|img|iframe|object|embed)$/i.test(e.localName) && e.closest('main'))).map((e) => e.outerHTML.slice(0, 90)).join()`;
const inspect = async (where, origin) => {
  await ready();
  await settle();
  no_faults(where);
  expect(`${where}: requests that leave the host`, requests.splice(0).filter((url) => !url.startsWith(origin) && !/^(data|about|blob):/.test(url)).join(), '');
  expect(`${where}: what a hostile text made`, await ask(k_hostile_elements), '');
  expect(`${where}: wider than the window`, await ask('document.documentElement.scrollWidth > innerWidth'), false);
  const ink = await ask(`[...document.querySelectorAll('.plot canvas')].map((canvas) => {
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data, colours = new Set();
    let count = 0;
    for (let p = 0; p < pixels.length; p += 4) if (pixels[p + 3] > 40) { count++; colours.add((pixels[p] >> 4) * 256 + (pixels[p + 1] >> 4) * 16 + (pixels[p + 2] >> 4)); }
    return count > canvas.width * canvas.height / 200 && colours.size > 4;
  }).every(Boolean)`);
  expect(`${where}: charts have ink`, ink, true);
};
const accessible = async (where) => {
  if (!await ask('typeof axe === "object"')) await ask(axe + ';0');
  const found = await ask(`axe.run(document, { preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, help, nodes }) => id + ': ' + help + ' ' + nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? '')).join(' | ')).join('\\n'))`);
  expect(`${where}: axe-core`, found, '');
};

const k_looks = [{ width: 1440 }, { width: 1440, dark: true }, { width: 400, motion: false }, { width: 400, dark: true }];
// Every width and every theme once: axe-core and pictures take longer than all else.
const is_wholly_seen = (one) => one === k_looks[0] || one === k_looks[3];
const name_of = (path) => path.replace(/\?.*/, '').replace(/\.html$/, '').replace(/[^\w]+/g, '-').replace(/^-$|^$/, 'status');
const see = async (origin, path, prefix, looks = k_looks) => {
  for (const one of looks) {
    await look(one);
    requests.length = 0;  // of what was done before
    await open(origin + path);
    const where = `${prefix}${name_of(path)} at ${one.width}, ${one.dark ? 'dark' : 'light'}`;
    await inspect(where, origin);
    if (!is_wholly_seen(one)) continue;
    await accessible(where);
    await browser.picture(join(plan.shots, `${prefix}${name_of(path)}-${one.width}-${one.dark ? 'dark' : 'light'}.png`));
  }
};

const without_script = async (path) => {
  await browser.call('Emulation.setScriptExecutionDisabled', { value: true });
  await open(plan.url + path);
  const { root } = await browser.call('DOM.getDocument', { depth: 0 });
  const count = async (selector) => (await browser.call('DOM.querySelectorAll', { nodeId: root.nodeId, selector })).nodeIds.length;
  expect(`${name_of(path)} without JavaScript has a heading`, await count('main h1'), 1);
  expect(`${name_of(path)} without JavaScript has its facts`, await count('main :is(table, dl, ul, ol) :is(td, dd, li)') > 0, true);
  await browser.call('Emulation.setScriptExecutionDisabled', { value: false });
  faults.length = 0;
};

const address = () => ask('location.search');
const use_chart = async () => {
  await open(plan.url + plan.series);
  await ready();
  expect('a chart has a name and a summary', await ask(`document.querySelector('.plot [role=img]').getAttribute('aria-label')`), /\d+ runs, shown from .* median went from/);
  await ask(`document.querySelector('.plot').focus()`);
  await press('End');
  await until(`document.querySelector('[role=status].unseen').textContent !== ''`);
  expect('a key tells of the point', await ask(`document.querySelector('[role=status].unseen').textContent`), /quartiles .* n = 6/);
  expect('and shows it', await ask(`document.querySelector('.tip').hidden`), false);
  await press('+');
  await until(`/zoom=/.test(location.search)`);
  await press('Enter');
  expect('a pin is in the address', await address(), /pin=\d+/);
  await press('Home');
  await press('Enter');
  expect('two pins are', decodeURIComponent(await address()), /pin=\d+,\d+/);
  expect('two pins lead to their comparison', await ask(`document.querySelector('.pins a.go').getAttribute('href')`), /compare\?base=[0-9a-f]{40}&head=[0-9a-f]{40}/);
  const kept = await ask('location.href');
  await open(kept);
  await ready();
  expect('an address restores pins', await ask(`document.querySelectorAll('.pins li').length`), 2);
  await ask(`document.querySelector('.pins a.go').scrollIntoView()`);
  await browser.arrive(() => ask(`document.querySelector('.pins a.go').click()`));
  await ready();
  expect('the comparison is one', await ask('document.body.dataset.page'), 'compare');

  await open(plan.url + plan.series);
  await ready();
  const box = await ask(`(() => { document.querySelector('.plot').scrollIntoView({ block: 'center' }); const r = document.querySelector('.u-over').getBoundingClientRect(); return { x: r.x, y: r.y, width: r.width, height: r.height }; })()`);
  await browser.mouse(box.x + box.width * 0.3, box.y + 40, 'mouseMoved', 'mousePressed');
  await browser.mouse(box.x + box.width * 0.6, box.y + 60, 'mouseMoved', 'mouseReleased');
  await until(`/zoom=/.test(location.search)`);
  await ask(`[...document.querySelectorAll('.tools button')].find((b) => b.textContent === 'All').click()`);
  await until(`!/zoom=/.test(location.search)`);
  for (const [label, kept] of [['By date', /x=date/], ['From 0', /y=zero/], ['% of first level', /y=percent/]]) {
    await ask(`[...document.querySelectorAll('.tools button')].find((b) => b.textContent === ${JSON.stringify(label)}).click()`);
    await settle();
    expect(`${label} is in the address`, await address(), kept);
  }
  await ask(`[...document.querySelectorAll('.tools button')].find((b) => b.textContent === 'Table').click()`);
  expect('a chart is a table too', await ask(`document.querySelectorAll('details.table[open] tbody tr').length`), plan.runs);
  await open(plan.url + plan.series + '?x=constructor&y=__proto__&zoom=a,b&pin=x,9e99&from=&to=');
  await inspect('a senseless address', plan.url);
};

const use_theme = async () => {
  await look({ width: 1440 });
  await open(plan.url);
  await ready();
  const ground = () => ask('getComputedStyle(document.body).backgroundColor');
  const light = await ground();
  await ask(`document.querySelector('.theme').click(); document.querySelector('.theme').click()`);
  expect('dark by choice', await ask('document.documentElement.dataset.theme'), 'dark');
  expect('is dark', await ground() === light, false);
  await open(plan.url);
  await ready();
  expect('and stays', await ask('document.documentElement.dataset.theme'), 'dark');
  await ask('localStorage.clear()');
};

// Triage by keys only: from the list to the done thing.
const dialog_is_open = `document.querySelector('dialog[open]') !== null`, closed = `document.querySelector('dialog') === null`;
const use_triage = async () => {
  await open(plan.url + 'alerts?q=is:open');
  await ready();
  await press('?');
  await until(dialog_is_open);
  expect('keys are told', await ask(`document.querySelector('dialog').innerText`), /acknowledge/);
  await press('Escape');
  await until(closed);
  await press('j');
  await press('j');
  await press('k');
  const id = Number(await ask(`document.querySelector('tr[aria-current=true]').dataset.id`));
  await press('a');
  await until(dialog_is_open);
  await accessible('the dialog');
  await browser.picture(join(plan.shots, 'dialog-1440-light.png'));
  await type('looking at it');
  await press('Tab');
  await press('Enter');
  await until(closed);
  expect('the row says so', await ask(`document.querySelector('tr[data-id="${id}"] .status').dataset.status`), 'ACKNOWLEDGED');

  // Two at once.
  await press('j');
  await press('x');
  await press('j');
  await press('x');
  const two = await ask(`[...document.querySelectorAll('tr.picked')].map((row) => Number(row.dataset.id))`);
  expect('two are selected', two.length, 2);
  await press('f');
  await until(dialog_is_open);
  await press('Tab');
  await type('a noisy machine');
  await press('Tab');
  await press('Enter');
  await until(closed);
  expect('both say so', await ask(`${JSON.stringify(two)}.map((id) => document.querySelector('tr[data-id="' + id + '"] .status').dataset.status).join()`), 'FALSE_POSITIVE,FALSE_POSITIVE');
  no_faults('triage');
  return { acknowledged: id, false_positives: two };
};

// Somebody else is faster: they are shown, and asked again.
const use_conflict = async (id) => {
  await open(plan.url + `alerts/${id}`);
  await ready();
  await ask(`fetch('../api/v1/alerts/${id}/events', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Perfwarden-CSRF': document.body.dataset.csrf },
    body: JSON.stringify({ action: 'acknowledge', version: JSON.parse(document.getElementById('data').textContent).alert.version, reason: 'I was faster' }) }).then((r) => r.status)`);
  await press('r');
  await until(dialog_is_open);
  await press('Tab');
  await type('reverted in the next commit');
  await press('Tab');
  await press('Enter');
  await until(`document.querySelector('.conflict') !== null`);
  expect('the conflict is told', await ask(`document.querySelector('.problem').innerText`), /is now acknowledged.*I was faster/s);
  faults.length = 0;  // the browser logs an answer of 409
  await browser.arrive(() => press('Enter'));
  await ready();
  expect('the page says so', await ask(`document.querySelector('.status').dataset.status`), 'RESOLVED');
  no_faults('conflict');
};

const use_search = async () => {
  await open(plan.url);
  await ready();
  await press('/');
  await type('parse lar');
  await until(`document.querySelectorAll('[role=option]').length > 0`);
  await accessible('suggestions');
  await press('ArrowDown');
  await browser.arrive(() => press('Enter'));
  await ready();
  expect('a suggestion leads there', await ask('document.querySelector("h1").textContent'), /parse\/large/);
};

const paint = async (url) => {
  await look({ width: 1440 });
  const times = [];
  for (let n = 0; n < 5; n++) {
    await open(url);
    await ready();
    times.push(await ask(`new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))`));
  }
  return Math.round(times.sort((a, b) => a - b)[2]);
};

setTimeout(() => { console.error('FAILED: no end after eight minutes'); browser.kill(); process.exit(1); }, 480_000).unref();
const done = {};
let status = 0;
try {
  await browser.call('DOM.enable');
  if (plan.paint) done.paint_ms = await paint(plan.paint);
  else {
    for (const path of plan.pages) await see(plan.url, path, '');
    for (const path of plan.pages) await without_script(path);
    await look({ width: 1440 });
    await use_theme();
    await use_chart();
    await use_search();
    Object.assign(done, await use_triage());
    done.resolved = plan.alerts.find((id) => id !== done.acknowledged && !done.false_positives.includes(id));
    await use_conflict(done.resolved);
    if (plan.export) {
      const origin = pathToFileURL(plan.export).href + '/';
      for (const file of plan.exported) await see(origin, file, 'export-', [k_looks[0], k_looks[3]]);
    }
  }
} catch (error) {
  console.error('FAILED', error.message);
  await browser.picture(join(plan.shots, 'failed.png')).catch(() => {});
  status = 1;
}
await browser.close();
console.log(JSON.stringify({ checks, ...done }));
process.exit(status);
