/** The home of an exported file: no Python and no server, only the traces that were computed when it was made. */
import { asText } from "./address.mjs";
import { drawFigures } from "./figures.mjs";
import { readPacket } from "./packet.mjs";

/** @returns the same doors as the static home: open, start, send, sources, where */
export async function fileHome() {
  const { drawing, packets, sources, grid } = JSON.parse(document.getElementById("packets").textContent);
  const buffers = await Promise.all(packets.map((text) => unzipped(text).arrayBuffer()));
  const all = buffers.map((buffer) => ({ buffer, settings: readPacket(buffer).settings }));
  let [shown] = all;
  return {
    open: async () => [await drawFigures(await unzipped(drawing).json()), shown.buffer],
    start: (tell) => tell.ready(),
    isFrozen: true, // nothing runs here
    sources: () => unzipped(sources).json(),
    where: () => "Recorded when this file was made.",
    send: async ({ name, value }) => {
      if (name === "export") throw new Error("This file holds no Python, which writes these. Use the site or `convoscope export`.");
      if (name === "ran") return shown.buffer; // every packet of a file says what ran for it
      const wanted = name === "reset" ? all[0].settings : { ...shown.settings, ...(name === "settings" || name === "address" ? value : { [name]: value }) };
      const found = all.find(({ settings }) => grid.every((key) => asText(settings[key]) === asText(wanted[key])));
      if (!found) throw new Error(`This file holds ${all.length} computed settings, and these are not among them.`);
      shown = found;
      return shown.buffer;
    },
  };
}

/** @param {string} text gzip in base64 @returns {Response} */
function unzipped(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}
