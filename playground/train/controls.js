// The form of the learning network.
import { Form, button, group, make } from '../kit/form.js';
import { NUMBERS } from './settings.js';
import { TOYS } from './toys.js';

// What the network of the digits has already, or what its samples have not.
const OF_TOYS = ['samples', 'noise', 'hidden', 'layers', 'steps', 'tau', 'alpha', 'learned'];

export class Controls extends Form {
  constructor(place, settings, change, acts) {
    super(settings, NUMBERS, change);
    this.run = button('Learn', acts.run, { id: 'run' });
    const network = group('Network', ...['hidden', 'layers', 'steps', 'tau', 'alpha'].map((key) => this.number(key)),
      this.choice('learned', 'α is', [['yes', 'learned'], ['no', 'fixed']]));
    network.id = 'network';
    const training = group('Training',
      make('div', { className: 'actions' }, this.run, button('One step', acts.step, { id: 'step' }), button('Begin anew', acts.anew, { id: 'anew' })));
    training.id = 'training';
    const optimiser = group('Optimiser', ...['rate', 'seed'].map((key) => this.number(key)));
    optimiser.id = 'optimiser';
    place.append(
      make('div', { id: 'fault', className: 'fault', role: 'alert' }),
      training,
      group('Samples', this.choice('data', 'task', [...TOYS, ['digits', 'drawn digits'], ['own', 'a network of my own']]), ...['samples', 'noise', 'current'].map((key) => this.number(key))),
      network,
      optimiser);
    this.show(settings);
  }

  refresh() {
    const { data } = this.settings, own = data === 'own';
    for (const key of OF_TOYS) this.rows[key].hidden = own ? key !== 'steps' : data === 'digits';
    for (const key of ['rate', 'seed']) this.rows[key].hidden = own;
    this.rows.current.hidden = !own;
    document.getElementById('network').hidden = data === 'digits';
    document.getElementById('optimiser').hidden = document.getElementById('training').hidden = own;
  }

  running(on) {
    this.run.textContent = on ? 'Pause' : 'Learn';
    this.run.setAttribute('aria-pressed', String(on));
  }

  fault(sentence) {
    document.getElementById('fault').textContent = sentence;
  }
}
