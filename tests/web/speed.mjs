// speed.mjs FOLDER: how fast the pages of FOLDER are here, a JSON object a line. Not a test: docs/playground.md states what it said.
import { pathToFileURL } from 'node:url';
import { Browser } from './browser.mjs';

const [folder] = process.argv.slice(2);
const address = (file) => pathToFileURL(`${folder}/${file}`).href;
const browser = await Browser.open();
const root = 'document.documentElement.dataset';

// Milliseconds from the navigation to the first picture: the least of five.
async function first(tab, file) {
  const times = [];
  for (let i = 0; i < 5; i++) {
    await tab.go(address(file));
    times.push(Number(await tab.until(`${root}.first`)));
  }
  return Math.min(...times);
}

// Frames a second while alpha moves in every frame, the best of three stretches of two seconds; and a frame's own work in milliseconds.
const MOVE = `(async () => {
  const slider = document.getElementById('alpha-slider'), frame = () => new Promise(requestAnimationFrame);
  let best = 0, least = Infinity;
  for (let stretch = 0; stretch < 3; stretch++) {
    const begin = performance.now();
    let frames = 0;
    for (; performance.now() - begin < 2000; frames++) {
      slider.value = 0.2 + 0.7 * (frames % 70) / 70;
      slider.dispatchEvent(new Event('input'));
      await frame();
      least = Math.min(least, parseFloat(document.getElementById('made').textContent.split(' in ')[1]));
    }
    best = Math.max(best, (1000 * frames) / (performance.now() - begin));
  }
  return [best, least];
})()`;

try {
  const tab = await browser.page(1280, 900);
  const neuron = await first(tab, 'index.html');
  const [frames, work] = await tab.value(MOVE);
  console.log(JSON.stringify({ page: 'neuron', first_ms: neuron, frames_a_second: Math.round(frames), run_ms: work }));
  const train = await first(tab, 'train.html');
  await tab.value(`document.getElementById('run').click()`);
  let steps = 0;
  for (let i = 0; i < 30; i++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    steps = Math.max(steps, parseFloat((await tab.value(`document.getElementById('made').textContent`)).split('seen, ')[1] ?? 0));
  }
  console.log(JSON.stringify({ page: 'train', first_ms: train, steps_of_64_a_second: steps }));
} finally {
  await browser.close();
}
