/** Pixels out of a decoded picture or a film: a part of it, as small as a view wants it, as text that any transport carries. */

const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext("2d", { willReadFrequently: true });

/**
 * @param {CanvasImageSource} source
 * @param {{left: number, top: number, width: number, height: number}} part in the source's pixels
 * @param {number} width of the result @param {number} height of it
 * @returns {string} red, green, blue of each pixel, row by row, in base64
 */
export function pixelsOf(source, part, width, height) {
  Object.assign(canvas, { width, height }); // which clears it
  context.imageSmoothingQuality = "high";
  context.drawImage(source, part.left, part.top, part.width, part.height, 0, 0, width, height);
  context.globalCompositeOperation = "destination-over"; // what is transparent is paper
  context.fillStyle = isLight(context.getImageData(0, 0, width, height).data) ? "#000" : "#fff";
  context.fillRect(0, 0, width, height);
  return base64(context.getImageData(0, 0, width, height).data);
}

/** Whether nearly all that is not transparent is light: on white paper it would vanish. @param {Uint8ClampedArray} data */
function isLight(data) {
  let [light, all] = [0, 0];
  for (let n = 0; n < data.length; n += 4) {
    if (data[n + 3] < 128) continue;
    all += 1;
    if (data[n] + data[n + 1] + data[n + 2] > 3 * 160) light += 1;
  }
  return light > 0.99 * all;
}

/** @param {Uint8ClampedArray} data */
function base64(data) {
  let text = "";
  for (let n = 0; n < data.length; n += 4) text += String.fromCharCode(data[n], data[n + 1], data[n + 2]);
  return btoa(text);
}
