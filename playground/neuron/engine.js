// The module of one neuron: settings in, arrays out (playground/neuron/play.h).
import { CURRENTS, drawnOf } from './settings.js';

const POINTS_MOST = 64, WORD_SIZE = 2048, RATES = 32, FIELD = 24;

export class Engine {
  constructor(module) {
    this.module = module;
    this.call = module.call;
    this.numbers = module.names(this.call.play_number_name);
    this.words = module.names(this.call.play_word_name);
  }

  set(settings) {
    const { module, call } = this;
    const into = module.doubles(call.play_numbers(), this.numbers.length);
    const p = CURRENTS[settings.current]?.numbers ?? [];
    this.numbers.forEach((name, i) => {
      const key = /^p\d$/.test(name) ? p[name[1]] : name;
      into[i] = settings[key] ?? 0;
    });
    this.words.forEach((name, i) => module.write(call.play_text(i), settings[name], WORD_SIZE));
    const { times, values } = drawnOf(settings);
    module.doubles(call.play_drawn(), times.length).set(times);
    module.doubles(call.play_drawn() + 8 * POINTS_MOST, values.length).set(values);
    call.play_drawn_count(times.length);
  }

  error() {
    return this.module.text(this.call.play_error());
  }

  // {t, current, v: [alpha, ghost], spikes: [...], state: [...] or null, hash, warnings}, or {error}
  run() {
    const { module, call } = this;
    if (this.stopped) return { error: this.stopped };
    try {
      if (call.play_run() < 0) return { error: this.error() };
    } catch (error) { // a fault of the module itself: what it holds can no longer be trusted
      this.stopped = `The module stopped (${error.message}): load the page again.`;
      return { error: this.stopped };
    }
    const T = call.play_steps(), A = call.play_orders();
    const each = (which) => {
      const all = module.take(call.play_array(which), A * T);
      return all && [all.subarray(0, T), all.subarray((A - 1) * T)];
    };
    return {
      t: module.take(call.play_array(0), T),
      current: module.take(call.play_array(1), T),
      v: each(2),
      spikes: each(3),
      state: each(4),
      hash: module.text(call.play_hash()),
      warnings: module.text(call.play_warnings()).trim(),
    };
  }

  // {current, alpha, one, exact or null}
  rates(most) {
    const { module, call } = this;
    if (call.play_rates(most) < 0) return { error: this.error() };
    const columns = call.play_rates_columns(), orders = call.play_orders();
    const rows = module.take(call.play_rates_rows(), RATES * columns);
    const column = (c) => Array.from({ length: RATES }, (_, i) => rows[i * columns + c]);
    return { current: column(0), alpha: column(1), one: column(orders), exact: columns > 1 + orders ? column(1 + orders) : null };
  }

  weights(lags) {
    const { module, call } = this;
    if (call.play_weights(lags) < 0) return { error: this.error() };
    const rows = module.take(call.play_weights_rows(), 2 * lags + 1);
    return { alpha: rows.subarray(0, lags), one: rows.subarray(lags, 2 * lags), gain: rows[2 * lags] };
  }

  // dv (and dw) over v, and over w where the neuron has a second state: [FIELD][FIELD]
  field(current, v, w) {
    const { module, call } = this;
    if (call.play_field(current, v.low, v.high, w.low, w.high) < 0) return { error: this.error() };
    const rows = module.take(call.play_field_rows(), 2 * FIELD * FIELD);
    const places = (axis) => Array.from({ length: FIELD }, (_, i) => axis.low + ((axis.high - axis.low) * i) / (FIELD - 1));
    return { v: places(v), w: places(w), dv: rows.subarray(0, FIELD * FIELD), dw: rows.subarray(FIELD * FIELD), side: FIELD };
  }
}
