/**
 * A picture of the user's own: its size is read from the file's head before anything is decoded, then the browser
 * decodes it and its middle square is handed over as small as the settings want it. It never leaves the machine.
 */
import { labelled, make } from "./elements.mjs";
import { megabytes } from "./numbers.mjs";

const MOST_BYTES = 2_000_000;
const MOST_PIXELS = 4_000_000;

export function buildPicture(row, id, wanted) {
  const input = make("input", { id, type: "file", accept: "image/png,image/jpeg" });
  const told = make("p", { className: "help", role: "alert" });
  input.addEventListener("change", async (event) => {
    event.stopPropagation();
    told.textContent = "";
    if (!input.files.length) return;
    try {
      wanted(await pixelsOf(input.files[0], row.side));
    } catch (error) {
      told.textContent = error.message; // the picture that was there stays
    }
  });
  const element = labelled(row, id, input);
  element.append(told);
  return { element, show: () => {} };
}

/** @param {File} file @param {number} side pixels @returns {Promise<string>} red, green, blue of each pixel, in base64 */
async function pixelsOf(file, side) {
  if (file.size > MOST_BYTES) throw new Error(`The file has ${megabytes(file.size)} MB; 2 MB is the most. Choose a smaller picture.`);
  const head = new DataView(await file.arrayBuffer());
  const size = pngSize(head) ?? jpegSize(head);
  if (!size) throw new Error("The file is no PNG or JPEG picture. Choose one that is.");
  const [width, height] = size;
  if (width * height > MOST_PIXELS || !width || !height) {
    throw new Error(`The picture has ${width}×${height} pixels; 4 megapixels are the most. Choose a smaller one.`);
  }
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error("The picture is damaged and cannot be decoded. Choose another one.");
  });
  const square = Math.min(bitmap.width, bitmap.height);
  const context = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff"; // what is transparent is paper
  context.fillRect(0, 0, side, side);
  context.drawImage(bitmap, (bitmap.width - square) / 2, (bitmap.height - square) / 2, square, square, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  let text = "";
  for (let n = 0; n < data.length; n += 4) text += String.fromCharCode(data[n], data[n + 1], data[n + 2]);
  return btoa(text);
}

/** @param {DataView} head @returns {[number, number] | null} width and height */
function pngSize(head) {
  const isPng = head.byteLength > 24 && head.getUint32(0) === 0x89504e47 && head.getUint32(12) === 0x49484452; // IHDR
  return isPng ? [head.getUint32(16), head.getUint32(20)] : null;
}

/** Walk from segment to segment until the frame header. @param {DataView} head @returns {[number, number] | null} */
function jpegSize(head) {
  if (head.byteLength < 4 || head.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 < head.byteLength; at += 2 + head.getUint16(at + 2)) {
    const marker = head.getUint16(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return [head.getUint16(at + 7), head.getUint16(at + 5)];
    if (marker >> 8 !== 0xff || head.getUint16(at + 2) < 2) return null;
  }
  return null;
}
