// weights.mjs FILE.safetensors: weights of the network in tests/web/own.yaml, multiples of 1/64, so that sums are exact in any order.
import { writeFileSync } from 'node:fs';

const shapes = { 'conv.weight': [4, 1, 3, 3], 'conv.bias': [4], 'bn.weight': [4], 'bn.bias': [4], 'bn.running_mean': [4], 'bn.running_var': [4],
  'fc.weight': [10, 144], 'fc.bias': [10], 'out.weight': [5, 10], 'out.bias': [5] };
const ones = new Set(['bn.weight', 'bn.running_var']), zeros = new Set(['bn.running_mean', 'bn.bias']);
const header = {}, parts = [];
let at = 0, k = 0;
for (const [name, shape] of Object.entries(shapes)) {
  const count = shape.reduce((a, b) => a * b, 1), unit = name.startsWith('conv') ? 8 : 64;
  const draw = () => (((k++ * 37 + 11) % 41) - 16) / unit;
  const values = Float32Array.from({ length: count }, () => (ones.has(name) ? 1 : zeros.has(name) ? 0 : draw()));
  header[name] = { dtype: 'F32', shape, data_offsets: [at, (at += 4 * count)] };
  parts.push(Buffer.from(values.buffer));
}
const text = JSON.stringify(header).padEnd(Math.ceil(JSON.stringify(header).length / 8) * 8);
const length = Buffer.alloc(8);
length.writeBigUInt64LE(BigInt(text.length));
writeFileSync(process.argv[2], Buffer.concat([length, Buffer.from(text), ...parts]));
