// The page: samples, a network that learns them, the pictures of it.
import { addressWriter, fromAddress, toAddress } from '../kit/address.js';
import { say } from '../kit/say.js';
import { start } from '../kit/start.js';
import { short } from '../kit/ticks.js';
import { Controls } from './controls.js';
import { Learner } from './learner.js';
import { DigitTask } from './digit_task.js';
import { OwnTask } from './own_task.js';
import { HistoryPlots, RasterPlot, ReadoutPlot } from './pictures.js';
import { ANEW, DEFAULTS, forLearner } from './settings.js';
import { ToyTask } from './toy_task.js';

const BUDGET = 10; // milliseconds of learning in a frame
const ROWS = 600; // of the history, at most: then every second one is dropped

const place = (id) => document.getElementById(id);

class Page {
  constructor(learner) {
    this.learner = learner;
    this.settings = fromAddress(location.hash, DEFAULTS).settings;
    this.write = addressWriter();
    this.toys = new ToyTask(place('plane'), () => this.ask());
    this.digits = new DigitTask(place('pad'), place('pad-actions'), (act) => this.tried(act), () => this.ask());
    const own = { figure: place('answer'), files: place('own-files'), nodes: place('own-nodes'), canvas: place('own-pad'), actions: place('own-actions') };
    this.own = new OwnTask(learner.module, own, { tried: (act) => this.tried(act), ask: () => this.ask(), loaded: (net) => this.loaded(net) });
    this.plots = new HistoryPlots(place('loss'), place('alphas'));
    this.raster = new RasterPlot(place('raster'));
    this.readout = new ReadoutPlot(place('readout'));
    this.controls = new Controls(place('controls'), this.settings, (key) => this.changed(key), {
      run: () => this.toggle(),
      step: () => this.step(),
      anew: () => this.begin(),
    });
    this.watch();
    this.begin();
  }

  watch() {
    new ResizeObserver(() => this.ask()).observe(document.querySelector('main'));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.ask());
  }

  changed(key) {
    this.write(toAddress(this.settings, DEFAULTS));
    if (ANEW.has(key)) this.begin();
    else this.learner.set(forLearner(this.settings));
  }

  // ---- learning

  tried(act) {
    try {
      act();
      this.controls.fault('');
      return true;
    } catch (error) {
      this.pause();
      this.controls.fault(error.message);
      return false;
    }
  }

  begin() {
    const settings = forLearner(this.settings);
    this.tried(() => {
      this.choose(settings.data);
      if (this.task === this.own) return this.ask();
      this.task.begin(this.learner, settings);
      this.history = [];
      this.note(null);
      this.ask();
    });
  }

  // What belongs to the task is seen.
  choose(data) {
    this.task = { digits: this.digits, own: this.own }[data] ?? this.toys;
    const own = this.task === this.own;
    const seen = (task, ...ids) => ids.forEach((id) => (place(id).hidden = this.task !== task));
    seen(this.toys, 'plane');
    seen(this.digits, 'pad', 'pad-actions');
    seen(this.own, 'own', 'own-raster', 'own-readout');
    for (const id of ['side', 'raster', 'readout', 'score', 'best', 'rate']) place(id).hidden = own;
    place('readout-title').textContent = own ? 'Mean of each output so far' : 'Potentials of the readout';
    document.querySelector('main').dataset.task = data;
    place('raster-title').textContent = own ? 'Spikes of the neuron layers' : 'Spikes of the hidden layers';
    this.own.active = own;
    this.own.show();
    if (own) this.pause();
  }

  pause() {
    this.on = false;
    this.controls?.running(false);
  }

  loaded(net) {
    if (net.steps >= 1) this.settings.steps = net.steps;
    this.controls.show(this.settings);
    this.ask();
  }

  toggle() {
    this.on = !this.on;
    this.controls.running(this.on);
    if (this.on) this.frame();
  }

  step() {
    if (this.tried(() => this.note(this.learner.train(1)))) this.ask();
  }

  // A row of the history; `loss` null: before the first step.
  note(loss) {
    const accuracy = this.learner.accuracy();
    this.history.push({ seen: this.learner.trained, loss: loss ?? NaN, accuracy, alphas: this.learner.alphas() });
    if (this.history.length > ROWS) this.history = this.history.filter((_, i) => i % 2 === 0);
  }

  frame() {
    if (!this.on) return;
    this.tried(() => {
      const begin = performance.now();
      let loss = 0, steps = 0;
      do {
        loss += this.learner.train(1);
        steps++;
      } while (performance.now() - begin < BUDGET);
      this.rate = (1000 * steps) / (performance.now() - begin);
      this.note(loss / steps);
      this.draw();
    });
    requestAnimationFrame(() => this.frame());
  }

  // ---- pictures

  ask() {
    if (this.on) return; // the next frame draws
    this.asked ??= requestAnimationFrame(() => {
      this.asked = null;
      this.tried(() => this.draw());
    });
  }

  drawOwn() {
    const said = this.own.draw({ raster: place('own-raster'), readout: place('own-readout') }, this.settings);
    say('answer-text', said ?? '');
    say('made', '');
    document.documentElement.dataset.ready = said === null ? 'own' : `own ${this.own.own.layers.length}`;
  }

  draw() {
    if (this.task === this.own) return this.drawOwn();
    if (!this.learner.steps) return;
    this.task.draw(this.learner);
    this.plots.draw(this.history);
    const seen = this.learner.look(this.task.look());
    this.raster.draw(seen, this.learner);
    this.best = this.readout.draw(seen, this.learner, this.task.colours, this.task.names);
    this.tell(seen);
  }

  tell(seen) {
    const { loss, accuracy, alphas } = this.history.at(-1);
    const fired = seen.spikes.reduce((sum, spike) => sum + spike, 0) / seen.spikes.length;
    say('score', `${short(100 * accuracy, 3)} % of ${this.task.data.count} right`);
    say('best', this.best);
    say('rate', `${short(fired, 2)} spikes a step and neuron`);
    say('answer-text', this.task.says(this.best));
    say('loss-text', `Loss ${short(loss, 3)}, ${short(100 * accuracy, 3)} % right after ${this.learner.trained} samples.`);
    say('alpha-text', alphas.map((alpha, i) => `layer ${i + 1}: ${short(alpha, 3)}`).join(', '));
    say('raster-text', `${short(fired, 2)} spikes a step and neuron.`);
    this.keys(alphas);
    say('made', `${this.learner.call.learn_parameters()} parameters, ${this.learner.trained} samples seen` +
      (this.rate ? `, ${short(this.rate, 2)} steps of 64 samples a second.` : '.'));
    document.documentElement.dataset.ready = String(this.learner.trained);
  }

  keys(alphas) {
    const text = (alpha, i) => `layer ${i + 1}: ${short(alpha, 3)}`;
    const at = place('alpha-keys');
    if (at.children.length !== alphas.length)
      at.replaceChildren(...alphas.map((_, i) => {
        const key = document.createElement('span');
        key.className = `key layer${i + 1}`;
        key.append(document.createElement('i'), '');
        return key;
      }));
    alphas.forEach((alpha, i) => (at.children[i].lastChild.textContent = text(alpha, i)));
  }
}

start((module) => new Page(new Learner(module)));
