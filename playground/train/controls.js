// The form of the learning network.
import { Form, group, make } from '../kit/form.js';
import { NUMBERS } from './settings.js';
import { TOYS } from './toys.js';

// What the network of the digits has already, or what its samples have not.
const OF_TOYS = ['samples', 'noise', 'hidden', 'layers', 'steps', 'tau', 'alpha', 'learned'];

export class Controls extends Form {
  constructor(place, settings, change, acts) {
    super(settings, NUMBERS, change);
    const button = (id, text, act) => {
      const made = make('button', { type: 'button', id }, text);
      made.addEventListener('click', act);
      return made;
    };
    this.run = button('run', 'Learn', acts.run);
    const network = group('Network', ...['hidden', 'layers', 'steps', 'tau', 'alpha'].map((key) => this.number(key)),
      this.choice('learned', 'α is', [['yes', 'learned'], ['no', 'fixed']]));
    network.id = 'network';
    place.append(
      group('Training',
        make('div', { className: 'actions' }, this.run, button('step', 'One step', acts.step), button('anew', 'Begin anew', acts.anew)),
        make('div', { id: 'fault', className: 'fault', role: 'alert' })),
      group('Samples', this.choice('data', 'task', [...TOYS, ['digits', 'drawn digits']]), ...['samples', 'noise'].map((key) => this.number(key))),
      network,
      group('Optimiser', ...['rate', 'seed'].map((key) => this.number(key))));
    this.show(settings);
  }

  refresh() {
    for (const key of OF_TOYS) this.rows[key].hidden = this.settings.data === 'digits';
    document.getElementById('network').hidden = this.settings.data === 'digits';
  }

  running(on) {
    this.run.textContent = on ? 'Pause' : 'Learn';
    this.run.setAttribute('aria-pressed', String(on));
  }

  fault(sentence) {
    document.getElementById('fault').textContent = sentence;
  }
}
