/** Numbers as pixels: grey digits, and mosaics of signed maps in the theme's colours. */
import { followTheme } from "../../../static/js/theme.mjs";

const VALUES = 256; // of a byte
const OPAQUE = 0xff000000;

/** The colours of a palette of the present theme. @returns {number[]} each as the four bytes of a pixel */
function colours(name) {
  const listed = getComputedStyle(document.documentElement).getPropertyValue(`--palette-${name}`);
  const found = listed.match(/[0-9a-f]{6}/gi) ?? ["000000"];
  return found.map((digits) => {
    const [red, green, blue] = [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
    return (OPAQUE | (blue << 16) | (green << 8) | red) >>> 0;
  });
}

/**
 * Paint values onto a canvas, one pixel each.
 * @param {HTMLCanvasElement} canvas @param {Uint8Array} values @param {number} height @param {number} width
 * @param {Uint32Array} scale from `scaleOf`
 */
export function paint(canvas, values, height, width, scale) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const picture = context.createImageData(width, height);
  const pixels = new Uint32Array(picture.data.buffer);
  for (let n = 0; n < values.length; n++) pixels[n] = scale[values[n]];
  context.putImageData(picture, 0, 0);
}

/** Asking for a style makes the browser lay the page out, so each scale is read once a theme. */
const scales = new Map();
followTheme(() => scales.clear());

/** The colour of each value: in grey from 0 to 255, signed from 1 to 255; there 0 is a gap, and clear. @param {"signed" | "grey"} name */
export function scaleOf(name) {
  if (!scales.has(name)) {
    const [low, palette] = [name === "signed" ? 1 : 0, colours(name)];
    const place = (value) => Math.round(((value - low) / (VALUES - 1 - low)) * (palette.length - 1));
    scales.set(name, Uint32Array.from({ length: VALUES }, (_, value) => (value < low ? 0 : palette[place(value)])));
  }
  return scales.get(name);
}

/** Picture number n of an image column. @param {import("../../../static/js/packet.mjs").Column} column of shape (count, H, W) */
export function pictureOf({ array, shape: [, height, width] }, n) {
  return [array.subarray(n * height * width, (n + 1) * height * width), height, width];
}
