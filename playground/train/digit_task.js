// Drawn digits: a trained network reads what is drawn, and learns from it.
import { button, make } from '../kit/form.js';
import { Pad } from './pad.js';
import { digits, withDrawing } from './shipped.js';

export class DigitTask {
  // `tried`(act) runs what may fail; `ask`() draws again.
  constructor(canvas, actions, tried, ask) {
    this.shipped = digits();
    this.pad = new Pad(canvas, ask);
    this.ask = ask;
    this.tried = tried;
    this.colours = [];
    this.names = Array.from({ length: 10 }, (_, digit) => String(digit));
    actions.append(...this.buttons());
    this.number = 0;
  }

  buttons() {
    const asking = (text, act, label = text) => button(text, () => {
      act();
      this.ask();
    }, { 'aria-label': label });
    const teach = make('div', { className: 'teach', role: 'group' }, 'It is a',
      ...this.names.map((name, digit) => asking(name, () => this.teach(digit), `It is a ${name}: add it to the samples`)));
    teach.setAttribute('aria-label', 'Which digit it is');
    return [asking('Clear', () => this.pad.clear()), asking('An example', () => this.example()), teach];
  }

  begin(learner, settings) {
    const { network, gain, weights, data } = this.shipped;
    this.learner = learner;
    this.data = data;
    learner.create({ ...settings, ...network }, 196, data, gain);
    learner.take(weights);
  }

  example() {
    const { x, count } = this.shipped.data, i = (this.number++ * 7) % count;
    this.pad.show(x.slice(196 * i, 196 * (i + 1)));
  }

  teach(digit) {
    if (this.pad.empty) return;
    this.tried(() => {
      this.data = withDrawing(this.data, this.pad.seen, digit);
      this.learner.more(this.data);
    });
  }

  look() {
    return this.pad.seen;
  }

  draw() {
    this.pad.draw();
  }

  says(best) {
    return this.pad.empty ? 'Draw a digit. Where it is read wrongly, say which one it is, and let the network learn it.' : `It reads ${best}.`;
  }
}
