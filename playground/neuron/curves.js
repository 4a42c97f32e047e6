// Weights of the past, firing rates and the phase plane.
import { Plot, span } from '../kit/plot.js';
import { say } from '../kit/say.js';
import { short } from '../kit/ticks.js';
import { kindOf, orderOf, stepsOf } from './settings.js';
import { bounded } from './time.js';

function refused(plot, id, sentence) {
  plot.begin({ low: 0, high: 1, ticks: false }, { low: 0, high: 1, ticks: false });
  plot.message(sentence);
  say(`${id}-text`, '');
}

// ---- weights

const LAGS = 400;

export class WeightsPlot {
  constructor() {
    this.plot = new Plot(document.getElementById('weights'));
  }

  draw(engine, settings) {
    const lags = Math.max(2, Math.min(LAGS, stepsOf(settings)));
    const found = engine.weights(lags);
    if (found.error) return refused(this.plot, 'weights', found.error);
    const lag = Float64Array.from({ length: lags }, (_, i) => i + 1);
    const size = (w) => w.map((x) => (x === 0 ? NaN : Math.abs(x)));
    const alpha = size(found.alpha), one = size(found.one);
    const all = [...alpha, ...one].filter((x) => x > 1e-9);
    const high = Math.max(1, ...all) * 1.6, low = Math.max(1e-9, Math.min(...all, high / 100)) / 1.6;
    this.plot.begin({ low: 0.9, high: lags, log: true, label: 'lag / steps' }, { low, high, log: true });
    this.plot.line(lag, one, 'ghost', { width: 1.2, dash: [4, 3] });
    this.plot.dots(lag.subarray(0, 12), one.subarray(0, 12), 'ghost', 2.6);
    this.plot.line(lag, alpha, 'main', { width: 1.4 });
    this.plot.dots(lag.subarray(0, 12), alpha.subarray(0, 12), 'main', 2.2);
    say('weights-text', this.caption(found, settings, lags));
  }

  caption(found, settings, lags) {
    const last = found.alpha[lags - 1], alpha = orderOf(settings);
    if (alpha === 1 && last === 0) return 'At α = 1 a step sees the state before it and nothing older.';
    return `The state before has the weight ${short(found.alpha[0], 3)}, the one ${lags} steps back ${short(last, 2)}.`;
  }
}

// ---- rates

export class RatesPlot {
  constructor() {
    this.plot = new Plot(document.getElementById('rates'));
  }

  draw(engine, settings, run) {
    const most = Math.max(3 * settings.threshold, ...run.current.filter(Number.isFinite).map((x) => Math.min(1.2 * x, 20)));
    const found = engine.rates(most);
    if (found.error) return refused(this.plot, 'rates', found.error);
    const y = { low: 0, high: span([found.alpha, found.one, [0.1]]).high };
    this.plot.begin({ low: 0, high: most, label: 'current I' }, y);
    if (found.exact) this.plot.line(found.current, found.exact, 'axis', { width: 1 });
    this.plot.line(found.current, found.one, 'ghost', { width: 1.2, dash: [4, 3] });
    this.plot.line(found.current, found.alpha, 'main', { width: 1.8 });
    const fires = found.current[found.alpha.findIndex((rate) => rate > 0)];
    const first = fires === undefined ? 'It never fires up to this current.' : `It fires from I ≈ ${short(fires, 3)} on.`;
    say('rates-text', `${first} Means over ${short(settings.time)} units of time.${found.exact ? ' The thin line is exact at α = 1.' : ''}`);
  }
}

// ---- phase plane

export class PlanePlot {
  constructor() {
    this.plot = new Plot(document.getElementById('plane'));
  }

  draw(engine, settings, run) {
    if (run.state) this.drawStates(engine, settings, run);
    else this.drawOne(engine, settings, run);
  }

  // One state: its slope over itself. At alpha 1 the points lie on dv = f(v, I).
  drawOne(engine, settings, run) {
    const slopes = [0, 1].map((which) => slopesOf(run, which));
    const x = bounded(span(run.v), settings.threshold);
    const drive = span([run.current], { air: 0 });
    const fields = (drive.low === drive.high ? [drive.low] : [drive.low, drive.high])
      .map((current) => engine.field(current, x, { low: 0, high: 1 }));
    const fault = fields.find((field) => field.error);
    if (fault) return refused(this.plot, 'plane', fault.error);
    const lines = fields.map((field) => field.dv.subarray(0, field.side));
    const y = span([...lines, inner(slopes[0]), inner(slopes[1])]);
    this.plot.begin({ ...x, label: 'v' }, y);
    this.plot.horizontal(0, 'axis');
    lines.forEach((line) => this.plot.line(fields[0].v, line, 'drive', { width: 1.2 }));
    this.trace(run.v[1], slopes[1], run.spikes[1], 'ghost', { width: 1, dash: [4, 3] });
    this.trace(run.v[0], slopes[0], run.spikes[0], 'main', { width: 1.4 });
    const at = lines.length === 1 ? `I = ${short(drive.low, 3)}` : `the smallest and the largest I`;
    say('plane-text', `dv/dt over v. At α = 1 all points lie on the neuron's rule (thin line, at ${at}); below 1 the past pulls them off it.`);
  }

  trace(xs, ys, breaks, colour, options) {
    this.plot.line(xs, ys, colour, { ...options, breaks });
  }

  // Two states: one over the other, with arrows of their derivatives under the middle current.
  drawStates(engine, settings, run) {
    const x = bounded(span(run.v), settings.threshold), y = span(run.state, { air: 0.1 });
    const current = mean(run.current), name = kindOf(settings).state;
    const field = engine.field(current, x, y);
    if (field.error) return refused(this.plot, 'plane', field.error);
    this.plot.begin({ ...x, label: 'v' }, y);
    this.arrows(field, x, y);
    this.plot.line(run.v[1], run.state[1], 'ghost', { width: 1, dash: [4, 3], breaks: run.spikes[1] });
    this.plot.line(run.v[0], run.state[0], 'main', { width: 1.4, breaks: run.spikes[0] });
    say('plane-text', `${name} over v. Arrows: the derivatives of both under the current ${short(current, 3)}.`);
  }

  arrows(field, x, y) {
    const { plot } = this, { side } = field;
    const scale = plot.box.width / (x.high - x.low), down = plot.box.height / (y.high - y.low);
    for (let j = 1; j < side; j += 2)
      for (let i = 1; i < side; i += 2) {
        const dx = field.dv[j * side + i] * scale, dy = -field.dw[j * side + i] * down;
        const length = Math.hypot(dx, dy) || 1, size = Math.min(9, length);
        plot.stroke('axis', 1);
        const at = [plot.atX(field.v[i]), plot.atY(field.w[j])];
        plot.segment(...at, at[0] + (dx / length) * size, at[1] + (dy / length) * size);
        plot.dots([field.v[i]], [field.w[j]], 'axis', 1.2);
      }
  }
}

function slopesOf(run, which) {
  const v = run.v[which], h = run.t[0];
  return v.map((now, k) => (k + 1 < v.length ? (v[k + 1] - now) / h : NaN)).map((slope, k) => (run.spikes[which][k] || run.spikes[which][k + 1] ? NaN : slope));
}

// Without the few largest, which are the first steps after a spike.
function inner(slopes) {
  const sorted = [...slopes].filter(Number.isFinite).sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 50);
  return sorted.slice(cut, sorted.length - cut);
}

function mean(x) {
  return x.reduce((sum, value) => sum + value, 0) / x.length;
}
