/** Numbers as pixels: grey digits, and mosaics of signed maps in the theme's colours. */
import { followTheme } from "../theme.mjs";

const HIGH = 255;

/** The colours of a palette of the present theme. @returns {Uint8Array} red, green, blue of each */
function colours(name) {
  const listed = getComputedStyle(document.documentElement).getPropertyValue(`--palette-${name}`);
  const found = listed.match(/[0-9a-f]{6}/gi) ?? ["000000"];
  return Uint8Array.from(found.flatMap((digits) => [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16))));
}

/**
 * Paint values onto a canvas, one pixel each; what lies below the scale, the gap between maps, stays clear.
 * @param {HTMLCanvasElement} canvas @param {Uint8Array} values @param {number} height @param {number} width
 * @param {{low: number, table: Uint8Array}} scale from `scaleOf`; values run from low to HIGH
 */
export function paint(canvas, values, height, width, { low, table }) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const picture = context.createImageData(width, height);
  const last = table.length / 3 - 1;
  values.forEach((value, n) => {
    if (value < low) return;
    const at = 3 * Math.round(((value - low) / (HIGH - low)) * last);
    picture.data.set([table[at], table[at + 1], table[at + 2], 255], 4 * n);
  });
  context.putImageData(picture, 0, 0);
}

/** Asking for a style makes the browser lay the page out, so each scale is read once a theme. */
const scales = new Map();
followTheme(() => scales.clear());

/** @param {"signed" | "grey"} name */
export function scaleOf(name) {
  if (!scales.has(name)) scales.set(name, { low: name === "signed" ? 1 : 0, table: colours(name) });
  return scales.get(name);
}

/** Picture number n of an image column. @param {import("../packet.mjs").Column} column of shape (count, H, W) */
export function pictureOf({ array, shape: [, height, width] }, n) {
  return [array.subarray(n * height * width, (n + 1) * height * width), height, width];
}
