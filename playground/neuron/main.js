// The page: settings, their run, the pictures.
import { addressWriter, fromAddress, toAddress } from '../kit/address.js';
import { button } from '../kit/form.js';
import { say } from '../kit/say.js';
import { showSheet } from '../kit/sheet.js';
import { start } from '../kit/start.js';
import { short } from '../kit/ticks.js';
import { Controls } from './controls.js';
import { Engine } from './engine.js';
import { PlanePlot, RatesPlot, WeightsPlot } from './curves.js';
import { Hand, TimePlots, timesOf } from './time.js';
import { DEFAULTS, kindOf, orderOf } from './settings.js';
import { asC, asCsv, asPython, asYaml, commandOf } from './texts.js';

const SLOW = 14; // milliseconds of the small pictures, from which on they wait for a pause

class Page {
  constructor(engine) {
    this.engine = engine;
    const { settings, unknown } = fromAddress(location.hash, DEFAULTS);
    this.settings = settings;
    this.unknown = unknown;
    this.write = addressWriter();
    this.time = new TimePlots();
    this.small = [new WeightsPlot(), new RatesPlot(), new PlanePlot()];
    this.controls = new Controls(document.getElementById('controls'), settings, (key) => this.changed(key));
    this.hand = new Hand(this.time, () => this.settings, (values) => this.controls.set('drawn', values.join(',')));
    this.hand.set(settings.current === 'drawn');
    this.exports();
    this.watch();
    this.draw();
  }

  watch() {
    const again = () => this.ask();
    new ResizeObserver(again).observe(document.querySelector('main'));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
    addEventListener('hashchange', () => {
      Object.assign(this, fromAddress(location.hash, DEFAULTS));
      this.hand.set(this.settings.current === 'drawn');
      this.controls.show(this.settings);
      this.ask();
    });
  }

  // ---- changes

  changed(key) {
    this.unknown = [];
    if (key === 'kind') this.startKind();
    if (key === 'current') this.hand.set(this.settings.current === 'drawn');
    this.write(toAddress(this.settings, DEFAULTS));
    this.ask();
  }

  // Another kind begins with its own reset and parameters.
  startKind() {
    const kind = kindOf(this.settings);
    this.settings.params = '';
    this.settings.reset = kind.reset ?? (this.settings.reset === 'value' ? 'jump' : this.settings.reset);
    this.controls.show(this.settings);
  }

  ask() {
    this.asked ??= requestAnimationFrame(() => {
      this.asked = null;
      this.draw();
    });
  }

  // ---- pictures

  draw() {
    const begin = performance.now();
    this.engine.set(this.settings);
    const run = this.engine.run();
    this.controls.fault(run.error ?? '');
    if (run.error) return; // the last good picture stays
    this.controls.remark([...this.unknown.map((part) => `Not known in the address: ${part}`), run.warnings].filter(Boolean).join('\n'));
    this.run = run;
    this.time.stateName = kindOf(this.settings).state;
    this.time.draw(run, this.settings);
    this.cost = performance.now() - begin;
    this.tell(run);
    this.drawSmall();
  }

  drawSmall() {
    clearTimeout(this.later);
    if (this.slow > SLOW) this.later = setTimeout(() => this.drawCurves(), 120);
    else this.drawCurves();
  }

  drawCurves() {
    const begin = performance.now();
    for (const plot of this.small) plot.draw(this.engine, this.settings, this.run);
    this.slow = performance.now() - begin;
    document.documentElement.dataset.ready = this.run.hash;
  }

  tell(run) {
    const [here, ghost] = [timesOf(run, 0), timesOf(run, 1)];
    const spikes = (times) => (times.length === 0 ? 'no spike' : `${times.length} spike${times.length > 1 ? 's' : ''}, the first at ${short(times[0])}`);
    const text = orderOf(this.settings) === 1
      ? `α = 1: ${spikes(here)}.`
      : `α = ${short(orderOf(this.settings))}: ${spikes(here)}. α = 1: ${spikes(ghost)}.`;
    say('time-text', text);
    say('made', `${run.t.length} steps in ${short(this.cost, 2)} ms. Potentials and spikes at α have the hash ${run.hash}.`);
  }

  // ---- texts

  exports() {
    const sheet = document.getElementById('sheet');
    const yaml = (settings) => [{ name: 'neuron.yaml', text: asYaml(settings) },
      ...(settings.current === 'drawn' ? [{ name: 'current.csv', text: asCsv(settings) }] : [])];
    const kinds = [
      ['as-c', 'as C', 'This neuron in C', () => 'Compile it with the line at its top; it prints a table.', (s) => [{ name: 'neuron.c', text: asC(s) }]],
      ['as-python', 'as Python', 'This neuron in Python', () => 'Run it with the package fsnn; it prints the times of the spikes.', (s) => [{ name: 'neuron.py', text: asPython(s) }]],
      ['as-yaml', 'as YAML', 'This neuron as a description', (s) => `Save it, then: ${commandOf(s)}`, yaml],
    ];
    for (const [id, name, title, how, files] of kinds) {
      const show = () => showSheet(sheet, { title, how: how(this.settings), files: files(this.settings) });
      document.getElementById('exports').append(button(name, show, { id }));
    }
  }
}

start((module) => new Page(new Engine(module)));
