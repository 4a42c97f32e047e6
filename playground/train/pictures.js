// What a network answers in the plane, its figures while it learns, its spikes.
import { Plot, span } from '../kit/plot.js';
import { short } from '../kit/ticks.js';

export const COLOURS = ['main', 'drive', 'third'];
const SIDE = 48;

function rgb(colour) {
  const value = parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export class DecisionPlot {
  constructor(canvas) {
    this.plot = new Plot(canvas, { left: 30, bottom: 22 });
    this.small = document.createElement('canvas');
    this.small.width = this.small.height = SIDE;
    this.grid = new Float32Array(2 * SIDE * SIDE);
    for (let j = 0; j < SIDE; j++)
      for (let i = 0; i < SIDE; i++) {
        this.grid[2 * (j * SIDE + i)] = -1.1 + (2.2 * (i + 0.5)) / SIDE;
        this.grid[2 * (j * SIDE + i) + 1] = 1.1 - (2.2 * (j + 0.5)) / SIDE;
      }
  }

  // Answers of the whole plane as a picture: each class's colour by its share.
  ask(learner) {
    const shares = learner.answer(this.grid);
    const paper = rgb(this.plot.colour('panel')), inks = COLOURS.map((name) => rgb(this.plot.colour(name)));
    const image = new ImageData(SIDE, SIDE), C = learner.classes;
    for (let p = 0; p < SIDE * SIDE; p++)
      for (let channel = 0; channel < 4; channel++) {
        let mixed = 0;
        for (let c = 0; c < C; c++) mixed += shares[p * C + c] * (inks[c][channel] ?? 0);
        image.data[4 * p + channel] = channel === 3 ? 255 : 0.58 * paper[channel] + 0.42 * mixed;
      }
    this.small.getContext('2d').putImageData(image, 0, 0);
  }

  draw(data, chosen) {
    const { plot } = this, axis = { low: -1.1, high: 1.1 };
    plot.begin(axis, axis);
    const { left, top, width, height } = plot.box;
    plot.pen.imageSmoothingEnabled = true;
    plot.pen.drawImage(this.small, left, top, width, height);
    for (let i = 0; i < data.count; i++) this.sample(data.x[2 * i], data.x[2 * i + 1], COLOURS[data.label[i]]);
    this.ring(chosen);
  }

  sample(x, y, colour) {
    const { plot } = this;
    plot.dots([x], [y], 'panel', 3.1);
    plot.dots([x], [y], colour, 2.3);
  }

  ring([x, y]) {
    const { pen } = this.plot;
    this.plot.stroke('ink', 1.6);
    pen.beginPath();
    pen.arc(this.plot.atX(x), this.plot.atY(y), 7, 0, 2 * Math.PI);
    pen.stroke();
  }
}

// The loss, the share of right answers and the orders over the samples seen.
export class HistoryPlots {
  constructor(loss, alpha) {
    this.loss = new Plot(loss, { right: 34 });
    this.alpha = new Plot(alpha);
  }

  draw(history) {
    const seen = history.map((row) => row.seen), x = { low: 0, high: Math.max(1000, seen.at(-1) ?? 0) };
    const losses = history.map((row) => row.loss);
    this.loss.begin({ ...x, label: 'samples seen' }, { low: 0, high: Math.max(1, ...losses.filter(Number.isFinite)) * 1.05 });
    this.loss.line(seen, losses, 'drive', { width: 1.4 });
    this.loss.line(seen, history.map((row) => row.accuracy), 'main', { width: 1.8 });
    const alphas = history.map((row) => row.alphas), layers = alphas[0]?.length ?? 0;
    const y = span([alphas.flat()], { least: 0.2, most: 1, air: 0.04 });
    this.alpha.begin({ ...x, label: 'samples seen' }, y);
    for (let i = 0; i < layers; i++)
      this.alpha.line(seen, alphas.map((row) => row[i]), COLOURS[i], { width: 1.8 });
  }
}

// Spikes of the hidden neurons over the steps, layer above layer.
export class RasterPlot {
  constructor(canvas) {
    this.plot = new Plot(canvas, { top: 6 });
  }

  draw(seen, { layers, hidden, steps }) {
    const { plot } = this, rows = layers * hidden;
    plot.begin({ low: 0.5, high: steps + 0.5, label: 'step' }, { low: rows, high: 0, ticks: false });
    for (let i = 0; i < layers; i++) {
      const at = [[], []];
      for (let k = 0; k < steps; k++)
        for (let n = 0; n < hidden; n++)
          if (seen.spikes[(i * steps + k) * hidden + n]) {
            at[0].push(k + 1);
            at[1].push(i * hidden + n + 0.5);
          }
      plot.note(`layer ${i + 1}`, plot.box.left + 5, plot.atY(i * hidden) + 16, 'faint');
      plot.dots(at[0], at[1], COLOURS[i], Math.max(1.2, Math.min(3, plot.box.height / rows / 2.4)));
      if (i) plot.horizontal(i * hidden, 'axis');
    }
  }
}

// The potentials of the readout: one line a class.
export class ReadoutPlot {
  constructor(canvas) {
    this.plot = new Plot(canvas, { top: 6 });
  }

  draw(seen, { steps, classes }, colours, names) {
    const { plot } = this;
    const k = Array.from({ length: steps }, (_, i) => i + 1);
    const lines = Array.from({ length: classes }, (_, c) => k.map((step) => seen.potentials[(step - 1) * classes + c]));
    plot.begin({ low: 0.5, high: steps + 0.5, label: 'step' }, span(lines));
    const best = seen.shares.indexOf(Math.max(...seen.shares));
    lines.forEach((line, c) => plot.line(k, line, colours[c] ?? (c === best ? 'main' : 'ghost'), { width: c === best ? 2 : 1.2 }));
    lines.forEach((line, c) => c === best && plot.note(names[c], plot.box.right - 2, Math.max(plot.box.top + 14, plot.atY(line[steps - 1]) - 4), colours[c] ?? 'main', 'right'));
    return `${names[best]}, ${short(100 * seen.shares[best], 3)} %`;
  }
}
