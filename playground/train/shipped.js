// The network that reads digits, and examples for it, as they are packed in digits.js.
import { GAIN, LABELS, NETWORK, PICTURES, WEIGHTS } from './digits.js';

const PIXELS = 196;

function bytes(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

// Numbers of bfloat16, the upper halves of floats.
function weights() {
  const packed = bytes(WEIGHTS);
  const halves = new Uint32Array(packed.length / 2).map((_, i) => (packed[2 * i] | (packed[2 * i + 1] << 8)) << 16);
  return new Float32Array(halves.buffer);
}

export function digits() {
  const packed = bytes(PICTURES);
  const x = Float32Array.from({ length: LABELS.length * PIXELS }, (_, i) => ((packed[i >> 1] >> (4 * (i & 1))) & 15) / 15);
  const label = Int32Array.from(LABELS, Number);
  return { network: NETWORK, gain: GAIN, weights: weights(), data: { x, label, count: label.length, classes: 10 } };
}

// The samples and a drawing of a class, once as it is and four times a pixel aside.
export function withDrawing(data, picture, label) {
  const shifts = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]];
  const at = (x, y) => (x < 0 || y < 0 || x > 13 || y > 13 ? 0 : picture[14 * y + x]);
  const pictures = shifts.map(([dx, dy]) => Array.from(picture, (_, i) => at((i % 14) + dx, Math.floor(i / 14) + dy)));
  return {
    ...data,
    x: Float32Array.from([...data.x, ...pictures.flat()]),
    label: Int32Array.from([...data.label, ...shifts.map(() => label)]),
    count: data.count + shifts.length,
  };
}
