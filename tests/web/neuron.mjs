// neuron.mjs PAGE.html NEURONS HASHES FOLDER: the page "one neuron" in a browser. NEURONS are settings, HASHES what a program here computed
// from them. Leaves in FOLDER screenshots, and for each of the first settings what its buttons give, with the hash that it must have.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { Browser } from './browser.mjs';
import { check, ended, same } from './check.mjs';
import { box, nameless, put, text, wide } from './fields.mjs';

const [file, neurons, hashes, folder] = process.argv.slice(2);
const page = pathToFileURL(file).href;
const lines = async (path) => (await readFile(path, 'utf8')).trim().split('\n');
const address = (line) => line.split('\t').map((part) => {
  const at = part.indexOf('=');
  return `${part.slice(0, at)}=${encodeURIComponent(part.slice(at + 1))}`;
}).join('&');
const hash = 'document.documentElement.dataset.ready';


async function opened(tab, settings) {
  await tab.go(settings ? `${page}#${settings}` : page);
  return tab.until(hash);
}

// ---- what the browser computes is what a program here computes

async function hashesAgree(tab) {
  const given = await lines(neurons), wanted = await lines(hashes);
  same(given.length, 9, 'configurations');
  for (let i = 0; i < given.length; i++) {
    const [digits, spikes] = wanted[i].split(' ');
    same(await opened(tab, address(given[i])), digits, `hash of ${given[i]}`);
    check(Number(spikes) > 0, `no spike in ${given[i]}`);
    same(await tab.value(text('fault')), '', `fault of ${given[i]}`);
  }
}

// ---- what the buttons give

async function exported(tab, number, line) {
  const place = `${folder}/text${number}`;
  const found = await opened(tab, address(line));
  await mkdir(place, { recursive: true });
  await writeFile(`${place}/hash`, `${found}\n`);
  for (const [id, name] of [['as-c', 'neuron.c'], ['as-python', 'neuron.py'], ['as-yaml', 'neuron.yaml']]) {
    await tab.value(`document.getElementById('${id}').click()`);
    check(await tab.value(`document.getElementById('sheet').open`), `${id} opens nothing`);
    await writeFile(`${place}/${name}`, await tab.value(`document.querySelector('#sheet code').textContent`));
    if (id === 'as-yaml' && line.includes('current=drawn')) await writeFile(`${place}/current.csv`, await savedText(tab, 'current.csv'));
    await tab.key('Escape');
    check(!(await tab.value(`document.getElementById('sheet').open`)), `${id} does not close by Escape`);
  }
}

// What a button "Save NAME" saves, caught on its way to the disk.
async function savedText(tab, name) {
  return tab.value(`(async () => {
    const make = URL.createObjectURL;
    let blob;
    URL.createObjectURL = (given) => { blob = given; return 'data:,'; };
    [...document.querySelectorAll('#sheet .actions button')].find((one) => one.textContent === 'Save ${name}').click();
    URL.createObjectURL = make;
    return blob.text();
  })()`);
}

// ---- a user at work

async function equation(tab) {
  await opened(tab, 'kind=user');
  const before = await tab.value(hash);
  await tab.value(put('dv', '(-v + I*q)/tau'));
  await tab.until(`${text('fault')} !== ''`);
  const said = await tab.value(text('fault'));
  check(/column 9.*there is no name "q"/.test(said), `an error in an equation says: ${said}`);
  same(await tab.value(`document.querySelector('#fault mark').textContent`), 'q', 'the marked character');
  await tab.value(put('dv', '(-v + I)/tau*'));
  await tab.until(`!${text('fault')}.includes('"q"')`);
  same(await tab.value(`document.querySelectorAll('#fault mark').length`), 1, 'a mark behind the end');
  await tab.value(put('dv', '(-v + 2*I)/tau'));
  await tab.until(`${text('fault')} === '' && ${hash} !== '${before}'`);
  await tab.value(put('params', 'a 3'));
  await tab.until(`/^.*params, column 3/.test(${text('fault')})`);
}

async function refusals(tab) {
  await opened(tab);
  await tab.value(put('step', '0.0001'));
  await tab.until(`/at most|takes 1 to 5000/.test(${text('fault')})`);
  await tab.value(put('step', '0.05'));
  await tab.until(`${text('fault')} === ''`);
  await tab.value(put('method', 'ml'));
  await tab.value(put('kind', 'qif'));
  await tab.until(`${text('fault')} !== ''`);
  await opened(tab, 'reset=current'); // no rates under this reset: the picture says so, and all else is there
  same(await tab.value(text('fault')), '', 'reset current');
  await tab.go(`${page}#alpha=much&nothing=1&tau=2`);
  await tab.until(hash);
  check(/alpha=much\n.*nothing=1/.test(await tab.value(text('remark'))), 'an address with faults says nothing of them');
  same(await tab.value(`document.getElementById('tau').value`), '2', 'tau of an address with faults');
}

async function addressFollows(tab) {
  await opened(tab);
  await tab.value(put('alpha', '0.45'));
  await tab.value(put('dv', '-v + I'));
  await tab.until(`location.hash.includes('alpha=0.45')`);
  const where = await tab.value('location.href'), found = await tab.value(hash);
  check(where.includes('dv=-v+%2B+I'), `the address of an equation: ${where}`);
  await tab.go(where);
  await tab.until(hash);
  same(await tab.value(hash), found, 'the hash behind the address');
  same(await tab.value(`document.getElementById('dv').value`), '-v + I', 'the equation behind the address');
}

async function drawing(tab) {
  await opened(tab, 'current=drawn');
  const before = await tab.value(hash);
  const at = await tab.value(box('drive'));
  await tab.drag([[0.2, 0.7], [0.4, 0.2], [0.6, 0.5]].map(([x, y]) => [at.left + x * at.width, at.top + y * at.height]));
  await tab.until(`${hash} !== '${before}'`);
  const drawn = await tab.value(hash);
  await tab.value(`document.getElementById('drive').focus()`);
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp']) await tab.key(key);
  await tab.until(`${hash} !== '${drawn}'`);
  check(/at time/.test(await tab.value(`document.getElementById('drive').getAttribute('aria-valuetext')`)), 'a drawn current says nothing to ears');
}

// Every field has a label, every picture a name, and all of it is reached by Tab.
async function forAll(tab) {
  await opened(tab, 'kind=user&current=drawn');
  same((await tab.value(nameless)).join(' '), '', 'fields without a name');
  await tab.value(`document.activeElement.blur()`);
  const seen = new Set();
  for (let i = 0; i < 60; i++) {
    await tab.key('Tab');
    seen.add(await tab.value('document.activeElement.id'));
  }
  for (const id of ['kind', 'dv', 'dw', 'params', 'alpha', 'alpha-slider', 'reset', 'current', 'method', 'as-yaml'])
    check(seen.has(id), `Tab does not come to ${id}`);
  const over = await tab.value(wide);
  check(over <= 0, `the page is ${over} pixels wider than its window`);
}

async function pictures(browser) {
  const views = [['wide', 1360, 900, {}], ['dark', 1360, 900, { dark: true }], ['phone', 390, 844, { touch: true, scale: 2 }]];
  for (const [name, width, height, options] of views) {
    const tab = await browser.page(width, height, options);
    await opened(tab, name === 'dark' ? 'kind=alif&threshold=0.5&current=step&amplitude=2' : '');
    await tab.picture(`${folder}/${name}.png`);
    const over = await tab.value(wide);
    check(over <= 0, `${name}: the page is ${over} pixels wider than its window`);
    const crisp = await tab.value(`(() => { const at = document.getElementById('potential'); return at.width === Math.round(at.clientWidth * devicePixelRatio); })()`);
    check(crisp, `${name}: a canvas has other pixels than the screen`);
    same(tab.errors.join('\n'), '', `${name}: console`);
  }
}

const browser = await Browser.open();
try {
  const tab = await browser.page(1280, 900);
  await hashesAgree(tab);
  const given = await lines(neurons);
  for (const i of [0, 1, 3, 5, 6, 7, 8]) await exported(tab, i, given[i]);
  await exported(tab, 9, 'kind=lif\talpha=0.6\tcurrent=noise\tmean=1.3\tdeviation=2\tseed=4');
  for (const part of [equation, refusals, addressFollows, drawing, forAll]) await part(tab);
  same(tab.errors.join('\n'), '', 'console');
  await pictures(browser);
} finally {
  await browser.close();
}
if (ended()) console.log('the page computes what a program here computes; its texts are in ' + folder);
