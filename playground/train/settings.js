// What can be set on the page of the learning network.

export const NUMBERS = [
  { key: 'samples', label: 'samples', value: 240, low: 40, high: 600, step: 20 },
  { key: 'noise', label: 'noise', value: 0.06, low: 0, high: 0.3, step: 0.01 },
  { key: 'hidden', label: 'neurons', value: 24, low: 4, high: 64, step: 4 },
  { key: 'layers', label: 'layers', value: 2, low: 1, high: 3, step: 1 },
  { key: 'steps', label: 'steps K', value: 16, low: 4, high: 40, step: 2 },
  { key: 'alpha', label: 'order α', value: 0.7, low: 0.1, high: 1, step: 0.05 },
  { key: 'tau', label: 'τ', value: 2, low: 1, high: 6, step: 0.25 },
  { key: 'rate', label: 'learning rate', value: 0.005, low: 0.0005, high: 0.03, step: 0.0005 },
  { key: 'current', label: 'current', value: 1, low: 0, high: 5, step: 0.05 },
  { key: 'seed', label: 'seed', value: 1, low: 0, high: 20, step: 1 },
];

export const DEFAULTS = {
  data: 'moons',
  ...Object.fromEntries(NUMBERS.map((number) => [number.key, number.value])),
  learned: 'yes',
};

// What a network is made of, or its samples: changes begin anew.
export const ANEW = new Set(['data', 'samples', 'noise', 'hidden', 'layers', 'steps', 'alpha', 'tau', 'seed', 'learned']);

export function forLearner(settings) {
  return { ...settings, learned: settings.learned === 'yes' ? 1 : 0 };
}
