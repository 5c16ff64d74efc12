/** An animated GIF of a view, made by the page with gifenc (MIT licence), which is fetched when the first one is wanted. */
import { painted, stepsToFilm, svgOf } from "./snapshot.mjs";

const COLOURS = 256; // of each frame: as many as a GIF can have
const LAST_FRAME = 1000; // milliseconds more

/**
 * From this step to the last (from the first, if this is the last), at the player's speed; it takes less time than to play.
 * @param {import("./view.mjs").View} view @param {(done: number, wanted: number) => void} told @param {AbortSignal} signal
 * @returns {Promise<Blob>}
 */
export async function gifOf(view, told, signal) {
  const { GIFEncoder, quantize, applyPalette } = await encoder();
  const { player } = view;
  const [first, last] = stepsToFilm(player);
  const delay = 1000 / (player.rate() * player.speed);
  const gif = GIFEncoder();
  let size;
  player.pause();
  for (let step = first; step <= last; step++) {
    if (signal.aborted) throw new Error("Stopped; nothing was saved.");
    told(step - first + 1, last - first + 1);
    player.go(step);
    const picture = await painted(await svgOf(view));
    size ??= [picture.width, picture.height];
    const { data } = picture.getContext("2d").getImageData(0, 0, ...size); // a sentence of more lines is cut, as in a film
    const palette = quantize(data, COLOURS);
    gif.writeFrame(applyPalette(data, palette), ...size, { palette, delay: delay + (step === last ? LAST_FRAME : 0) });
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: "image/gif" });
}

/** The same in base64, whole. @param {import("./view.mjs").View} view @returns {Promise<string>} */
export async function gifText(view) {
  const bytes = new Uint8Array(await (await gifOf(view, () => {}, new AbortController().signal)).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

async function encoder() {
  try {
    return await import(new URL("./gifenc.mjs", import.meta.url));
  } catch {
    throw new Error("This page came without what makes a GIF. Use the site or `convoscope export`.");
  }
}
