/** A weights file of the user's own. What it holds, Python checks; here only that it is not too large to be read. */

import { megabytes } from "../../../static/js/numbers.mjs";

const MOST_BYTES = 8_000_000;

/** @param {File} file @returns {Promise<Uint8Array>} */
export async function readWeights(file) {
  if (file.size > MOST_BYTES) {
    throw new Error(`The file has ${megabytes(file.size)} MB; 8 MB is the most. Choose a file with weights of a smaller network.`);
  }
  if (!file.size) throw new Error("The file is empty. Choose one that was saved here or by ConvNetJS.");
  return new Uint8Array(await file.arrayBuffer());
}
