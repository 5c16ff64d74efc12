/**
 * A view as one file that plays from the disk (homes/single_file.py does the same from the command line). Python computes
 * a trace for the settings as they are, and one for every other value of one setting, which the file then lets choose.
 */
import { asText } from "./address.mjs";
import { valuesOf } from "./choosable.mjs";
import { readPacket } from "./packet.mjs";

/**
 * @param {import("./view.mjs").View} view @param {object} site what the page knows @param {string} name a setting, or ""
 * @param {(done: number, wanted: number) => void} told @param {AbortSignal} signal
 * @returns {Promise<Blob>}
 */
export async function oneFile(view, site, name, told, signal) {
  const known = site.views.find(({ slug }) => slug === view.slug);
  const [page, bokeh, drawing] = await Promise.all([known.blank, site.bokeh, known.figures].map(textOf));
  const row = view.table.find((one) => one.name === name);
  const { packets, sources } = await computed(view, row, told, signal);
  const table = row ? [{ ...row, kind: "choice", choices: valuesOf(row).map(({ label, value }) => [label, asText(value)]) }] : [];
  const filling = {
    site: inline(JSON.stringify({ home: "file", version: site.version, views: [{ ...known, table, rows: view.rows }] })),
    packets: JSON.stringify({ drawing: await zipped(drawing), packets, sources, grid: row ? [name] : [] }),
    bokeh: await zipped(bokeh),
  };
  const whole = Object.entries(filling).reduce((text, [mark, words]) => text.replace(`@@${mark}@@`, () => words), page);
  return new Blob([whole], { type: "text/html" });
}

/**
 * The packets as text, those of the settings as they are first, and the sources of what ran for them.
 * Whatever happens, Python ends with the settings that it had.
 */
async function computed(view, row, told, signal) {
  const settings = { ...view.settings };
  const ask = (more) => view.send({ view: view.slug, name: "settings", value: { ...settings, ...more }, ran: true });
  const values = row ? valuesOf(row).map(({ value }) => value) : [];
  const packets = [await ask({})];
  try {
    for (const [n, value] of values.entries()) {
      if (signal.aborted) throw new Error("Stopped; nothing was saved.");
      told(n + 1, values.length);
      packets.push(await ask({ [row.name]: value }));
    }
  } finally {
    if (row) await ask({});
  }
  const defined = [...view.section.querySelectorAll(".definition .listing")].map(({ dataset }) => dataset);
  const ran = packets.flatMap((packet) => readPacket(packet).ran.functions);
  const sources = sourcesOf([...defined, ...ran], await view.home.sources());
  return { packets: await Promise.all(packets.map(zipped)), sources: await zipped(JSON.stringify(sources)) };
}

/** The sources that begin at these places. @param {{file: string, line: number | string}[]} places @param {Record<string, Record<number, object>>} every */
function sourcesOf(places, every) {
  const found = {};
  for (const { file, line } of places) {
    found[file] = { ...found[file], [line]: every[file][line] };
  }
  return found;
}

async function textOf(path) {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) throw new Error(`The server answered ${response.status} for ${path}; try again.`);
  return response.text();
}

/** gzip in base64 @param {ArrayBuffer | string} data */
async function zipped(data) {
  const stream = new Blob([data]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Script text or JSON that cannot end its element. */
function inline(text) {
  return text.replaceAll("</", "<\\/").replaceAll("<!--", "<\\!--");
}
