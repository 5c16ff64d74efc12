/**
 * Pointing at a grid: the cell under the pointer is read out, and a click on a cell of the output goes to its step.
 * A panel with data-values has a source of that name with the true row, column and value of every cell.
 */

export class Pointing {
  /** @param {HTMLElement} section @param {import("./view.mjs").View} view */
  constructor(section, view) {
    this.view = view;
    for (const panel of section.querySelectorAll(".panel[data-values]")) this.#listen(panel);
  }

  #listen(panel) {
    const plot = panel.querySelector(".plot");
    const readout = panel.querySelector(".readout");
    plot.addEventListener("pointermove", (event) => {
      const cell = this.#cell(panel, plot, event);
      readout.textContent = cell ? `[${cell.row}, ${cell.column}] = ${cell.text}` : "";
    });
    plot.addEventListener("pointerleave", () => {
      readout.textContent = "";
    });
    if (!panel.hasAttribute("data-steps")) return;
    plot.addEventListener("click", (event) => {
      const cell = this.#cell(panel, plot, event);
      if (!cell) return;
      this.view.player.pause();
      this.view.player.go(cell.index);
    });
  }

  /** The cell under the pointer, or nothing beside the grid. A cell that no step has reached yet keeps its secret. */
  #cell(panel, plot, event) {
    const { row, column, value } = this.view.trace.still[panel.dataset.values];
    const [rows, columns] = [row.array.at(-1) + 1, column.array.at(-1) + 1];
    const side = Math.max(rows, columns);
    const box = plot.getBoundingClientRect();
    const r = Math.floor(((event.clientY - box.top) / box.height) * side - (side - rows) / 2);
    const c = Math.floor(((event.clientX - box.left) / box.width) * side - (side - columns) / 2);
    if (r < 0 || c < 0 || r >= rows || c >= columns) return null;
    const index = r * columns + c;
    const hidden = panel.hasAttribute("data-steps") && index > this.view.player.step;
    return { row: r, column: c, index, text: hidden ? "not computed yet" : String(Number(value.array[index].toPrecision(6))) };
  }
}
