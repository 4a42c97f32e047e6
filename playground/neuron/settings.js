// What can be set, with its defaults, its slider and its words.

export const POINTS = 41; // of a drawn current

export const KINDS = [
  { key: 'lif', name: 'lif, leaky', equation: 'τ Dᵅv = −v + I' },
  { key: 'if', name: 'if, without a leak', equation: 'τ Dᵅv = I' },
  { key: 'qif', name: 'qif, quadratic', equation: 'τ Dᵅv = a (v − rest)(v − critical) + I', params: 'a=1, rest=0, critical=0.5', reset: 'value' },
  { key: 'eif', name: 'eif, exponential', equation: 'τ Dᵅv = −v + slope·exp((v − onset)/slope) + I', params: 'slope=0.2, onset=0.8', reset: 'value' },
  { key: 'alif', name: 'alif, adapting', equation: 'τ Dᵅv = −v + I,  da/dt = (−a + s)/τₐ', params: 'tau_a=20, beta=1.8', state: 'a' },
  { key: 'cuba', name: 'cuba, synapse', equation: 'τ Dᵅv = −v + i,  di/dt = (−i + I)/τₛ', params: 'tau_syn=2', state: 'i' },
  { key: 'user', name: 'my own equation', equation: 'Dᵅv = dv', state: 'w' },
];

export const RESETS = {
  jump: 'v falls by the threshold, as if the past had no spike',
  subtract: 'v falls by the threshold',
  value: 'v is put at a potential of your choice',
  restart: 'v goes to 0, and the past is forgotten',
  delta: 'an impulse against the current',
  current: 'the drive of a step falls; looks one unit of time ahead',
  none: 'v goes on as if nothing had been',
};

export const METHODS = {
  gl: 'Grünwald–Letnikov',
  l1: 'L1, piecewise linear',
  trap: 'product trapezoid, implicit',
  ab: 'product rectangle (Adams–Bashforth)',
  abm: 'predictor and corrector',
  ml: 'Mittag-Leffler: exact for leaky neurons',
  euler: 'forward Euler, α = 1',
  heun: 'Heun, α = 1',
  rk4: 'Runge–Kutta of order 4, α = 1',
};

export const INTEGER = new Set(['euler', 'heun', 'rk4']);

export const CURRENTS = {
  constant: { name: 'constant', numbers: ['amplitude'] },
  step: { name: 'step', numbers: ['amplitude', 'from', 'until'] },
  ramp: { name: 'ramp', numbers: ['first', 'last'] },
  noise: { name: 'noise', numbers: ['mean', 'deviation', 'seed'] },
  drawn: { name: 'drawn by hand', numbers: [] },
};

// key, label, and the slider: from low to high by step. Times are in the unit of tau.
export const NUMBERS = [
  { key: 'alpha', label: 'order α', value: 0.6, low: 0.05, high: 1, step: 0.01 },
  { key: 'tau', label: 'τ', value: 1, low: 0.1, high: 10, step: 0.1 },
  { key: 'threshold', label: 'threshold', value: 1, low: 0.1, high: 3, step: 0.05 },
  { key: 'v_reset', label: 'reset to', value: 0, low: -1, high: 1, step: 0.05 },
  { key: 'refractory', label: 'refractory', value: 0, low: 0, high: 5, step: 0.1 },
  { key: 'step', label: 'step h', value: 0.02, low: 0.005, high: 0.5, step: 0.005 },
  { key: 'time', label: 'time', value: 20, low: 1, high: 100, step: 1 },
  { key: 'amplitude', label: 'amplitude', value: 1.6, low: -1, high: 5, step: 0.05 },
  { key: 'from', label: 'from', value: 2, low: 0, high: 100, step: 0.5 },
  { key: 'until', label: 'until', value: 12, low: 0, high: 100, step: 0.5 },
  { key: 'first', label: 'first', value: 0, low: -1, high: 5, step: 0.05 },
  { key: 'last', label: 'last', value: 3, low: -1, high: 5, step: 0.05 },
  { key: 'mean', label: 'mean', value: 1.2, low: -1, high: 5, step: 0.05 },
  { key: 'deviation', label: 'deviation', value: 1.5, low: 0, high: 10, step: 0.1 },
  { key: 'seed', label: 'seed', value: 0, low: 0, high: 20, step: 1 },
];

function wave() {
  return Array.from({ length: POINTS }, (_, i) => Number((1.3 + 0.9 * Math.sin((i / (POINTS - 1)) * 4 * Math.PI)).toFixed(2)));
}

export const DEFAULTS = {
  kind: 'lif',
  ...Object.fromEntries(NUMBERS.map((number) => [number.key, number.value])),
  reset: 'jump',
  method: 'gl',
  current: 'constant',
  params: '',
  dv: '(-v + I)/tau',
  dw: '',
  drawn: wave().join(','),
};

export function kindOf(settings) {
  return KINDS.find((kind) => kind.key === settings.kind) ?? KINDS[0];
}

export function orderOf(settings) {
  return INTEGER.has(settings.method) ? 1 : settings.alpha;
}

export function stepsOf(settings) {
  return Math.round(settings.time / settings.step);
}

// The drawn current: POINTS times from 0 to the end, and their values.
export function drawnOf(settings) {
  const given = settings.drawn.split(',').map(Number);
  const values = Array.from({ length: POINTS }, (_, i) => (Number.isFinite(given[i]) ? given[i] : 0));
  const times = values.map((_, i) => Number(((settings.time * i) / (POINTS - 1)).toPrecision(12)));
  return { times, values };
}
