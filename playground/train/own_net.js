// A network of the user's own in the module (playground/train/web.h).
import { Calls } from './calls.js';

export class OwnNet extends Calls {
  say(text) {
    this.module.write(this.call.web_text(), String(text), 1024);
  }

  build({ net, weights }) {
    const { call } = this;
    const [a, b = 1, c = 1] = net.input;
    this.handles = new Map([['input', this.check(call.web_begin(net.input.length, a, b, c))]]);
    for (const node of net.nodes) this.node(node);
    net.dynamics.orders.forEach((terms, layer) => {
      for (let i = 0; i < terms.length; i += 2) this.check(call.web_order(layer, terms[i], terms[i + 1]));
    });
    const { integer, method, implicit, step, memory, tolerance } = net.dynamics;
    this.say(method);
    this.check(call.web_wrap(this.handle(net.output), integer, implicit, step, memory, tolerance));
    this.parameters(weights, net.parameters ?? {});
    Object.assign(this, { net, inputs: call.web_inputs(), outputs: call.web_outputs(), layers: this.layersOf() });
  }

  handle(name) {
    if (!this.handles.has(name)) throw new Error(`net.json: there is no node "${name}" before it is used.`);
    return this.handles.get(name);
  }

  node({ name, kind, from, options }) {
    const { call } = this;
    this.say(kind);
    this.check(call.web_kind());
    for (const [key, values] of Object.entries(options)) {
      this.say(key);
      values.forEach((value, i) => this.check(call.web_set(i, value)));
    }
    for (const source of from) this.check(call.web_source(this.handle(source)));
    this.say(name);
    this.handles.set(name, this.check(call.web_add()));
  }

  // Every parameter of the network gets its numbers; none is missing, and none has another size.
  parameters(weights, fixed) {
    const { module, call } = this;
    for (let i = 0; i < call.web_params(); i++) {
      call.web_param_named(i);
      const name = module.text(call.web_text()), values = weights.get(name) ?? fixed[name], count = call.web_param();
      if (!values) throw new Error(`Neither file has ${name}.`);
      if (values.length !== count) throw new Error(`${name} has ${values.length} numbers, and the network ${count}.`);
      module.floats(call.web_values(), count).set(values);
    }
  }

  layersOf() {
    const { module, call } = this;
    return Array.from({ length: call.web_layers() }, (_, layer) => {
      const neurons = call.web_layer(layer);
      return { name: module.text(call.web_text()), neurons };
    });
  }

  // {output: [steps][outputs], spikes: [layer][steps][neurons]}
  run(x, steps) {
    const { module, call } = this;
    const into = call.web_input();
    if (!into) this.check(-1);
    module.floats(into, this.inputs).set(x);
    this.check(call.web_run(steps));
    const output = module.floats(call.web_output(), steps * this.outputs).slice();
    const spikes = this.layers.map(({ neurons }, layer) => module.floats(call.web_layer_spikes(layer), steps * neurons).slice());
    return { output, spikes };
  }
}
