/** A picture file, decoded by the browser after its first bytes have told that it is not too large. It never leaves the machine. */
import { megabytes } from "./numbers.mjs";
import { statedSize } from "./picture-head.mjs";

const MOST_BYTES = 12_000_000; // photographs of phones have 2 to 8
const MOST_PIXELS = 50_000_000; // phones take up to 48 million
const LONGEST_SIDE = 1024; // pixels of what is kept of it; four times what any view computes with

/**
 * The picture, turned as its camera was held, its longer side at most LONGEST_SIDE. An error says in a sentence what is wrong.
 * @param {File} file @returns {Promise<ImageBitmap>}
 */
export async function decoded(file) {
  if (file.size > MOST_BYTES) throw new Error(`The file has ${megabytes(file.size)} MB; 12 MB is the most. Choose a smaller picture.`);
  const { width, height, isRare } = statedSize(new DataView(await file.arrayBuffer()));
  if (width * height > MOST_PIXELS || !width || !height) {
    throw new Error(`The picture has ${width}×${height} pixels; 50 megapixels are the most. Choose a smaller one.`);
  }
  const whole = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    if (isRare) throw new Error("The picture is a rare kind of JPEG that browsers do not read. Save it as PNG.");
    throw new Error("The picture is damaged and cannot be decoded. Choose another one.");
  });
  const scale = LONGEST_SIDE / Math.max(whole.width, whole.height);
  if (scale >= 1) return whole;
  const [resizeWidth, resizeHeight] = [whole.width, whole.height].map((side) => Math.max(1, Math.round(side * scale)));
  const smaller = await createImageBitmap(whole, { resizeWidth, resizeHeight, resizeQuality: "high" });
  whole.close();
  return smaller;
}
