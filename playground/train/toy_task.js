// Points of the plane: the picture of what the network answers, and the chosen point.
import { COLOURS, DecisionPlot } from './pictures.js';
import { short } from '../kit/ticks.js';
import { makeToy } from './toys.js';

const GAIN = 3; // of places, -1 to 1, as currents

const within = (value) => Math.min(1.08, Math.max(-1.08, value));

export class ToyTask {
  constructor(canvas, ask) {
    this.canvas = canvas;
    this.ask = ask;
    this.plot = new DecisionPlot(canvas);
    this.chosen = [0.2, 0.3];
    this.colours = COLOURS;
    const choose = (event) => {
      const at = this.plot.plot.inverse(event);
      this.choose(at.x, at.y);
    };
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      choose(event);
    });
    canvas.addEventListener('pointermove', (event) => event.buttons && choose(event));
    canvas.addEventListener('keydown', (event) => this.key(event));
  }

  key(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!by) return;
    event.preventDefault();
    this.choose(this.chosen[0] + 0.05 * by[0], this.chosen[1] + 0.05 * by[1]);
  }

  choose(x, y) {
    this.chosen = [within(x), within(y)];
    this.ask();
  }

  begin(learner, settings) {
    this.data = makeToy(settings.data, Math.round(settings.samples), settings.noise, settings.seed);
    learner.create(settings, 2, this.data, GAIN);
    this.names = Array.from({ length: this.data.classes }, (_, c) => `class ${c + 1}`);
  }

  look() {
    return Float32Array.from(this.chosen);
  }

  draw(learner) {
    this.plot.ask(learner);
    this.plot.draw(this.data, this.chosen);
  }

  says(best) {
    const [x, y] = this.chosen.map((value) => short(value, 2));
    return `At (${x}, ${y}): ${best}. Choose another point with the pointer or the arrow keys.`;
  }
}
