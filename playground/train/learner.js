// The module of the learning network: samples and settings in, answers out (playground/train/learn.h).
import { Calls } from './calls.js';

const BATCH = 64;

export class Learner extends Calls {
  constructor(module) {
    super(module);
    this.numbers = module.names(this.call.learn_number_name);
  }

  set(settings) {
    const into = this.module.doubles(this.call.learn_numbers(), this.numbers.length);
    this.numbers.forEach((name, i) => (into[i] = Number(settings[name])));
  }

  samples(x, label) {
    const { module, call } = this;
    module.floats(call.learn_samples(), x.length).set(x.map((value) => this.gain * value));
    module.ints(call.learn_labels(), label.length).set(label);
  }

  // A network with drawn weights for samples {x, label, count, classes} of `inputs` numbers, which are currents when they are multiplied
  // by `gain`.
  create(settings, inputs, data, gain) {
    this.set(settings);
    this.gain = gain;
    this.samples(data.x, data.label);
    this.check(this.call.learn_create(inputs, data.classes, data.count));
    Object.assign(this, { inputs, classes: data.classes, steps: settings.steps, hidden: settings.hidden, layers: settings.layers, trained: 0 });
  }

  // Samples in place of those before; the network stays.
  more(data) {
    this.samples(data.x, data.label);
    this.check(this.call.learn_count(data.count));
  }

  train(batches) {
    this.check(this.call.learn_train(batches));
    this.trained += batches * BATCH;
    return this.call.learn_loss();
  }

  alphas() {
    return Array.from({ length: this.layers }, (_, i) => this.call.learn_alpha(i));
  }

  accuracy() {
    const share = this.call.learn_accuracy();
    this.check(share);
    return share;
  }

  ask(x) {
    this.module.floats(this.call.learn_asked(), x.length).set(x.map((value) => this.gain * value));
  }

  // Shares [count][classes], a copy.
  answer(x) {
    const count = x.length / this.inputs;
    this.ask(x);
    this.check(this.call.learn_answer(count));
    return this.module.floats(this.call.learn_answers(), count * this.classes).slice();
  }

  // {spikes: [layers][steps][hidden], potentials: [steps][classes], shares: [classes]}
  look(x) {
    this.ask(x);
    this.check(this.call.learn_look());
    const floats = (at, count) => this.module.floats(at, count).slice();
    return {
      spikes: floats(this.call.learn_spikes(), this.layers * this.steps * this.hidden),
      potentials: floats(this.call.learn_potentials(), this.steps * this.classes),
      shares: floats(this.call.learn_answers(), this.classes),
    };
  }

  parameters() {
    return this.module.floats(this.call.learn_parameter_values(), this.call.learn_parameters());
  }

  take(values) {
    if (values.length === this.call.learn_parameters()) this.parameters().set(values);
    this.check(this.call.learn_take_parameters(values.length));
  }
}
