/**
 * Pointing at a grid, by pointer or by keys: the cell is read out; an output cell shows its step, an input or kernel
 * cell lights up the cells that belong to it. A click or Enter goes to the step, or pins the light.
 *
 * A panel with data-values has a source of that name with the true value of every cell. data-links names the panel
 * whose cells light up: the source <part>_links tells which rows and columns, the source <links>_hits draws them.
 */

export const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @typedef {{row: number, column: number, index: number, value: number}} Cell */

/** Whether a click came from a finger, which never hovers: what it taps is read out until the next touch. */
export const isTap = ({ pointerType }) => pointerType === "touch";

export class Pointing {
  /** @param {HTMLElement} section @param {import("./view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { section, view, pinned: null });
    for (const panel of section.querySelectorAll(".panel[data-values]")) this.#listen(panel);
    section.addEventListener("pointerdown", () => {
      for (const readout of section.querySelectorAll(".readout:not(:empty)")) readout.textContent = "";
    });
  }

  /** A new trace: what was pinned may mean nothing any more. */
  forget() {
    this.pinned = null;
    this.#dark();
  }

  #listen(panel) {
    const plot = panel.querySelector(".plot");
    plot.addEventListener("pointermove", (event) => this.#point(panel, this.#cellAt(panel, plot, event)));
    plot.addEventListener("pointerleave", () => this.#leave(panel));
    plot.addEventListener("click", (event) => isTap(event) && this.#point(panel, this.#cellAt(panel, plot, event)));
    if (!panel.hasAttribute("data-steps") && !panel.dataset.links) return;
    plot.addEventListener("click", (event) => this.#choose(panel, this.#cellAt(panel, plot, event)));
    plot.tabIndex = 0;
    plot.setAttribute("role", "application");
    plot.ariaLabel += ". Arrow keys choose a cell, Enter takes it, Escape leaves.";
    plot.addEventListener("keydown", (event) => this.#press(panel, event));
    plot.addEventListener("focus", () => panel.querySelector(".readout").setAttribute("aria-live", "polite"));
    plot.addEventListener("blur", () => this.#leave(panel));
  }

  #press(panel, event) {
    const [rows, columns] = shapeOf(this.view.trace.still[panel.dataset.values]);
    const { row, column } = this.keyed?.panel === panel ? this.keyed : { row: 0, column: -1 };
    const move = MOVES[event.key];
    if (move) {
      const at = (place, by, size) => Math.min(Math.max(place + by, 0), size - 1);
      this.keyed = { panel, row: at(row, move[0], rows), column: at(column, move[1], columns) };
      this.#point(panel, this.#cell(panel, this.keyed.row, this.keyed.column));
    } else if (event.key === "Enter" && this.keyed?.panel === panel) {
      this.#choose(panel, this.#cell(panel, row, column));
    } else if (event.key === "Escape") {
      this.forget();
      this.#leave(panel);
    } else {
      return; // the player's keys work here too
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #point(panel, cell) {
    if (!cell) return this.#leave(panel);
    const secret = panel.hasAttribute("data-steps") && this.view.quiz.hides(cell.index);
    const value = secret ? "? (yours to predict)" : Number(cell.value.toPrecision(6));
    panel.querySelector(".readout").textContent = `[${cell.row}, ${cell.column}] = ${value}`;
    if (panel.dataset.links) this.#light(panel, cell);
    else if (panel.hasAttribute("data-steps") && !secret) this.view.preview(cell.index);
  }

  #leave(panel) {
    panel.querySelector(".readout").textContent = "";
    if (this.pinned) this.#light(this.pinned.panel, this.pinned.cell);
    else this.#dark();
    this.view.preview(null);
  }

  #choose(panel, cell) {
    if (!cell) return;
    if (panel.hasAttribute("data-steps")) {
      this.view.goToCell(cell);
      return;
    }
    const same = this.pinned?.panel === panel && this.pinned.cell.index === cell.index;
    this.pinned = same ? null : { panel, cell };
    this.#light(panel, cell);
  }

  /** Light up the cells of the other panel that the trace says belong to this one. */
  #light(panel, cell) {
    const { rows, columns } = this.view.trace.still[`${panel.dataset.part}_links`];
    const target = this.section.querySelector(`[data-part="${panel.dataset.links}"]`);
    const shape = shapeOf(this.view.trace.still[target.dataset.values]);
    const listed = (column, n) => [...column.array.subarray(n * column.shape[1], (n + 1) * column.shape[1])].filter((place) => place >= 0);
    const cells = listed(rows, cell.row).flatMap((row) => listed(columns, cell.column).map((column) => [row, column]));
    this.#dark();
    this.view.figures.light(`${panel.dataset.links}_hits`, cells, shape);
  }

  #dark() {
    for (const { dataset } of this.section.querySelectorAll(".panel[data-links]")) this.view.figures.light(`${dataset.links}_hits`, [], [1, 1]);
  }

  /** The cell under the pointer, or null beside the grid. @returns {Cell | null} */
  #cellAt(panel, plot, event) {
    const [rows, columns] = shapeOf(this.view.trace.still[panel.dataset.values]);
    const side = Math.max(rows, columns);
    const box = plot.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * side - (side - rows) / 2);
    const column = Math.floor(((event.clientX - box.left) / box.width) * side - (side - columns) / 2);
    return row < 0 || column < 0 || row >= rows || column >= columns ? null : this.#cell(panel, row, column);
  }

  /** @returns {Cell} */
  #cell(panel, row, column) {
    const source = this.view.trace.still[panel.dataset.values];
    const index = row * shapeOf(source)[1] + column;
    return { row, column, index, value: source.value.array[index] };
  }
}

/** Rows and columns of a grid of values: from its shape, or from the last cell's place. */
function shapeOf({ value, row, column }) {
  return value.shape.length === 2 ? value.shape : [row.array.at(-1) + 1, column.array.at(-1) + 1];
}
