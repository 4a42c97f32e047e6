// own.mjs PAGE.html WEB SAID LINE FOLDER: a network of the user's own in the page. WEB and LINE are folders that `fsnn convert --web`
// wrote, SAID what `fsnn run` says of them: lines "OUTPUT MEAN". FOLDER gets a screenshot.
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { Browser } from './browser.mjs';
import { check, ended, same } from './check.mjs';
import { box, put, text, wide } from './fields.mjs';

const [file, web, said, line, folder] = process.argv.slice(2);
const page = pathToFileURL(file).href;

async function give(tab, ...files) {
  const { root } = await tab.send('DOM.getDocument');
  const { nodeId } = await tab.send('DOM.querySelector', { nodeId: root.nodeId, selector: '#own-files' });
  await tab.send('DOM.setFileInputFiles', { nodeId, files });
}

const both = (of) => [`${of}/net.json`, `${of}/net.safetensors`];
const answer = (best, mean) => `Output ${best} has the largest mean: ${Number(Number(mean).toPrecision(4))}.`.replace('-', '−');

const browser = await Browser.open();
try {
  const tab = await browser.page(1280, 900);
  const [first, second, ...rest] = (await readFile(said, 'utf8')).trim().split('\n').map((row) => row.split(' '));
  same(rest.length, 0, 'lines of what fsnn run said');
  await tab.go(`${page}#data=own&current=2`);
  await tab.until(`document.documentElement.dataset.ready === 'own'`);

  // an image: what is drawn is its input; a picture that is full is a constant current
  await give(tab, ...both(web));
  await tab.until(`${text('own-nodes')}.includes('maxpool')`);
  same(await tab.value(text('fault')), '', 'fault');
  const at = await tab.value(box('own-pad'));
  const empty = await tab.value(text('answer-text'));
  same(empty, answer(...first), 'the empty picture');
  await tab.drag([[0.2, 0.2], [0.5, 0.25], [0.8, 0.2], [0.5, 0.8]].map(([x, y]) => [at.left + x * at.width, at.top + y * at.height]));
  await tab.until(`${text('answer-text')} !== ${JSON.stringify(empty)}`);
  await tab.picture(`${folder}/own.png`);

  // a line of three numbers: a constant current
  await give(tab, ...both(line));
  await tab.until(`${text('own-nodes')}.includes('integrator')`);
  await tab.value(put('steps', '20'));
  await tab.until(`${text('answer-text')} === ${JSON.stringify(answer(...second))}`);

  // files that do not belong together, one that is missing, a NIR graph
  await give(tab, `${web}/net.json`, `${line}/net.safetensors`);
  await tab.until(`/Neither file has conv.weight/.test(${text('fault')})`);
  await give(tab, `${web}/net.json`);
  await tab.until(`/both files/.test(${text('fault')})`);
  await give(tab, `${line}/other.nir`);
  await tab.until(`/first fsnn convert other.nir/.test(${text('fault')})`);
  await give(tab, `${line}/damaged/net.json`, `${line}/net.safetensors`);
  await tab.until(`/no nodes of the kind "attention"/.test(${text('fault')})`);
  await give(tab, ...both(line));
  await tab.until(`${text('fault')} === ''`);
  check((await tab.value(wide)) <= 0, 'the page is wider than its window');
  await tab.value(put('data', 'moons'));
  await tab.until(`/of 240 right/.test(${text('score')}) && document.getElementById('own').hidden`);
  same(tab.errors.join('\n'), '', 'console');
} finally {
  await browser.close();
}
if (ended()) console.log('a network of one\'s own computes in the page what fsnn run computes');
