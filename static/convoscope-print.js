/**
 * A deck for printing (DECK?print-pdf): every slide is a page, and its view shows what the slide names, at rest. Views are
 * loaded one after the other; a line at the top says how many are there, and when to print.
 */

import { addSheet } from "./convoscope-deck.js";

const LINE = `.convoscope-printing { position: fixed; inset: 0 0 auto; z-index: 100; margin: 0; padding: 0.3em 1em;
  color: #fff; background: #005a8e; font: 18px/1.4 system-ui, sans-serif; }
  @media print { .convoscope-printing { display: none } }`;

/** Load every view and let it show what its slide asks for. */
export async function prepare() {
  addSheet(LINE);
  const line = Object.assign(document.createElement("p"), { className: "convoscope-printing", role: "status" });
  document.body.append(line);
  const views = [...document.querySelectorAll("convoscope-view")];
  const missing = [];
  for (const [n, view] of views.entries()) {
    line.textContent = `Drawing view ${n + 1} of ${views.length}; wait before you print.`;
    view.frame.loading = "eager";
    await view.settle().catch((error) => missing.push(`${titleOf(view) ?? `view ${n + 1}`} (${error.message})`));
  }
  line.textContent = missing.length ? `Not drawn: ${missing.join("; ")}. Load the page again.` : "All views are drawn: print now.";
  line.dataset.state = missing.length ? "failed" : "ready";
}

function titleOf(view) {
  return view.closest("section")?.querySelector("h1, h2, h3")?.textContent;
}
