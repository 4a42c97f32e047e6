// A headless Chromium, by its debugging protocol over two pipes: no package, no port.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PATIENCE = 120_000; // milliseconds, on a machine that is busy

export class Browser {
  static async open(program = process.env.CHROMIUM ?? 'chromium') {
    const self = new Browser();
    self.profile = await mkdtemp(join(tmpdir(), 'fsnn-chromium-'));
    const options = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-extensions', '--hide-scrollbars',
      '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage', '--remote-debugging-pipe',
      `--user-data-dir=${self.profile}`, 'about:blank'];
    self.process = spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
    self.said = '';
    self.process.stderr.on('data', (data) => (self.said += data));
    self.process.on('exit', (code) => self.fail(`the browser ended with code ${code}: ${self.said.slice(-2000)}`));
    self.process.on('error', (error) => self.fail(error.message));
    self.waiting = new Map();
    self.pages = new Map();
    self.number = 0;
    let rest = '';
    self.process.stdio[4].setEncoding('utf8').on('data', (text) => {
      const parts = (rest + text).split('\0');
      rest = parts.pop();
      for (const part of parts) self.receive(JSON.parse(part));
    });
    return self;
  }

  fail(why) {
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
  }

  receive(message) {
    if (message.id === undefined) return this.pages.get(message.sessionId)?.event(message.method, message.params);
    const { resolve, reject } = this.waiting.get(message.id) ?? {};
    this.waiting.delete(message.id);
    if (message.error) reject?.(new Error(message.error.message));
    else resolve?.(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.number;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      setTimeout(() => this.waiting.delete(id) && reject(new Error(`no answer to ${method}`)), PATIENCE).unref();
    });
  }

  // `dark`: the system's wish; `touch`: a phone.
  async page(width, height, { dark = false, touch = false, scale = 1 } = {}) {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this, sessionId);
    this.pages.set(sessionId, page);
    for (const part of ['Page', 'Runtime', 'Log']) await page.send(`${part}.enable`);
    await page.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: scale, mobile: touch });
    await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
    return page;
  }

  async close() {
    this.process.removeAllListeners('exit');
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.send('Browser.close').catch(() => {});
    await ended;
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Page {
  constructor(browser, session) {
    this.browser = browser;
    this.session = session;
    this.errors = []; // of the console, and of scripts
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  event(method, params) {
    const bad = ['error', 'warning', 'assert'];
    if (method === 'Runtime.exceptionThrown') this.errors.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Runtime.consoleAPICalled' && bad.includes(params.type)) this.errors.push(params.args.map((arg) => arg.value ?? arg.description).join(' '));
    if (method === 'Log.entryAdded' && bad.includes(params.entry.level)) this.errors.push(params.entry.text);
    if (method === 'Page.loadEventFired') this.loaded?.();
  }

  // A new document, even where only what is behind # differs.
  async go(address) {
    const loaded = new Promise((resolve) => (this.loaded = resolve));
    await this.send('Page.navigate', { url: 'about:blank' });
    await loaded;
    const again = new Promise((resolve) => (this.loaded = resolve));
    await this.send('Page.navigate', { url: address });
    await again;
  }

  async value(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  }

  async until(expression) {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 40))) {
      const value = await this.value(expression);
      if (value) return value;
    }
    throw new Error(`never true: ${expression}`);
  }

  async picture(path) {
    const { cssContentSize } = await this.send('Page.getLayoutMetrics');
    const clip = { x: 0, y: 0, width: cssContentSize.width, height: cssContentSize.height, scale: 1 };
    const { data } = await this.send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true, clip });
    await writeFile(path, Buffer.from(data, 'base64'));
  }

  async key(key, code = key, modifiers = 0) {
    const numbers = { Tab: 9, Enter: 13, Escape: 27, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40 };
    for (const type of ['keyDown', 'keyUp'])
      await this.send('Input.dispatchKeyEvent', { type, key, code, modifiers, windowsVirtualKeyCode: numbers[key] ?? key.charCodeAt(0) });
  }

  // Presses at the first of the points, moves over the others, lets go at the last: [[x, y], ...] of the window.
  async drag(points) {
    const mouse = (type, [x, y]) => this.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', buttons: 1, clickCount: 1 });
    await mouse('mousePressed', points[0]);
    for (const point of points) await mouse('mouseMoved', point);
    await mouse('mouseReleased', points.at(-1));
  }
}
