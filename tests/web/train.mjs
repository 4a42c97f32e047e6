// train.mjs PAGE.html FOLDER: the page "a network learns" in a browser. Leaves screenshots in FOLDER.
import { pathToFileURL } from 'node:url';
import { Browser } from './browser.mjs';
import { check, ended, same } from './check.mjs';
import { box, click, nameless, put, text, wide } from './fields.mjs';

const [file, folder] = process.argv.slice(2);
const page = pathToFileURL(file).href;
const seen = `Number(document.documentElement.dataset.ready)`;
const share = async (tab) => parseFloat(await tab.value(text('score')));

async function opened(tab, settings) {
  await tab.go(settings ? `${page}#${settings}` : page);
  await tab.until(`document.documentElement.dataset.ready !== undefined`);
}

// It learns two moons, and the orders of its layers move.
async function learns(tab) {
  await opened(tab);
  const before = await share(tab), orders = await tab.value(text('alpha-text'));
  await tab.value(click('run'));
  await tab.until(`parseFloat(${text('score')}) >= 97`);
  await tab.value(click('run'));
  check(before < 97, `the network knew ${before} % before it learned`);
  check((await tab.value(text('alpha-text'))) !== orders, 'the orders did not move');
  same(await tab.value(`document.getElementById('run').getAttribute('aria-pressed')`), 'false', 'the button after a pause');
  const held = await tab.value(seen);
  await new Promise((resolve) => setTimeout(resolve, 300));
  same(await tab.value(seen), held, 'samples seen in a pause');
}

// The same seed gives the same network and the same steps; a fixed alpha stays.
async function steps(tab) {
  const figures = [];
  for (let i = 0; i < 2; i++) {
    await opened(tab, 'data=spirals&learned=no&seed=3&alpha=0.5');
    for (let k = 1; k <= 3; k++) {
      await tab.value(click('step'));
      await tab.until(`${seen} === ${64 * k}`);
    }
    figures.push(await tab.value(text('loss-text')));
  }
  same(figures[1], figures[0], 'three steps from the same seed');
  check(/after 192 samples/.test(figures[0]), `three steps say: ${figures[0]}`);
  same(await tab.value(text('alpha-text')), 'layer 1: 0.5, layer 2: 0.5', 'fixed orders');
}

async function changes(tab) {
  await opened(tab);
  await tab.value(click('step'));
  await tab.until(`${seen} === 64`);
  for (const kind of ['circles', 'spirals', 'squares', 'petals']) {
    await tab.value(put('data', kind));
    await tab.until(`${seen} === 0 && location.hash.includes('data=${kind}')`);
    same(await tab.value(text('fault')), '', kind);
    await tab.value(click('step'));
    await tab.until(`${seen} === 64`);
  }
  await tab.value(put('layers', '9'));
  await tab.until(`/layers is 9: this page takes 1 to 3/.test(${text('fault')})`);
  await tab.value(put('layers', '1'));
  await tab.until(`${text('fault')} === '' && ${text('alpha-text')} === 'layer 1: 0.7'`);
  const at = await tab.value(text('answer-text'));
  await tab.value(`document.getElementById('plane').focus()`);
  await tab.key('ArrowRight');
  await tab.until(`${text('answer-text')} !== ${JSON.stringify(at)}`);
}

const press = (name) => `[...document.querySelectorAll('#pad-actions button')].find((one) => one.textContent === '${name}').click()`;

// The trained network reads its examples and a drawn 7; a drawing becomes samples; Begin anew forgets it.
async function drawnDigits(tab) {
  await opened(tab, 'data=digits');
  check((await share(tab)) > 90, `of its examples the network reads ${await share(tab)} %`);
  await tab.value(press('An example'));
  await tab.until(`/^It reads \\d/.test(${text('answer-text')})`);
  const at = await tab.value(box('pad'));
  await tab.drag([[0.3, 0.25], [0.5, 0.25], [0.7, 0.25], [0.62, 0.45], [0.55, 0.62], [0.48, 0.8]].map(([x, y]) =>
    [at.left + x * at.width, at.top + y * at.height]));
  await tab.until(`/^It reads 7/.test(${text('answer-text')})`);
  await tab.value(press('7'));
  await tab.value(click('step'));
  await tab.until(`/of 305 right/.test(${text('score')})`);
  await tab.value(press('Clear'));
  await tab.until(`/^Draw a digit/.test(${text('answer-text')})`);
  await tab.value(click('anew'));
  await tab.until(`/of 300 right/.test(${text('score')}) && ${seen} === 0`);
  same(await tab.value(text('fault')), '', 'drawn digits');
}

async function pictures(browser) {
  const views = [['train-wide', 1360, 900, {}], ['train-dark', 1360, 900, { dark: true }], ['train-phone', 390, 844, { touch: true, scale: 2 }],
    ['digits-phone', 390, 844, { touch: true, scale: 2 }]];
  for (const [name, width, height, options] of views) {
    const tab = await browser.page(width, height, options);
    await opened(tab, { 'train-dark': 'data=petals&layers=1', 'digits-phone': 'data=digits' }[name] ?? '');
    if (name === 'digits-phone') await tab.value(press('An example'));
    await tab.value(click('run'));
    await tab.until(`${seen} > 4000`);
    await tab.value(click('run'));
    await tab.picture(`${folder}/${name}.png`);
    const over = await tab.value(wide);
    check(over <= 0, `${name}: the page is ${over} pixels wider than its window`);
    same(tab.errors.join('\n'), '', `${name}: console`);
  }
}

const browser = await Browser.open();
try {
  const tab = await browser.page(1280, 900);
  for (const part of [learns, steps, changes, drawnDigits]) await part(tab);
  same((await tab.value(nameless)).join(' '), '', 'fields without a name');
  same(tab.errors.join('\n'), '', 'console');
  await pictures(browser);
} finally {
  await browser.close();
}
if (ended()) console.log('a network learns in the page');
