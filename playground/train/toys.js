// Samples in the plane, by a seed: x [count][2] about -1..1 and their classes.

// Mulberry32: numbers in 0..1 by a seed.
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

// Each: which class of how many, the share t of the way along its shape, and the next number; a place.
const SHAPES = {
  moons: { name: 'two moons', classes: 2, at: (c, t) => (c === 0
    ? [Math.cos(Math.PI * t) * 0.65 - 0.3, Math.sin(Math.PI * t) * 0.65 - 0.15]
    : [0.3 - Math.cos(Math.PI * t) * 0.65, 0.15 - Math.sin(Math.PI * t) * 0.65]) },
  circles: { name: 'a ring around a disc', classes: 2, at: (c, t, next) => {
    const radius = c === 0 ? 0.38 * Math.sqrt(next()) : 0.8;
    return [radius * Math.cos(2 * Math.PI * t), radius * Math.sin(2 * Math.PI * t)];
  } },
  spirals: { name: 'two spirals', classes: 2, at: (c, t) => {
    const angle = 1.4 * 2 * Math.PI * t ** 0.7 + c * Math.PI, radius = 0.08 + 0.82 * t ** 0.7;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  } },
  squares: { name: 'four squares', classes: 2, at: (c, t, next) => {
    const x = (0.1 + 0.75 * next()) * (next() < 0.5 ? -1 : 1);
    return [x, (0.1 + 0.75 * t) * Math.sign(x) * (c === 0 ? 1 : -1)];
  } },
  petals: { name: 'three arms', classes: 3, at: (c, t) => {
    const angle = (c * 2 * Math.PI) / 3 + 1.9 * t, radius = 0.1 + 0.8 * t;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  } },
};

export const TOYS = Object.entries(SHAPES).map(([key, { name }]) => [key, name]);

export function makeToy(kind, count, noise, seed) {
  const shape = SHAPES[kind], next = random(seed);
  const x = new Float32Array(2 * count), label = new Int32Array(count);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  for (let i = 0; i < count; i++) {
    label[i] = i % shape.classes;
    const [a, b] = shape.at(label[i], next(), next);
    x[2 * i] = a + noise * normal();
    x[2 * i + 1] = b + noise * normal();
  }
  return { x, label, count, classes: shape.classes };
}
