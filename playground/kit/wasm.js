// The packed WebAssembly module: unpacked, started, and its texts and numbers.

const NO_SUCH_CALL = 52; // WASI's ENOSYS

// What a module for WASI may ask of a system, of which a page has none: no environment, no files, a clock.
function system(memory) {
  const view = () => new DataView(memory().buffer);
  const empty = (count, bytes) => {
    view().setUint32(count, 0, true);
    view().setUint32(bytes, 0, true);
    return 0;
  };
  return {
    environ_sizes_get: empty,
    args_sizes_get: empty,
    environ_get: () => 0,
    args_get: () => 0,
    clock_time_get: (id, precision, at) => {
      view().setBigUint64(at, BigInt(Math.round(performance.now() * 1e6)), true);
      return 0;
    },
    proc_exit: (code) => {
      throw new Error(`the module ended with code ${code}`);
    },
  };
}

async function unpack(base64) {
  const text = atob(base64);
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

function missing() {
  if (typeof WebAssembly === 'undefined') return 'WebAssembly';
  if (typeof DecompressionStream === 'undefined') return 'DecompressionStream';
  return null;
}

export class Module {
  // `base64`: the module, packed by gzip.
  static async open(base64) {
    const lack = missing();
    if (lack)
      throw new Error(
        `This browser has no ${lack}. Chromium 91, Firefox 113 and Safari 16.4, and later ones, have it.`);
    const module = await WebAssembly.compile(await unpack(base64));
    const self = new Module();
    const calls = system(() => self.memory);
    const imports = {};
    for (const { module: of, name } of WebAssembly.Module.imports(module)) {
      imports[of] ??= {};
      imports[of][name] = calls[name] ?? (() => NO_SUCH_CALL);
    }
    self.instance = await WebAssembly.instantiate(module, imports);
    self.call = self.instance.exports;
    self.memory = self.call.memory;
    self.call._initialize?.();
    return self;
  }

  text(at) {
    const bytes = new Uint8Array(this.memory.buffer, at);
    return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  }

  // Writes a text of at most `size` bytes, its end included.
  write(at, text, size) {
    const bytes = new TextEncoder().encode(text).subarray(0, size - 1);
    const memory = new Uint8Array(this.memory.buffer, at, size);
    memory.set(bytes);
    memory[bytes.length] = 0;
  }

  // A view, good until the module allocates.
  doubles(at, count) {
    return new Float64Array(this.memory.buffer, at, count);
  }

  floats(at, count) {
    return new Float32Array(this.memory.buffer, at, count);
  }

  ints(at, count) {
    return new Int32Array(this.memory.buffer, at, count);
  }

  // A copy; null where there is none.
  take(at, count) {
    return at ? this.doubles(at, count).slice() : null;
  }

  // What a function says for 0, 1, ... until it says nothing.
  names(of) {
    const found = [];
    for (let at = of(0), i = 1; at; at = of(i++)) found.push(this.text(at));
    return found;
  }
}
