/** The numbers of a view's grids as real tables, for screen readers and for copying; made only when they are opened. */
import { typed } from "./numbers.mjs";

const LARGEST = 1024; // cells: a larger table helps nobody

export class Tables {
  /**
   * @param {HTMLDetailsElement} details @param {HTMLElement} section @param {import("./figures.mjs").Figures} figures
   * @param {(cell: number) => boolean} hides whether the value of an output cell must not be told yet
   */
  constructor(details, section, figures, hides) {
    Object.assign(this, { details, section, figures, hides });
    details.hidden = !section.querySelector(".panel:is([data-values], [data-boxes])"); // a view may have no grids
    details.addEventListener("toggle", () => this.refresh());
  }

  refresh() {
    if (!this.details.open) return;
    const grids = [...this.section.querySelectorAll(".panel")].flatMap((panel) => this.#grids(panel));
    this.details.querySelector("div").replaceChildren(...grids.map((grid) => this.#table(...grid)));
  }

  /**
   * The title and source of each of a panel's grids, and the step of its first cell (below 0 if its cells are no steps);
   * of two arrangements of one drawing only those of the one that is shown.
   */
  #grids(panel) {
    const { values, boxes } = panel.dataset;
    if (values && !this.figures.data(values)) return []; // a panel that these settings do not need
    if (values) return [[panel.querySelector(".title").textContent, values, panel.hasAttribute("data-steps") ? 0 : -1]];
    if (!boxes || !panel.checkVisibility()) return [];
    const { title, source, first } = this.figures.data(boxes);
    return title.map((words, n) => [words, source[n], first[n]]);
  }

  #table(title, source, first) {
    const { row, column, value } = this.figures.data(source);
    const table = document.createElement("table");
    table.createCaption().textContent = title;
    if (value.length > LARGEST) {
      table.insertRow().insertCell().textContent = `${value.length} numbers are too many for a table; point at the picture instead.`;
      return table;
    }
    const lines = [];
    value.forEach((number, n) => {
      lines[row[n]] ??= table.insertRow();
      const secret = first >= 0 && this.hides(first + n);
      lines[row[n]].insertCell(column[n]).textContent = secret ? "?" : typed(number);
    });
    return table;
  }
}
