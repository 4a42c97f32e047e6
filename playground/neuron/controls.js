// The form of one neuron, made from the tables of settings.js.
import { Form, group, make } from '../kit/form.js';
import { CURRENTS, INTEGER, KINDS, METHODS, NUMBERS, RESETS, kindOf } from './settings.js';

const names = (table) => Object.keys(table).map((key) => [key, key]);

export class Controls extends Form {
  constructor(place, settings, change) {
    super(settings, NUMBERS, change);
    place.append(...this.groups());
    this.show(settings);
  }

  groups() {
    const currents = Object.keys(CURRENTS).flatMap((name) => CURRENTS[name].numbers);
    const drawn = make('div', { className: 'hint' },
      'Draw with the pointer in the lowest graph, or choose it with Tab and use the arrow keys.');
    this.rows.drawn = drawn;
    this.equation = make('div', { id: 'equation', className: 'equation' });
    return [
      group('Neuron',
        this.equation,
        this.choice('kind', 'kind', KINDS.map((kind) => [kind.key, kind.name])),
        this.text('dv', 'dv = derivative of v; names: v, I, tau, threshold, w and your own', 2),
        this.text('dw', 'dw = derivative of a second state w (empty: none); s is the spike'),
        this.text('params', 'parameters'),
        make('div', { id: 'fault', className: 'fault', role: 'alert' }),
        ...['alpha', 'tau', 'threshold'].map((key) => this.number(key)),
        this.choice('reset', 'reset', names(RESETS), RESETS),
        this.number('v_reset'),
        this.number('refractory')),
      group('Current',
        this.choice('current', 'form', Object.entries(CURRENTS).map(([key, { name }]) => [key, name])),
        ...[...new Set(currents)].map((key) => this.number(key)),
        drawn),
      group('Solver',
        this.choice('method', 'method', names(METHODS), METHODS),
        this.number('step'),
        this.number('time'),
        make('div', { id: 'remark', className: 'remark', role: 'status' })),
      group('Take it with you', make('div', { className: 'actions', id: 'exports' })),
    ];
  }

  // Rows that count with the other settings are seen.
  refresh() {
    const { settings, rows } = this;
    const kind = kindOf(settings), own = kind.key === 'user';
    const numbers = new Set(CURRENTS[settings.current]?.numbers ?? []);
    for (const { numbers: all } of Object.values(CURRENTS)) for (const key of all) rows[key].hidden = !numbers.has(key);
    rows.dv.hidden = rows.dw.hidden = !own;
    rows.params.hidden = !own && !kind.params;
    rows.params.querySelector('label').textContent = kind.params ? `parameters (${kind.params})` : 'parameters, like a=0.2, b=1';
    rows.v_reset.hidden = settings.reset !== 'value';
    rows.drawn.hidden = settings.current !== 'drawn';
    this.equation.textContent = kind.equation;
    const integer = INTEGER.has(settings.method);
    for (const input of rows.alpha.querySelectorAll('input')) input.disabled = integer;
  }

  fault(sentence) {
    document.getElementById('fault').replaceChildren(...faultParts(sentence, this.settings));
  }

  remark(text) {
    document.getElementById('remark').textContent = text;
  }
}

// A sentence of the library; where it names a column of a text, the text stands above it with that character marked.
function faultParts(sentence, settings) {
  if (!sentence) return [];
  const [, key, column] = /^(?:.*?)\b(dv|dw|params)\b.*?column (\d+)/.exec(sentence) ?? [];
  if (!key) return [sentence];
  const text = settings[key], at = Math.min(Number(column) - 1, text.length);
  const mark = make('mark', {}, text[at] ?? ' ');
  return [make('pre', {}, text.slice(0, at), mark, text.slice(at + 1)), sentence];
}
