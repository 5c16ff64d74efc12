/**
 * Pointing at a grid, by pointer or by keys: the cell is read out; an output cell shows its step, an input or kernel
 * cell lights up the cells that belong to it. A click or Enter goes to the step, or pins the light.
 *
 * A panel with data-values has a source of that name with the true value of every cell. data-links names the panel
 * whose cells light up: the source <part>_links tells which rows and columns, the source <links>_hits draws them.
 */

import { cellAt, shapeOf } from "./grid.mjs";
import { write, within } from "./numbers.mjs";
import { MOVES, Surface } from "./surface.mjs";

/** @typedef {{row: number, column: number, index: number, value: number}} Cell */

export class Pointing {
  /** @param {HTMLElement} section @param {import("./view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { section, view, pinned: null });
    for (const panel of section.querySelectorAll(".panel[data-values]")) this.#listen(panel);
    section.addEventListener("pointerdown", () => { // what a finger tapped is read out until the next touch
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
    const point = (at) => this.#point(panel, this.#cellAt(panel, at));
    const hovering = { hover: point, tap: point, leave: () => this.#leave(panel) };
    const isChosenFrom = panel.hasAttribute("data-steps") || panel.dataset.links;
    new Surface(plot, isChosenFrom ? {
      ...hovering,
      help: "Arrow keys choose a cell, Enter takes it, Escape leaves.",
      click: (at) => this.#choose(panel, this.#cellAt(panel, at)),
      key: (event) => this.#press(panel, event),
    } : hovering, this.view.figures.square(plot)); // prettier-ignore
  }

  /** @returns {boolean} whether the key did something */
  #press(panel, event) {
    const [rows, columns] = shapeOf(this.view.trace.still[panel.dataset.values]);
    const { row, column } = this.keyed?.panel === panel ? this.keyed : { row: 0, column: -1 };
    const move = MOVES[event.key];
    if (move) {
      this.keyed = { panel, row: within(row + move[0], 0, rows - 1), column: within(column + move[1], 0, columns - 1) };
      this.#point(panel, this.#cell(panel, this.keyed.row, this.keyed.column));
    } else if (event.key === "Enter" && this.keyed?.panel === panel) {
      this.#choose(panel, this.#cell(panel, row, column));
    } else if (event.key === "Escape") {
      this.forget();
      this.#leave(panel);
    } else {
      return false;
    }
    return true;
  }

  #point(panel, cell) {
    if (!cell) return this.#leave(panel);
    const secret = panel.hasAttribute("data-steps") && this.view.quiz.hides(cell.index);
    const value = secret ? "? (yours to predict)" : write(cell.value);
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
  #cellAt(panel, at) {
    const cell = cellAt(at, shapeOf(this.view.trace.still[panel.dataset.values]));
    return cell && this.#cell(panel, ...cell);
  }

  /** @returns {Cell} */
  #cell(panel, row, column) {
    const source = this.view.trace.still[panel.dataset.values];
    const index = row * shapeOf(source)[1] + column;
    return { row, column, index, value: source.value.array[index] };
  }
}
