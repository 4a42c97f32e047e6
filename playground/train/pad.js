// A canvas to draw a digit on, and what the network sees of it: 14 x 14 numbers, laid out as MNIST's pictures are.

const INK = 168; // pixels a side of what is drawn, whatever the size on the screen
const SIDE = 14; // or 28: Pad.side

function sheet(side) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  return canvas.getContext('2d', { willReadFrequently: true });
}

function alphas(pen, side) {
  const { data } = pen.getImageData(0, 0, side, side);
  return Float32Array.from({ length: side * side }, (_, i) => data[4 * i + 3] / 255);
}

// The box around what is drawn, {left, top, width, height}; null: nothing is.
function boxOf(ink) {
  let left = INK, right = -1, top = INK, bottom = -1;
  ink.forEach((value, i) => {
    if (value < 0.1) return;
    const x = i % INK, y = (i - x) / INK;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  });
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

function middle(values, side) {
  let sum = 0, x = 0, y = 0;
  values.forEach((value, i) => {
    sum += value;
    x += value * (i % side);
    y += value * Math.floor(i / side);
  });
  return [x / sum, y / sum];
}

export class Pad {
  // `change`() is called after every stroke's piece.
  constructor(canvas, change) {
    this.canvas = canvas;
    this.pen = canvas.getContext('2d');
    this.ink = sheet(INK);
    this.change = change;
    this.side = SIDE;
    this.clear();
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (this.shown) this.clear(); // an example makes room for a drawing
      this.last = this.place(event);
      this.stroke(event);
    });
    canvas.addEventListener('pointermove', (event) => this.last && this.stroke(event));
    for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, () => (this.last = null));
  }

  clear() {
    this.ink.clearRect(0, 0, INK, INK);
    this.seen = new Float32Array((this.side ?? 0) ** 2);
    this.shown = false;
    this.empty = true;
  }

  // A picture in place of a drawing: [side][side].
  show(picture) {
    this.clear();
    this.seen = picture;
    this.shown = true;
    this.empty = false;
  }

  place(event) {
    const frame = this.canvas.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * INK, ((event.clientY - frame.top) / frame.height) * INK];
  }

  stroke(event) {
    const { ink } = this, to = this.place(event);
    ink.lineWidth = INK / 12;
    ink.lineCap = ink.lineJoin = 'round';
    ink.beginPath();
    ink.moveTo(...this.last);
    ink.lineTo(to[0] + 0.01, to[1]);
    ink.stroke();
    this.last = to;
    this.see();
    this.change();
  }

  // As MNIST: the longer side has 20 of 28 pixels, the middle of the ink is in the middle; then the mean of four.
  see() {
    const box = boxOf(alphas(this.ink, INK));
    if (!box) return;
    this.empty = false;
    const scale = 20 / Math.max(box.width, box.height), size = [box.width * scale, box.height * scale];
    const large = sheet(28);
    const put = (x, y) => {
      large.clearRect(0, 0, 28, 28);
      large.imageSmoothingQuality = 'high';
      large.drawImage(this.ink.canvas, box.left, box.top, box.width, box.height, x, y, ...size);
    };
    const corner = [14 - size[0] / 2, 14 - size[1] / 2];
    put(...corner);
    const [x, y] = middle(alphas(large, 28), 28);
    put(corner[0] + 13.5 - x, corner[1] + 13.5 - y);
    const fine = alphas(large, 28);
    this.seen = this.side === 28 ? fine : Float32Array.from({ length: SIDE * SIDE }, (_, p) => {
      const at = 56 * Math.floor(p / SIDE) + 2 * (p % SIDE);
      return (fine[at] + fine[at + 1] + fine[at + 28] + fine[at + 29]) / 4;
    });
  }

  // The drawing, and in a corner what the network sees of it; of an example that alone.
  draw() {
    const style = getComputedStyle(this.canvas), colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const scale = window.devicePixelRatio || 1, side = Math.round(this.canvas.clientWidth * scale);
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
    const { pen } = this;
    pen.fillStyle = colour('page');
    pen.fillRect(0, 0, side, side);
    if (!this.shown) this.tinted(colour('ink'), side);
    if (this.empty) return;
    const cell = this.shown ? side / this.side : Math.max(1, Math.round(side / 5 / this.side));
    this.cells(colour, cell, this.shown ? 0 : side - cell * this.side - 10 * scale, this.shown ? 0 : 10 * scale);
  }

  tinted(colour, side) {
    const { pen } = this;
    const layer = sheet(INK);
    layer.drawImage(this.ink.canvas, 0, 0);
    layer.globalCompositeOperation = 'source-in';
    layer.fillStyle = colour;
    layer.fillRect(0, 0, INK, INK);
    pen.drawImage(layer.canvas, 0, 0, side, side);
  }

  cells(colour, cell, left, top) {
    const { pen } = this;
    pen.fillStyle = colour('panel');
    pen.fillRect(left, top, cell * this.side, cell * this.side);
    pen.fillStyle = colour('main');
    this.seen.forEach((value, i) => {
      pen.globalAlpha = value;
      pen.fillRect(left + (i % this.side) * cell, top + Math.floor(i / this.side) * cell, cell, cell);
    });
    pen.globalAlpha = 1;
  }
}
