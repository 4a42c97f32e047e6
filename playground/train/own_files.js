// What `fsnn convert --web` writes: net.json, and the numbers of net.safetensors by their names.

// Of safetensors: eight bytes that say how long the JSON header is, the header, the numbers.
export function readSafetensors(buffer) {
  if (buffer.byteLength < 8) throw new Error('net.safetensors is too short to be a file of weights.');
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  if (!(length <= buffer.byteLength - 8)) throw new Error('net.safetensors says that it is longer than it is.');
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const found = new Map();
  for (const [name, of] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (of?.dtype !== 'F32' || !Array.isArray(of.data_offsets)) throw new Error(`net.safetensors: ${name} is not in single precision (F32).`);
    const [begin, end] = of.data_offsets.map((offset) => offset + 8 + length);
    if (!(begin >= 8 + length && end >= begin && end <= buffer.byteLength && (end - begin) % 4 === 0))
      throw new Error(`net.safetensors: the numbers of ${name} are not within the file.`);
    found.set(name, new Float32Array(buffer.slice(begin, end)));
  }
  return found;
}

export function readNet(text) {
  let net;
  try {
    net = JSON.parse(text);
  } catch (error) {
    throw new Error(`net.json: ${error.message}`);
  }
  if (net?.format !== 'fsnn web 1') throw new Error('net.json is not what fsnn convert --web writes.');
  const lists = [net.input, net.nodes, net.dynamics?.orders];
  if (!lists.every(Array.isArray) || !net.nodes.every((node) => Array.isArray(node.from) && node.options))
    throw new Error('net.json is damaged: it lacks the input, the nodes or the orders.');
  const numbers = [...net.input, ...net.dynamics.orders.flat(), ...net.nodes.flatMap((node) => Object.values(node.options).flat())];
  const whole = net.input.every((size) => Number.isInteger(size) && size > 0 && size < 2 ** 31);
  if (!whole || !numbers.every((number) => Number.isFinite(number) && Math.abs(number) < 2 ** 53))
    throw new Error('net.json is damaged: a size or an option is no number that can be.');
  return net;
}

// Both files of what was dropped or chosen; a file that is neither is told.
export async function readFiles(files) {
  const ending = (end) => [...files].find((file) => file.name.toLowerCase().endsWith(end));
  const nir = ending('.nir');
  if (nir) throw new Error(`${nir.name}: first fsnn convert ${nir.name} -o model/ --dt SECONDS --reset value, then fsnn convert model/model.yaml --weights model/model.safetensors -o web/ --web.`);
  const json = ending('.json'), weights = ending('.safetensors');
  if (!json || !weights) throw new Error('Give both files together: net.json and net.safetensors.');
  return { net: readNet(await json.text()), weights: readSafetensors(await weights.arrayBuffer()) };
}
