/**
 * A picture of the user's own: its size is read from the file's head before anything is decoded, then the browser
 * decodes it and it is handed over as small as the settings want it, its middle square or whole. It never leaves the machine.
 */
import { labelled, make } from "./elements.mjs";
import { megabytes } from "./numbers.mjs";

const MOST_BYTES = 2_000_000;
const MOST_PIXELS = 4_000_000;
const ONE_COLOUR = /^(.{4})\1*$/; // in base64 the three bytes of a pixel are four characters

/** What else people choose, by its first bytes. @type {[RegExp, string][]} */
const OTHERS = [
  [/^GIF8/, "a GIF"], [/^RIFF....WEBP/s, "a WebP picture"], [/^BM/, "a bitmap (BMP)"], [/^(II\*\0|MM\0\*)/, "a TIFF picture"],
  [/^....ftyp(hei|mif|hev)/s, "a HEIC picture of a phone"], [/^....ftypavi/s, "an AVIF picture"], [/^%PDF/, "a PDF"],
  [/^\s*<(svg|\?xml)/, "a drawing (SVG)"],
]; // prettier-ignore

/**
 * @param {{side: number, whole?: boolean}} row side: pixels of the square, or of the longer side of the whole picture
 * @param {(picture: string | {width: number, height: number, pixels: string}) => void} wanted
 */
export function buildPicture(row, id, wanted) {
  const input = make("input", { id, type: "file", accept: "image/png,image/jpeg" });
  const told = make("p", { className: "help", role: "alert" });
  input.addEventListener("change", async (event) => {
    event.stopPropagation();
    told.textContent = "";
    if (!input.files.length) return;
    try {
      const picture = await pixelsOf(input.files[0], row);
      if (ONE_COLOUR.test(picture)) told.textContent = "Every pixel of this picture has the same colour.";
      wanted(picture);
    } catch (error) {
      told.textContent = error.message; // the picture that was there stays
    }
  });
  const element = labelled(row, id, input);
  element.append(told);
  return { element, show: () => {} };
}

/** @param {File} file @returns {Promise<string | object>} red, green, blue of each pixel, in base64; with its size if whole */
async function pixelsOf(file, { side, whole }) {
  if (file.size > MOST_BYTES) throw new Error(`The file has ${megabytes(file.size)} MB; 2 MB is the most. Choose a smaller picture.`);
  const head = new DataView(await file.arrayBuffer());
  const [width, height, marker] = pngSize(head) ?? jpegSize(head) ?? unknown(head);
  if (width * height > MOST_PIXELS || !width || !height) {
    throw new Error(`The picture has ${width}×${height} pixels; 4 megapixels are the most. Choose a smaller one.`);
  }
  const bitmap = await createImageBitmap(file).catch(() => {
    if (RARE.has(marker)) throw new Error("The picture is a rare kind of JPEG that browsers do not read. Save it as PNG.");
    throw new Error("The picture is damaged and cannot be decoded. Choose another one.");
  });
  return whole ? pixelsOfAll(bitmap, side) : base64(shrunk(bitmap, side, side));
}

/** The whole picture, its longer side as wanted or less. */
function pixelsOfAll(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((size) => Math.max(1, Math.round(size * scale)));
  return { width, height, pixels: base64(shrunk(bitmap, width, height)) };
}

/** The pixels of the largest part of this shape in the middle. @returns {Uint8ClampedArray} red, green, blue, alpha of each */
function shrunk(bitmap, width, height) {
  const [across, down] = [bitmap.width / width, bitmap.height / height];
  const [w, h] = [width, height].map((size) => size * Math.min(across, down));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (bitmap.width - w) / 2, (bitmap.height - h) / 2, w, h, 0, 0, width, height);
  context.globalCompositeOperation = "destination-over"; // what is transparent is paper
  context.fillStyle = isLight(context.getImageData(0, 0, width, height).data) ? "#000" : "#fff";
  context.fillRect(0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
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

/** Say what the file is, as far as it is known. @param {DataView} head @returns {never} */
function unknown(head) {
  const start = String.fromCharCode(...new Uint8Array(head.buffer, 0, Math.min(64, head.byteLength)));
  const other = OTHERS.find(([pattern]) => pattern.test(start));
  if (other) throw new Error(`The file is no PNG or JPEG picture but ${other[1]}. Save it as one of these first.`);
  throw new Error("The file is no PNG or JPEG picture. Choose one that is.");
}

/** @param {DataView} head @returns {[number, number] | null} width and height */
function pngSize(head) {
  const isPng = head.byteLength > 24 && head.getUint32(0) === 0x89504e47 && head.getUint32(12) === 0x49484452; // IHDR
  return isPng ? [head.getUint32(16), head.getUint32(20)] : null;
}

/** Arithmetic coding, lossless and hierarchical kinds. */
const RARE = new Set([0xffc3, 0xffc5, 0xffc6, 0xffc7, 0xffc9, 0xffca, 0xffcb, 0xffcd, 0xffce, 0xffcf]);

/** Walk from segment to segment until the frame header. @param {DataView} head @returns {[number, number, number] | null} */
function jpegSize(head) {
  if (head.byteLength < 4 || head.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 < head.byteLength; ) {
    const marker = head.getUint16(at);
    if (marker === 0xffff) {
      at += 1; // before a marker any number of 255 may stand
      continue;
    }
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return [head.getUint16(at + 7), head.getUint16(at + 5), marker];
    if (marker >> 8 !== 0xff || head.getUint16(at + 2) < 2) return null;
    at += 2 + head.getUint16(at + 2);
  }
  return null;
}
