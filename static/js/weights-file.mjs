/** A weights file of the user's own. What it holds, Python checks; here only that it is not too large to be read. */
import { megabytes } from "./numbers.mjs";

const MOST_BYTES = 8_000_000; // as in engine/weights.py
const PIECE = 0x8000; // arguments of one call

/** @param {File} file @returns {Promise<Uint8Array>} */
export async function readWeights(file) {
  if (file.size > MOST_BYTES) {
    throw new Error(`The file has ${megabytes(file.size)} MB; 8 MB is the most. Choose a file with weights of a smaller network.`);
  }
  if (!file.size) throw new Error("The file is empty. Choose one that was saved here or by ConvNetJS.");
  return new Uint8Array(await file.arrayBuffer());
}

/** @param {Uint8Array} bytes */
export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
