// Chromium without dependencies: the DevTools protocol over a pipe, and what people do with a page.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const k_codes = { ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, Enter: 13, Escape: 27, Tab: 9, ' ': 32, Home: 36, End: 35 };

// A browser with one page. `faults` collects what its pages threw, logged as errors or did against their policy; `requests` every address asked for.
export const open_browser = async (chromium) => {
  const profile = mkdtempSync(join(tmpdir(), 'perfwarden-browser-'));
  const browser = spawn(chromium, ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--remote-debugging-pipe', `--user-data-dir=${profile}`], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const waiting = new Map(), faults = [], requests = [];
  let last = 0, buffer = '', loaded = () => {}, session;

  const hear = {
    'Page.loadEventFired': () => loaded(),
    'Runtime.exceptionThrown': ({ exceptionDetails: e }) => faults.push(e.exception?.description ?? e.text),
    'Runtime.consoleAPICalled': ({ type, args }) => (type === 'error' || type === 'warning') && faults.push(`console.${type}: ${args.map((one) => one.value ?? one.description).join(' ')}`),
    'Log.entryAdded': ({ entry }) => entry.level === 'error' && faults.push(`${entry.text} ${entry.url ?? ''}`),
    'Page.javascriptDialogOpening': ({ message }) => { faults.push(`a dialog opened: ${message}`); call('Page.handleJavaScriptDialog', { accept: true }); },
    'Network.requestWillBeSent': ({ request }) => requests.push(request.url),
  };
  browser.stdio[4].setEncoding('utf8').on('data', (chunk) => {
    buffer += chunk;
    for (let end; (end = buffer.indexOf('\0')) >= 0; buffer = buffer.slice(end + 1)) {
      const message = JSON.parse(buffer.slice(0, end));
      hear[message.method]?.(message.params);
      const { done, fail } = waiting.get(message.id) ?? {};
      waiting.delete(message.id);
      if (message.error) fail?.(new Error(message.error.message));
      else done?.(message.result);
    }
  });
  const send = (method, params = {}, sessionId = undefined) => new Promise((done, fail) => {
    waiting.set(++last, { done, fail });
    browser.stdio[3].write(JSON.stringify({ id: last, method, params, sessionId }) + '\0');
  });
  const call = (method, params) => send(method, params, session);

  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  session = (await send('Target.attachToTarget', { targetId, flatten: true })).sessionId;
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await call(domain + '.enable');

  const ask = async (expression) => {
    const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(expression.slice(0, 200) + ': ' + (exceptionDetails.exception?.description ?? exceptionDetails.text));
    return result.value;
  };
  const arrive = async (act) => {
    const ready = new Promise((done) => { loaded = done; });
    await act();
    await ready;
  };
  const go = (url) => arrive(() => call('Page.navigate', { url }));
  const press = async (key) => {
    const event = { key, windowsVirtualKeyCode: k_codes[key] ?? key.toUpperCase().charCodeAt(0), text: key.length === 1 ? key : key === 'Enter' ? '\r' : undefined };
    await call('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
    await call('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  };
  return {
    faults, requests, call, ask, go, press, arrive,
    // An address that differs by its fragment only would not load.
    open: async (url) => {
      await go('about:blank');
      await go(url);
    },
    type: async (text) => { for (const c of text) await press(c); },
    mouse: async (x, y, ...types) => {
      for (const type of types) await call('Input.dispatchMouseEvent', { type, x, y, button: type === 'mouseMoved' ? 'none' : 'left', clickCount: 1 });
    },
    // Waits until the page says so, for ten seconds.
    until: async (expression) => {
      for (const end = Date.now() + 10_000; !await ask(expression);) {
        if (Date.now() > end) throw new Error(`never came true: ${expression}`);
        await new Promise((done) => { setTimeout(done, 20); });
      }
    },
    look: ({ width, height = 900, dark = false, motion = true }) => Promise.all([
      call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false }),
      call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }, { name: 'prefers-reduced-motion', value: motion ? 'no-preference' : 'reduce' }] }),
    ]),
    picture: async (path) => {
      const { cssContentSize: size } = await call('Page.getLayoutMetrics');
      const { data } = await call('Page.captureScreenshot', { captureBeyondViewport: true, clip: { x: 0, y: 0, width: size.width, height: Math.min(size.height, 4000), scale: 1 } });
      writeFileSync(path, Buffer.from(data, 'base64'));
    },
    close: () => new Promise((done) => {
      browser.on('exit', () => {
        rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
        done();
      });
      send('Browser.close').catch(() => browser.kill());
    }),
    kill: () => browser.kill(),
  };
};
