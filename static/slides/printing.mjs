/**
 * The deck for printing (slides/?print-pdf): every slide is a page, and its view shows its own settings, at rest. Views are
 * loaded one after the other; a line at the top says how many are there, and when to print.
 */

const TRIES = 8; // each ends after the component's own time limit

export const isPrinting = /print-pdf|view=print/.test(location.search);

/** Load every view and let it compute what its slide asks for. */
export async function prepare() {
  const line = Object.assign(document.createElement("p"), { className: "printing", role: "status" });
  document.body.append(line);
  const views = [...document.querySelectorAll("convoscope-view")];
  const missing = [];
  for (const [n, view] of views.entries()) {
    line.textContent = `Drawing view ${n + 1} of ${views.length}; wait before you print.`;
    if (!(await drawn(view))) missing.push(view.closest("section").querySelector("h2")?.textContent ?? `view ${n + 1}`);
  }
  line.textContent = missing.length ? `Not drawn: ${missing.join("; ")}. Load the page again.` : "All views are drawn: print now.";
  line.dataset.state = missing.length ? "failed" : "ready";
}

/** @returns {Promise<boolean>} whether a view has computed its settings and stands still */
async function drawn(view) {
  view.frame.loading = "eager";
  for (let n = 0; n < TRIES; n++) {
    try {
      await view.set({}); // answered when Python has computed what the address asks for
      await view.pause();
      return true;
    } catch {
      /* it is still loading */
    }
  }
  return false;
}
