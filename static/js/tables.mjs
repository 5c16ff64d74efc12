/** The numbers of a view's grids as real tables, for screen readers and for copying; made only when they are opened. */

const LARGEST = 1024; // cells: a larger table helps nobody

export class Tables {
  /** @param {HTMLDetailsElement} details @param {HTMLElement} section @param {import("./figures.mjs").Figures} figures */
  constructor(details, section, figures) {
    Object.assign(this, { details, section, figures });
    details.addEventListener("toggle", () => this.refresh());
  }

  refresh() {
    if (!this.details.open) return;
    const panels = [...this.section.querySelectorAll(".panel[data-values]")];
    this.details.querySelector("div").replaceChildren(...panels.map((panel) => this.#table(panel)));
  }

  #table(panel) {
    const { row, column, value } = this.figures.data(panel.dataset.values);
    const table = document.createElement("table");
    table.createCaption().textContent = panel.querySelector(".title").textContent;
    if (value.length > LARGEST) {
      table.insertRow().insertCell().textContent = `${value.length} numbers are too many for a table; point at the picture instead.`;
      return table;
    }
    const lines = [];
    value.forEach((number, n) => {
      lines[row[n]] ??= table.insertRow();
      lines[row[n]].insertCell(column[n]).textContent = String(Number(number.toPrecision(6)));
    });
    return table;
  }
}
