// Opens pages of `perfwarden profile flamegraph` in Chromium and uses them as people do: node flame_page.mjs CHROMIUM PLAIN.html DIFF.html DEEP.html
import { resolve } from 'node:path';

import { open_browser } from './browser.mjs';

const [chromium, plain, diff, deep] = process.argv.slice(2);
const browser = await open_browser(chromium);
const { ask, open, press, type, faults } = browser;
const place = (label) => ask(`(() => {
  const g = [...document.querySelectorAll('#graph g')].find((g) => (g.querySelector('text')?.textContent ?? '') === ${JSON.stringify(label)});
  if (!g) return null;
  const r = g.firstChild.getBoundingClientRect();
  return { x: r.x + r.width / 2, y: r.y + r.height / 2, width: r.width };
})()`);
const mouse = async (label, ...types) => {
  const at = await place(label);
  if (!at) throw new Error('no frame ' + label);
  await browser.mouse(at.x, at.y, ...types);
};
const about = () => ask(`document.getElementById('about').innerText`);
const width = async (label) => Math.round((await place(label))?.width ?? 0);

let checks = 0;
const expect = (what, actual, wanted) => {
  checks++;
  const good = wanted instanceof RegExp ? wanted.test(actual) : actual === wanted;
  if (!good) throw new Error(`${what}: ${JSON.stringify(actual)} is not ${wanted}`);
};

// PLAIN: main;parse;read 600, main;parse;scan 200, main;write 200.
const usePlain = async (url) => {
  await open(url);
  const whole = await width('main');
  expect('parse is as wide as it costs', Math.abs(await width('parse') - 0.8 * whole) < 3, true);
  expect('the static picture makes room', await ask(`document.getElementById('still') === null`), true);
  await mouse('parse', 'mouseMoved');
  expect('pointing tells', await ask(`document.getElementById('tip').innerText`), /parse\s+80\.0 % \(800 samples\)/);
  await mouse('parse', 'mousePressed', 'mouseReleased');
  expect('a click zooms', await width('parse'), whole);
  expect('the zoom is in the address', await ask('location.hash'), '#zoom=2');
  await press('Escape');
  expect('Escape zooms out', await width('main'), whole);
  await ask(`document.getElementById('graph').focus()`);
  await press('ArrowUp');
  await press('ArrowDown');
  expect('down goes to the widest', await about(), /parse/);
  await press('ArrowDown');
  expect('and further', await about(), /read\s+60\.0 %/);
  await press('ArrowRight');
  expect('right goes to the next', await about(), /scan\s+20\.0 %/);
  await press('Enter');
  expect('Enter zooms', await width('scan'), whole);
  await ask('history.back()');
  await ask('new Promise((done) => setTimeout(done, 200))');
  expect('the browser goes back', await width('main') === whole && await width('parse') < whole, true);
  await press('/');
  await type('rea');
  expect('search says how much', await ask(`document.querySelector('.bar .found').textContent`), '1 found: 60.0 %');
  expect('and fades the rest', await ask(`document.querySelectorAll('#graph .faded').length`), 5);
  expect('search is in the address', await ask('location.hash'), '#search=rea');
  await press('Enter');
  expect('Enter goes to the match', await about(), /read/);
  await press('Escape');
  expect('Escape ends the search', await ask(`document.querySelectorAll('#graph .faded').length`), 0);
  await open(url + '#zoom=3&search=scan&flip=1');
  expect('an address restores the state', await ask(`document.querySelector('input').value + document.querySelectorAll('.faded').length`), /^scan[1-9]/);
  await open(url + '#zoom=999999&view=constructor&search=%00');
  expect('a wrong address does no harm', await width('main'), whole);
};

// DIFF: base main;parse 500, main;gone 500; head main;parse 500, main;fresh 1500.
const useDiff = async (url) => {
  await open(url);
  const whole = await width('main');
  expect('head widths show what is new', await width('+ fresh') > whole / 2, true);
  expect('and not what is gone', await place('− gone'), null);
  await press('2');
  expect('base widths show what is gone', Math.abs(await width('− gone') - whole / 2) < 3, true);
  expect('the view is in the address', await ask('location.hash'), '#view=base');
  expect('the button is pressed', await ask(`document.querySelector('[aria-pressed=true]').textContent`), 'Base');
  await press('3');
  expect('widths of the change show both', await width('+ fresh') > 0 && await width('− gone') > 0, true);
  await press('1');
  await mouse('+ fresh', 'mouseMoved');
  expect('tells both sides', await ask(`document.getElementById('tip').innerText`), /fresh\s+base 0\.0 % \(0\) → head 150\.0 % \(1,500\)\s+\+150\.0 pp.*interval.*p [=<]/s);
  expect('and what it is', await ask(`document.getElementById('tip').innerText`), /NEW in head/);
  expect('direction is said', await ask(`document.querySelector('header').innerText`), /base .* → head /);
};

// DEEP: main;parse 9900, and 10 samples that are 300 frames deep.
const useDeep = async (url) => {
  const rows = () => ask(`document.getElementById('graph').getAttribute('height') / 18`);
  await open(url);
  expect('one deep sample takes no page of height', await rows() < 50, true);
  expect('but it is said', await ask(`document.querySelector('#graph .deeper').textContent`), /26\d deeper rows/);
  const inside = await ask(`JSON.parse(document.getElementById('data').textContent).depth.findIndex((depth) => depth > 3)`);
  await open(`${url}#zoom=${inside}`);
  expect('zooming in shows more of it', await rows() > 250, true);
};

setTimeout(() => { console.error('FAILED: no end after a minute'); browser.kill(); process.exit(1); }, 60_000).unref();
let status = 0;
try {
  await browser.look({ width: 1280 });
  if (plain) await usePlain('file://' + resolve(plain));
  if (diff) await useDiff('file://' + resolve(diff));
  if (deep) await useDeep('file://' + resolve(deep));
  if (faults.length) throw new Error('the page threw: ' + faults.join('\n'));
  console.log(`${checks} checks passed`);
} catch (error) {
  console.error('FAILED', error.message);
  status = 1;
}
await browser.close();
process.exit(status);
