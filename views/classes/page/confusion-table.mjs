/** How many examples of each class are read as which when they are left out. */
import { make } from "../../../static/js/elements.mjs";
import { allOf } from "../../../static/js/packet.mjs";

export class ConfusionTable {
  /** @param {HTMLTableElement} table */
  constructor(table) {
    this.table = table;
  }

  /** A new trace is shown. */
  shown({ still }) {
    const [names, counts] = [allOf(still.class_names.text), still.confusion.count.array];
    this.table.hidden = !counts.some((count) => count > 0);
    const head = make("tr", {});
    head.append(make("th", { scope: "col", textContent: "true ↓ read as →" }), ...names.map((name) => make("th", { scope: "col", textContent: name })));
    this.table.tHead.replaceChildren(head);
    this.table.tBodies[0].replaceChildren(...names.map((name, row) => this.#row(name, row, counts.slice(row * names.length, (row + 1) * names.length))));
  }

  #row(name, row, counts) {
    const line = make("tr", {});
    line.append(make("th", { scope: "row", textContent: name }));
    for (const [column, count] of counts.entries()) {
      const cell = make("td", { textContent: count });
      if (column === row) cell.dataset.right = "";
      line.append(cell);
    }
    return line;
  }
}
