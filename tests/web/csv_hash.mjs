// csv_hash.mjs TABLE.csv [VALUES SPIKES]: the playground's hash of a table's potentials and spikes, columns of these numbers (2 and 3).
import { readFile } from 'node:fs/promises';
const [path, v = '2', spikes = '3'] = process.argv.slice(2);
const rows = (await readFile(path, 'utf8')).trim().split('\n').slice(1).map((row) => row.split(',').map(Number));
let hash = 14695981039346656037n;
const add = (column) => {
  for (const row of rows)
    for (const byte of new Uint8Array(new Float32Array([row[column]]).buffer)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 1099511628211n);
};
add(Number(v));
add(Number(spikes));
console.log(hash.toString(16).padStart(16, '0'));
