/** All layers as a table; the present one is marked, and a layer's name goes to its step. */
import { make } from "../../../static/js/elements.mjs";
import { allOf, mapValues } from "../../../static/js/packet.mjs";

const COLUMNS = ["shape", "parameters", "multiply_adds", "field"];

export class LayerTable {
  /** @param {import("../../../static/js/view.mjs").View} view */
  constructor(view) {
    this.view = view;
    this.body = view.section.querySelector(".architectures-layers tbody");
  }

  /** A new trace is shown. */
  shown(trace) {
    const columns = mapValues(trace.still.layers, allOf);
    this.body.replaceChildren(...columns.name.map((name, n) => this.#row(name, columns, n)));
    this.mark(this.view.player.step);
  }

  #row(name, columns, n) {
    const row = make("tr", {});
    const head = make("th", { scope: "row" });
    const button = make("button", { type: "button", textContent: name });
    button.addEventListener("click", () => {
      this.view.player.pause();
      this.view.player.go(n);
    });
    head.append(button);
    row.append(head, ...COLUMNS.map((column) => make("td", { textContent: columns[column][n] })));
    return row;
  }

  /** Mark the layer of a step. */
  mark(step) {
    for (const [n, row] of [...this.body.rows].entries()) row.toggleAttribute("data-now", n === step);
  }
}
