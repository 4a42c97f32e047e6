// Spikes, potential and current over one axis of time.
import { Plot, span } from '../kit/plot.js';
import { short } from '../kit/ticks.js';
import { POINTS, drawnOf, orderOf } from './settings.js';

export class TimePlots {
  constructor() {
    const plot = (id, margin) => new Plot(document.getElementById(id), margin);
    this.spikes = plot('spikes', { top: 4, bottom: 4 });
    this.potential = plot('potential', { top: 8, bottom: 8 });
    this.current = plot('drive', { top: 8 });
    this.readout = document.getElementById('readout');
    this.hover = null;
    for (const { canvas } of [this.spikes, this.potential, this.current]) {
      canvas.addEventListener('pointermove', (event) => this.point(event));
      canvas.addEventListener('pointerleave', () => this.point(null));
    }
  }

  point(event) {
    if (!this.run) return;
    const at = event && this.potential.inverse(event);
    const step = this.run.t[0];
    this.hover = at?.inside ? Math.min(this.run.t.length - 1, Math.max(0, Math.round(at.x / step) - 1)) : null;
    this.draw(this.run, this.settings);
  }

  draw(run, settings) {
    this.run = run;
    this.settings = settings;
    const x = { low: 0, high: run.t[run.t.length - 1] };
    this.drawSpikes({ ...x, ticks: false }, run);
    this.drawPotential({ ...x, ticks: false }, run, settings);
    this.drawCurrent({ ...x, label: 'time / unit of τ' }, run, settings);
    this.tell(run, settings);
  }

  drawSpikes(x, run) {
    const plot = this.spikes;
    plot.begin(x, { low: 0, high: 1, ticks: false });
    plot.marks(timesOf(run, 0), 0.54, 0.98, 'main', 2);
    plot.marks(timesOf(run, 1), 0.04, 0.44, 'ghost', 1.5);
    this.cross(plot);
  }

  drawPotential(x, run, settings) {
    const plot = this.potential;
    const threshold = settings.threshold;
    plot.begin(x, bounded(span([...run.v, [0, threshold]]), threshold));
    plot.horizontal(threshold, 'axis', [2, 3]);
    const line = plot.atY(threshold);
    plot.note('threshold', plot.box.right - 4, line - 16 < plot.box.top ? line + 15 : line - 2, 'faint', 'right');
    if (run.state) plot.line(run.t, run.state[0], 'third', { width: 1.2 });
    plot.line(run.t, run.v[1], 'ghost', { width: 1.2, dash: [4, 3] });
    plot.line(run.t, run.v[0], 'main', { width: 1.8 });
    this.cross(plot);
  }

  drawCurrent(x, run, settings) {
    const plot = this.current;
    const drawn = settings.current === 'drawn';
    const y = drawn ? { low: -1, high: 5 } : span([run.current, [0]], { air: 0.1 });
    plot.begin(x, y);
    plot.line(run.t, run.current, 'drive', { width: 1.6 });
    if (drawn) {
      const { times, values } = drawnOf(settings);
      plot.dots(times, values, 'drive', 2.2);
      if (this.chosen != null) plot.dots([times[this.chosen]], [values[this.chosen]], 'main', 5);
    }
    this.cross(plot);
  }

  cross(plot) {
    if (this.hover !== null) plot.vertical(this.run.t[this.hover], 'faint');
  }

  tell(run, settings) {
    const k = this.hover;
    const state = run.state ? `  ${this.stateName}  ${short(run.state[0]?.[k], 4)}` : '';
    this.readout.textContent = k === null ? '' :
      `t ${short(run.t[k])}   I ${short(run.current[k])}   v ${short(run.v[0][k])}${state}   v at α = 1 ${short(run.v[1][k])}`;
    document.getElementById('key-alpha').textContent = `α = ${short(orderOf(settings))}`;
  }
}

// An axis of potentials: those that run away do not squeeze the rest into a line.
export function bounded(axis, threshold) {
  const most = 20 * Math.max(1, Math.abs(threshold));
  return { low: Math.max(axis.low, -most), high: Math.min(axis.high, most) };
}

export function timesOf(run, which) {
  const times = [];
  run.spikes[which].forEach((spike, k) => spike && times.push(run.t[k]));
  return times;
}

// ---- a current drawn by hand

export class Hand {
  constructor(plots, get, put) {
    this.plots = plots;
    this.get = get;
    this.put = put;
    this.canvas = plots.current.canvas;
    this.last = null;
    const on = (name, act) => this.canvas.addEventListener(name, (event) => this.active && act(event));
    on('pointerdown', (event) => this.begin(event));
    on('pointermove', (event) => this.last !== null && this.move(event));
    for (const name of ['pointerup', 'pointercancel']) on(name, () => (this.last = null));
    on('keydown', (event) => this.key(event));
  }

  set(active) {
    this.active = active;
    const { canvas } = this;
    if (!active) {
      this.plots.chosen = null;
      for (const name of ['tabindex', 'data-drawn', 'aria-valuetext', 'aria-valuenow']) canvas.removeAttribute(name);
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', 'Input current over time');
      return;
    }
    canvas.setAttribute('tabindex', '0');
    canvas.setAttribute('data-drawn', '');
    canvas.setAttribute('role', 'slider');
    canvas.setAttribute('aria-valuemin', '-1');
    canvas.setAttribute('aria-valuemax', '5');
    canvas.setAttribute('aria-label', 'Input current: left and right choose a time, up and down change the current there');
    this.say();
  }

  say() {
    const { times, values } = drawnOf(this.get()), i = this.plots.chosen ?? 0;
    this.canvas.setAttribute('aria-valuenow', values[i]);
    this.canvas.setAttribute('aria-valuetext', `${short(values[i])} at time ${short(times[i])}`);
  }

  place(event) {
    const { x, y } = this.plots.current.inverse(event);
    const i = Math.round((x / this.get().time) * (POINTS - 1));
    return { i: Math.min(POINTS - 1, Math.max(0, i)), value: within(y) };
  }

  begin(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.last = this.place(event);
    this.move(event);
  }

  // Points between the last place and this one lie on a straight line.
  move(event) {
    const to = this.place(event), from = this.last;
    const { values } = drawnOf(this.get());
    const step = Math.sign(to.i - from.i);
    for (let i = from.i; i !== to.i; i += step)
      values[i] = within(from.value + ((to.value - from.value) * (i - from.i)) / (to.i - from.i));
    values[to.i] = to.value;
    this.last = to;
    this.put(values);
  }

  key(event) {
    const { values } = drawnOf(this.get());
    const i = this.plots.chosen ?? 0, by = event.shiftKey ? 0.5 : 0.05;
    const acts = {
      ArrowLeft: () => (this.plots.chosen = Math.max(0, i - 1)),
      ArrowRight: () => (this.plots.chosen = Math.min(POINTS - 1, this.plots.chosen == null ? 0 : i + 1)),
      Home: () => (this.plots.chosen = 0),
      End: () => (this.plots.chosen = POINTS - 1),
      ArrowUp: () => (values[(this.plots.chosen = i)] = within(values[i] + by)),
      ArrowDown: () => (values[(this.plots.chosen = i)] = within(values[i] - by)),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
    this.put(values);
    this.say();
  }
}

function within(value) {
  return Number(Math.min(5, Math.max(-1, value)).toFixed(2));
}
