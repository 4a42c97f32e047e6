// A graph on a canvas: axes, lines, marks, in the colours of the page, sharp on every screen.
import { linearTicks, logTicks, power, short } from './ticks.js';

const MARGIN = { left: 46, right: 12, top: 12, bottom: 24 };

export class Plot {
  constructor(canvas, margin = {}) {
    this.canvas = canvas;
    this.pen = canvas.getContext('2d');
    this.margin = { ...MARGIN, ...margin };
  }

  colour(name) {
    return getComputedStyle(this.canvas).getPropertyValue(`--${name}`).trim();
  }

  // Clears it. `x` and `y`: {low, high, log, label, ticks}; without ticks there are no numbers.
  begin(x, y) {
    const scale = window.devicePixelRatio || 1;
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    this.pen.restore(); // the clip of the last picture
    this.resize(Math.round(width * scale), Math.round(height * scale));
    this.pen.setTransform(scale, 0, 0, scale, 0, 0);
    this.pen.clearRect(0, 0, width, height);
    this.hair = 1 / scale;
    this.x = x;
    this.y = y;
    const m = this.margin;
    this.box = { left: m.left, top: m.top, right: width - m.right, bottom: height - m.bottom };
    this.box.width = Math.max(1, this.box.right - this.box.left);
    this.box.height = Math.max(1, this.box.bottom - this.box.top);
    this.axes();
    this.clip();
  }

  resize(width, height) {
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }

  share(axis, value) {
    if (!axis.log) return (value - axis.low) / (axis.high - axis.low);
    return Math.log(value / axis.low) / Math.log(axis.high / axis.low);
  }

  atX(value) {
    return this.box.left + this.share(this.x, value) * this.box.width;
  }

  atY(value) {
    return this.box.bottom - this.share(this.y, value) * this.box.height;
  }

  // The place of a pointer on the axes.
  inverse(event) {
    const frame = this.canvas.getBoundingClientRect();
    const x = (event.clientX - frame.left - this.box.left) / this.box.width;
    const y = (this.box.bottom - (event.clientY - frame.top)) / this.box.height;
    return {
      x: this.x.low + x * (this.x.high - this.x.low),
      y: this.y.low + y * (this.y.high - this.y.low),
      inside: x >= -0.02 && x <= 1.02,
    };
  }

  // A line of one pixel of the screen lies on pixels.
  crisp(at) {
    const scale = window.devicePixelRatio || 1;
    return (Math.floor(at * scale) + 0.5) / scale;
  }

  segment(x0, y0, x1, y1) {
    this.pen.beginPath();
    this.pen.moveTo(x0, y0);
    this.pen.lineTo(x1, y1);
    this.pen.stroke();
  }

  ticksOf(axis, length, each) {
    const make = axis.log ? logTicks : linearTicks;
    return make(axis.low, axis.high, Math.max(2, Math.floor(length / each)));
  }

  axes() {
    const { pen, box } = this;
    pen.lineWidth = this.hair;
    pen.strokeStyle = this.colour('grid');
    pen.fillStyle = this.colour('faint');
    pen.font = `11px ${this.colour('sans')}`;
    this.axisX();
    this.axisY();
    pen.strokeStyle = this.colour('axis');
    this.segment(this.crisp(box.left), box.top, this.crisp(box.left), this.crisp(box.bottom));
    this.segment(this.crisp(box.left), this.crisp(box.bottom), box.right, this.crisp(box.bottom));
    this.labels();
  }

  axisX() {
    const { pen, box } = this;
    pen.textAlign = 'center';
    pen.textBaseline = 'top';
    const free = this.x.label ? box.right - pen.measureText(this.x.label).width - 10 : box.right + 8;
    for (const value of this.ticksOf(this.x, box.width, 64)) {
      const at = this.crisp(this.atX(value));
      this.segment(at, box.top, at, box.bottom);
      const text = this.x.log ? power(value) : short(value);
      if (this.x.ticks !== false && at + pen.measureText(text).width / 2 < free)
        pen.fillText(text, at, box.bottom + 6);
    }
  }

  axisY() {
    const { pen, box } = this;
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    for (const value of this.y.ticks === false ? [] : this.ticksOf(this.y, box.height, 34)) {
      const at = this.crisp(this.atY(value));
      this.segment(box.left, at, box.right, at);
      pen.fillText(this.y.log ? power(value) : short(value), box.left - 7, at);
    }
  }

  labels() {
    const { pen, box } = this;
    pen.textBaseline = 'top';
    pen.textAlign = 'right';
    if (this.x.label) pen.fillText(this.x.label, box.right, box.bottom + 6);
  }

  clip() {
    const { pen, box } = this;
    pen.save();
    pen.beginPath();
    pen.rect(box.left, box.top - 2, box.width + 2, box.height + 4);
    pen.clip();
  }

  stroke(colour, width = 1.6, dash = []) {
    this.pen.strokeStyle = this.colour(colour);
    this.pen.lineWidth = width;
    this.pen.lineJoin = 'round';
    this.pen.setLineDash(dash);
  }

  // A line through points; `breaks` [n]: where one is not 0 the line is lifted before it.
  line(xs, ys, colour, { width = 1.6, dash = [], breaks = null } = {}) {
    const { pen } = this;
    this.stroke(colour, width, dash);
    pen.beginPath();
    let down = false;
    for (let i = 0; i < ys.length; i++) {
      const x = this.atX(xs[i]), y = this.atY(ys[i]);
      const good = Number.isFinite(x) && Number.isFinite(y);
      if (good && down && !(breaks && breaks[i])) pen.lineTo(x, y);
      else if (good) pen.moveTo(x, y);
      down = good;
    }
    pen.stroke();
    pen.setLineDash([]);
  }

  dots(xs, ys, colour, radius = 1.5) {
    const { pen } = this;
    pen.fillStyle = this.colour(colour);
    for (let i = 0; i < ys.length; i++) {
      const x = this.atX(xs[i]), y = this.atY(ys[i]);
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.fill();
    }
  }

  horizontal(value, colour, dash = []) {
    this.stroke(colour, 1, dash);
    const at = this.crisp(this.atY(value));
    this.segment(this.box.left, at, this.box.right, at);
    this.pen.setLineDash([]);
  }

  vertical(value, colour, dash = []) {
    this.stroke(colour, 1, dash);
    const at = this.crisp(this.atX(value));
    this.segment(at, this.box.top, at, this.box.bottom);
    this.pen.setLineDash([]);
  }

  // Marks between two heights, 0 (bottom) to 1 (top).
  marks(xs, low, high, colour, width = 1.5) {
    const { pen, box } = this;
    this.stroke(colour, width);
    pen.beginPath();
    for (const value of xs) {
      const x = this.atX(value);
      pen.moveTo(x, box.bottom - low * box.height);
      pen.lineTo(x, box.bottom - high * box.height);
    }
    pen.stroke();
  }

  note(text, x, y, colour, align = 'left') {
    this.pen.fillStyle = this.colour(colour);
    this.pen.font = `11px ${this.colour('sans')}`;
    this.pen.textAlign = align;
    this.pen.textBaseline = 'bottom';
    this.pen.fillText(text, x, y);
  }

  // Text in the middle, where there is nothing to draw.
  message(text) {
    const { pen, box } = this;
    pen.fillStyle = this.colour('faint');
    pen.font = `12px ${this.colour('sans')}`;
    pen.textAlign = 'left';
    pen.textBaseline = 'top';
    let line = '', y = box.top + 12;
    for (const word of text.split(' ')) {
      if (line && pen.measureText(line + word).width > box.width - 24) {
        pen.fillText(line, box.left + 12, y);
        line = '';
        y += 17;
      }
      line += word + ' ';
    }
    pen.fillText(line, box.left + 12, y);
  }
}

// The ends of an axis that holds all finite numbers, with some air.
export function span(arrays, { air = 0.06, least = null, most = null } = {}) {
  let low = least ?? Infinity, high = most ?? -Infinity;
  for (const array of arrays)
    for (const x of array)
      if (Number.isFinite(x)) {
        if (x < low) low = x;
        if (x > high) high = x;
      }
  if (!(low <= high)) return { low: 0, high: 1 };
  const room = (high - low || Math.abs(high) || 1) * air;
  return { low: low - room, high: high + room };
}
