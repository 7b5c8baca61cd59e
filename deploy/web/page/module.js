"use strict";
// The module: its functions, and views of its memory. It has no allocator, so an address stays what it is.
const bytes = Uint8Array.from(atob(MODULE), (letter) => letter.charCodeAt(0));
const { exports: net } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
const numbers = (address, length) => new Float32Array(net.memory.buffer, address, length);

/** Calls `work`, and says what the module's panic says where it ends in one. */
function guarded(work) {
  try {
    return work();
  } catch (error) {
    const length = net.message_len();
    const text = new TextDecoder().decode(new Uint8Array(net.memory.buffer, net.message(), length));
    throw length > 0 ? new Error(text) : error;
  }
}

const by = (id) => document.getElementById(id);

/** The page's colours, as numbers from 0 to 255; they differ on light and on dark. */
function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue("--" + name).trim();
  const parts = (name) => [1, 3, 5].map((at) => parseInt(of(name).slice(at, at + 2), 16));
  return { of, ground: parts("ground"), for: parts("for"), against: parts("against"), ink: parts("ink") };
}

/** From −1 (against) by 0 (the ground) to 1 (for). */
function signed(palette, value) {
  const end = value < 0 ? palette.against : palette.for;
  const share = Math.min(1, Math.abs(value));
  return palette.ground.map((part, i) => Math.round(part + (end[i] - part) * share));
}

/** A picture of `size`×`size` cells, each with the colour that `colour` gives for it, on all of a canvas. */
function cells(context, size, x, y, width, colour) {
  const image = new ImageData(size, size);
  for (let i = 0; i < size * size; i++) image.data.set([...colour(i), 255], 4 * i);
  const small = new OffscreenCanvas(size, size);
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, x, y, width, width);
}

/** A canvas made as sharp as the screen, and its context in the page's pixels. */
function sharp(canvas, width, height) {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.aspectRatio = `${width} / ${height}`;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  return context;
}
