// Settings in the address, behind #: only those that differ from the defaults. A page is thus saved or sent by its address.

export function toAddress(settings, defaults) {
  const parts = [];
  for (const key of Object.keys(defaults))
    if (settings[key] !== defaults[key])
      parts.push(`${key}=${encodeURIComponent(settings[key]).replaceAll('%2C', ',').replaceAll('%20', '+')}`);
  return parts.join('&');
}

function decode(text) {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null; // not an encoding
  }
}

// Takes what has the type that it should have; the rest stays as in the defaults, and is told.
export function fromAddress(hash, defaults) {
  const settings = { ...defaults }, unknown = [];
  for (const part of hash.replace(/^#/, '').split('&').filter(Boolean)) {
    const [key, ...rest] = part.split('=');
    const text = decode(rest.join('='));
    const number = typeof defaults[key] === 'number';
    if (!Object.hasOwn(defaults, key) || text === null || (number && !(text.trim() && Number.isFinite(Number(text)))))
      unknown.push(part);
    else settings[key] = number ? Number(text) : text;
  }
  return { settings, unknown };
}

// Writes it, at most four times a second, as browsers limit it. No entry is added to the history.
export function addressWriter() {
  let timer = null, wanted = '';
  const write = () => {
    timer = null;
    history.replaceState(null, '', `#${wanted}`);
  };
  return (text) => {
    wanted = text;
    timer ??= setTimeout(write, 250);
  };
}
