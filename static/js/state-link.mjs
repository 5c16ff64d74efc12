/**
 * A state that no address can hold (pictures, many numbers): it travels compressed behind the # of a link, or as a file that
 * is dropped onto the page.
 */
import { LONGEST_QUERY, keptSettings } from "./address.mjs";
import { saveBlob } from "./saving.mjs";

const BEGINNING = "#state=";
const LONGEST_LINK = 64_000; // characters that mail programs and learning platforms let through
const LONGEST_READ = 1_000_000; // characters, of a link as of a file
const TOO_LONG = "This state is too long for a link. Under “Download” save it as “State (to drop here)” and hand that on beside the plain link.";
const DAMAGED = "The state in this link or file is damaged or of another program; the page stays as it is.";

/** @param {import("./view.mjs").View} view @returns {Promise<{href: string, more: string}>} an address that opens, and what to say of it */
export async function linkOf(view) {
  const url = new URL(view.address());
  url.searchParams.delete("answers"); // the lecturer's own
  const kept = keptSettings(view.table, view.settings);
  const holdsPicture = kept.some(([{ kind }]) => kind === "picture");
  if (!holdsPicture && url.search.length <= LONGEST_QUERY) return { href: url.href, more: "" };
  for (const { name } of view.table) url.searchParams.delete(name);
  url.searchParams.set("view", view.slug);
  url.hash = BEGINNING + (await packed(stateOf(view, kept)));
  if (url.href.length > LONGEST_LINK) throw new Error(TOO_LONG);
  return { href: url.href, more: holdsPicture ? " Your picture is in it." : "" };
}

/** Save the state as a file. */
export function saveState(view) {
  const text = JSON.stringify({ app: "convoscope", v: 1, ...stateOf(view, keptSettings(view.table, view.settings)) });
  saveBlob(new Blob([text], { type: "application/json" }), `convoscope-${view.slug}-state.json`);
}

/** The state behind the # of an address, if there is one. An error is a sentence. @returns {Promise<object | null>} */
export async function stateIn(hash) {
  return hash.startsWith(BEGINNING) ? checked(await unpacked(hash.slice(BEGINNING.length)).catch(() => null)) : null;
}

/** The state in a file. An error is a sentence. @param {File} file */
export async function stateInFile(file) {
  const whole = file.size <= LONGEST_READ ? await file.text().then(JSON.parse).catch(() => null) : null;
  return checked(whole?.app === "convoscope" && whole.v === 1 ? whole : null);
}

function stateOf(view, kept) {
  return { view: view.slug, step: view.player.step, settings: Object.fromEntries(kept.map(([{ name }, value]) => [name, value])) };
}

/** Python checks the values as it does those of any address. */
function checked(state) {
  const isState = typeof state?.view === "string" && typeof state.settings === "object" && state.settings !== null;
  if (!isState) throw new Error(DAMAGED);
  return { view: state.view, settings: state.settings, step: Number(state.step) || 0 };
}

async function packed(state) {
  const stream = new Blob([JSON.stringify(state)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  let text = "";
  for (const byte of new Uint8Array(await new Response(stream).arrayBuffer())) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What unpacks to more than LONGEST_READ is cut, and so no state. */
async function unpacked(text) {
  if (text.length > LONGEST_READ) return null;
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder();
  let whole = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return JSON.parse(whole);
    whole += decoder.decode(value, { stream: true });
    if (whole.length > LONGEST_READ) return null;
  }
}
