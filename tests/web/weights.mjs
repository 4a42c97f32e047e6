// weights.mjs NET FILE.safetensors: weights of the network in tests/web/NET.yaml, multiples of a power of 2, so that sums are exact in any
// order.
import { writeFileSync } from 'node:fs';

const ones = new Set(['bn.weight', 'bn.running_var']), zeros = new Set(['bn.running_mean', 'bn.bias']);
let k = 0;
// `value`(name): the next number of an array; `align`: bytes that the header's length is a multiple of.
const nets = {
  own: {
    shapes: { 'conv.weight': [4, 1, 3, 3], 'conv.bias': [4], 'bn.weight': [4], 'bn.bias': [4], 'bn.running_mean': [4], 'bn.running_var': [4],
      'fc.weight': [10, 144], 'fc.bias': [10], 'out.weight': [5, 10], 'out.bias': [5] },
    value: (name) => (ones.has(name) ? 1 : zeros.has(name) ? 0 : (((k++ * 37 + 11) % 41) - 16) / (name.startsWith('conv') ? 8 : 64)),
    align: 8,
  },
  line: {
    shapes: { 'a.weight': [4, 3], 'a.bias': [4] },
    value: () => (((k++ * 5) % 7) + 1) / 8,
    align: 1,
  },
};

const [net, path] = process.argv.slice(2);
const { shapes, value, align } = nets[net];
const header = {}, parts = [];
let at = 0;
for (const [name, shape] of Object.entries(shapes)) {
  const count = shape.reduce((a, b) => a * b, 1);
  header[name] = { dtype: 'F32', shape, data_offsets: [at, (at += 4 * count)] };
  parts.push(Buffer.from(Float32Array.from({ length: count }, () => value(name)).buffer));
}
const text = JSON.stringify(header), padded = text.padEnd(Math.ceil(text.length / align) * align);
const length = Buffer.alloc(8);
length.writeBigUInt64LE(BigInt(padded.length));
writeFileSync(path, Buffer.concat([length, Buffer.from(padded), ...parts]));
