// A network of the user's own: its files, its nodes, and what it does under a drawing or a constant current.
import { Plot, span } from '../kit/plot.js';
import { button, make } from '../kit/form.js';
import { short } from '../kit/ticks.js';
import { Pad } from './pad.js';
import { readFiles } from './own_files.js';
import { OwnNet } from './own_net.js';
import { COLOURS } from './pictures.js';

const NEURONS = 128; // of a layer that are drawn, at most

export class OwnTask {
  // `places`: {figure, files, nodes, canvas, actions}; `tried`(act) runs what may fail, `ask`() draws again, `loaded`(net) tells of a net.
  constructor(module, places, { tried, ask, loaded }) {
    Object.assign(this, { places, tried, ask, loaded });
    this.own = new OwnNet(module);
    this.pad = new Pad(places.canvas, ask);
    places.actions.append(button('Clear', () => {
      this.pad.clear();
      ask();
    }));
    places.files.addEventListener('change', () => this.read(places.files.files));
    places.figure.addEventListener('dragover', (event) => this.active && event.preventDefault());
    places.figure.addEventListener('drop', (event) => {
      if (!this.active) return;
      event.preventDefault();
      this.read(event.dataTransfer.files);
    });
  }

  async read(files) {
    if (!files.length) return;
    try {
      const found = await readFiles(files);
      this.tried(() => this.take(found));
    } catch (error) {
      this.tried(() => {
        throw error;
      });
    }
  }

  take(found) {
    this.there = false;
    this.own.build(found);
    this.there = true;
    const side = Math.sqrt(this.own.inputs);
    this.pad.side = side === 14 || side === 28 ? side : null;
    this.pad.clear();
    const rows = found.net.nodes.map((node) => make('tr', {}, make('td', {}, node.name), make('td', {}, node.kind), make('td', {}, node.from.join(', '))));
    this.places.nodes.replaceChildren(make('caption', {}, `${found.net.nodes.length} nodes, ${this.own.inputs} inputs, ${this.own.outputs} outputs`),
      make('tr', {}, ...['node', 'kind', 'from'].map((name) => make('th', { scope: 'col' }, name))), ...rows);
    this.show();
    this.loaded(found.net);
  }

  show() {
    const drawn = this.active && this.there && this.pad.side !== null;
    this.places.canvas.hidden = this.places.actions.hidden = !drawn;
  }

  // The current of each input.
  input(current) {
    return this.pad.side === null ? new Float32Array(this.own.inputs).fill(current) : this.pad.seen.map((value) => value * current);
  }

  // Draws the run; returns what it says.
  draw({ raster, readout }, { steps, current }) {
    if (!this.there) return null;
    if (this.pad.side !== null) this.pad.draw();
    const run = this.own.run(this.input(current), steps);
    this.drawRaster(raster, run, steps);
    const totals = new Array(this.own.outputs).fill(0);
    run.output.forEach((y, i) => (totals[i % totals.length] += y));
    const means = totals.map((total) => total / steps);
    const best = means.indexOf(Math.max(...means));
    this.drawOutput(readout, run, steps, best);
    return `Output ${best} has the largest mean: ${short(means[best], 4)}.`;
  }

  // A band of the same height for each layer.
  drawRaster(canvas, run, steps) {
    const plot = this.raster ??= new Plot(canvas, { top: 6 });
    const { layers } = this.own;
    plot.begin({ low: 0.5, high: steps + 0.5, label: 'step' }, { low: Math.max(1, layers.length), high: 0, ticks: false });
    layers.forEach(({ name, neurons }, layer) => {
      const size = Math.min(neurons, NEURONS), xs = [], ys = [];
      for (let k = 0; k < steps; k++)
        for (let n = 0; n < size; n++)
          if (run.spikes[layer][k * neurons + n]) {
            xs.push(k + 1);
            ys.push(layer + (n + 0.5) / size);
          }
      plot.dots(xs, ys, COLOURS[layer % COLOURS.length], Math.max(0.8, Math.min(3, plot.box.height / layers.length / size / 2.4)));
      plot.note(neurons > NEURONS ? `${name}, the first ${NEURONS} of ${neurons}` : name, plot.box.left + 5, plot.atY(layer) + 16, 'faint');
      plot.horizontal(layer + 1, 'axis');
    });
  }

  drawOutput(canvas, run, steps, best) {
    const plot = this.output ??= new Plot(canvas, { top: 6 });
    const outputs = this.own.outputs, k = Array.from({ length: steps }, (_, i) => i + 1);
    const sums = Array.from({ length: Math.min(outputs, NEURONS) }, (_, n) => {
      let sum = 0;
      return k.map((step) => (sum += run.output[(step - 1) * outputs + n]) / step);
    });
    plot.begin({ low: 0.5, high: steps + 0.5, label: 'step' }, span([...sums, [0]]));
    sums.forEach((line, n) => plot.line(k, line, n === best ? 'main' : 'ghost', { width: n === best ? 2 : 1 }));
  }
}
