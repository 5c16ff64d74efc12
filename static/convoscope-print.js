/**
 * A deck for printing (DECK?print-pdf): every slide is a page, and its view shows what the slide names, at rest. With &steps=4 it
 * is a handout: each slide holds pictures of up to four telling steps of its view. Views are loaded one after the other; a line at
 * the top says how many are there, and when to print.
 */
import { addSheet } from "./convoscope-deck.js";

const RULES = `.convoscope-printing { position: fixed; inset: 0 0 auto; z-index: 100; margin: 0; padding: 0.3em 1em;
  color: #fff; background: #005a8e; font: 18px/1.4 system-ui, sans-serif; }
  @media print { .convoscope-printing { display: none } }
  .convoscope-handout { display: grid; gap: 6px; width: 100%; height: 100%; }
  .convoscope-handout img { width: 100% !important; height: 100% !important; max-width: none !important; max-height: none !important;
    min-height: 0; margin: 0 !important; object-fit: contain; }`;
const MOST_STEPS = 9; // of a handout's slide

/** Load every view and let it show what its slide asks for. */
export async function prepare() {
  addSheet(RULES);
  const wanted = Number(new URLSearchParams(location.search).get("steps")) || 1;
  const line = Object.assign(document.createElement("p"), { className: "convoscope-printing", role: "status" });
  document.body.append(line);
  const views = [...document.querySelectorAll("convoscope-view")];
  const missing = [];
  for (const [n, view] of views.entries()) {
    line.textContent = `Drawing view ${n + 1} of ${views.length}; wait before you print.`;
    view.frame.loading = "eager";
    await draw(view, Math.min(wanted, MOST_STEPS)).catch((error) => missing.push(`${titleOf(view) ?? `view ${n + 1}`} (${error.message})`));
  }
  line.textContent = missing.length ? `Not drawn: ${missing.join("; ")}. Load the page again.` : "All views are drawn: print now.";
  line.dataset.state = missing.length ? "failed" : "ready";
}

/** @param {object} view @param {number} wanted pictures of it */
async function draw(view, wanted) {
  const { step, steps, stops } = await view.settle();
  if (wanted === 1 || steps === 1) return;
  const shown = spread([...new Set([step, ...(stops ?? Array.from({ length: steps }, (_, n) => n)).filter((stop) => stop > step)])], wanted);
  const sheet = Object.assign(document.createElement("div"), { className: "convoscope-handout" });
  const columns = Math.ceil(Math.sqrt(shown.length));
  sheet.style.gridTemplate = `repeat(${Math.ceil(shown.length / columns)}, minmax(0, 1fr)) / repeat(${columns}, minmax(0, 1fr))`;
  for (const one of shown) {
    const { sentence } = await view.step(one);
    const image = Object.assign(document.createElement("img"), { alt: sentence, src: `data:image/svg+xml,${encodeURIComponent(await view.picture())}` });
    await image.decode();
    sheet.append(image);
  }
  view.frame.hidden = true;
  view.append(sheet);
}

/** At most so many of them, the first and the last among them. */
function spread(all, most) {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, n) => all[Math.round((n * (all.length - 1)) / (most - 1))]);
}

function titleOf(view) {
  return view.closest("section")?.querySelector("h1, h2, h3")?.textContent;
}
