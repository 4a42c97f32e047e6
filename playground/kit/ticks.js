// Where an axis has its marks, and how numbers are written.

function nice(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  return power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
}

export function linearTicks(low, high, most) {
  const step = nice((high - low) / Math.max(1, most));
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) ticks.push(i * step);
  return ticks;
}

export function logTicks(low, high, most) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, most)));
  const ticks = [];
  for (let i = first; i <= last; i += every) ticks.push(10 ** i);
  return ticks;
}

const RAISED = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' };

export function power(value) {
  const exponent = Math.round(Math.log10(value));
  if (exponent >= 0 && exponent <= 3) return String(10 ** exponent);
  return '10' + [...String(exponent)].map((digit) => RAISED[digit]).join('');
}

// At most `digits` digits that count, without zeros at the end, with a true minus sign.
export function short(value, digits = 4) {
  if (!Number.isFinite(value)) return '–';
  return String(Number(value.toPrecision(digits))).replace('-', '−');
}
