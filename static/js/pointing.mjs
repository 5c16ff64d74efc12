/**
 * Pointing at a grid, by pointer or by keys: the cell is read out; an output cell shows its step, an input or kernel
 * cell lights up the cells that belong to it. A click or Enter goes to the step, or pins the light. An input moves the window:
 * over the cell that is pointed at, and for good when one drags.
 *
 * A panel with data-values has a source of that name with the true value of every cell. data-links names the panel
 * whose cells light up: the source <part>_links tells which rows and columns, the source <links>_hits draws them.
 * data-moves names the panel whose cells are the steps of the windows over this one, by the same source. Where the trace has
 * other steps (its fact `framed`), the window that is pointed at and its cell light up instead.
 */

import { cellAt, fedBy, shapeOf, windowOver } from "./grid.mjs";
import { write, within } from "./numbers.mjs";
import { MOVES, Surface } from "./surface.mjs";

/** @typedef {{row: number, column: number, index: number, value: number}} Cell */

export class Pointing {
  /** @param {HTMLElement} section @param {import("./view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { section, view, pinned: null, over: null });
    for (const panel of section.querySelectorAll(".panel[data-values]")) this.#listen(panel);
    section.addEventListener("pointerdown", () => { // what a finger tapped is read out until the next touch
      this.over = null;
      for (const readout of section.querySelectorAll(".readout:not(:empty)")) readout.textContent = "";
    });
  }

  /** A new trace: what was pinned may mean nothing any more, and what is pointed at has another value. */
  forget() {
    this.pinned = null;
    this.#dark();
  }

  /** The new trace is shown: the pointer is still where it was. */
  again() {
    if (this.over) this.#point(this.over.panel, this.#cellAt(this.over.panel, this.over.at));
  }

  #listen(panel) {
    const plot = panel.querySelector(".plot");
    const point = (at) => {
      this.over = { panel, at };
      this.#point(panel, this.#cellAt(panel, at));
    };
    const leave = () => {
      this.over = null;
      this.#leave(panel);
    };
    const hovering = { hover: point, tap: point, leave };
    const isChosenFrom = panel.hasAttribute("data-steps") || panel.dataset.links || panel.dataset.moves;
    new Surface(plot, isChosenFrom ? {
      ...hovering,
      ...(panel.dataset.moves ? this.#dragging(panel) : {}),
      help: "Arrow keys choose a cell, Enter takes it, Escape leaves.",
      click: (at) => this.#choose(panel, this.#cellAt(panel, at)),
      key: (event) => this.#press(panel, event),
    } : hovering, this.view.figures.square(plot)); // prettier-ignore
  }

  /** A drag over an input takes the window along; a finger scrolls, and a tap moves the window. */
  #dragging(panel) {
    const go = (at) => {
      const cell = this.#stepAt(panel, this.#cellAt(panel, at));
      if (cell && !this.view.quiz.hides(cell.index)) this.view.goToCell(cell);
    };
    return {
      press: (at, { pointerType }) => pointerType !== "touch" && !this.view.trace.facts.paints && Boolean(this.#cellAt(panel, at)),
      drag: go,
    };
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
    if (this.view.trace.facts.framed) this.#frame(this.#windowAt(panel, cell));
    const step = panel.hasAttribute("data-steps") ? cell : this.#stepAt(panel, cell);
    if (!step || this.view.quiz.hides(step.index)) return;
    if (this.view.holds(step.index)) this.view.preview(step.index);
    else if (panel.dataset.moves && !this.view.player.playing && this.view.latest("row") !== step.row) this.view.change("row", step.row);
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
    const step = this.#stepAt(panel, cell);
    if (step && !this.view.quiz.hides(step.index)) this.view.goToCell(step);
    if (!panel.dataset.links) return;
    const same = this.pinned?.panel === panel && this.pinned.cell.index === cell.index;
    this.pinned = same ? null : { panel, cell };
    this.#light(panel, cell);
  }

  /** Light up the cells of the other panel that the trace says belong to this one. */
  #light(panel, cell) {
    const { rows, columns } = this.view.trace.still[`${panel.dataset.part}_links`];
    const target = this.section.querySelector(`[data-part="${panel.dataset.links}"]`);
    const shape = shapeOf(this.view.trace.still[target.dataset.values]);
    const cells = fedBy(rows, cell.row).flatMap((row) => fedBy(columns, cell.column).map((column) => [row, column]));
    this.#dark();
    this.view.figures.light(`${panel.dataset.links}_hits`, cells, shape);
  }

  /** Light up a window, and its cell, in all panels over which windows move. @param {Cell | null} window the cell */
  #frame(window) {
    this.#dark();
    for (const { dataset } of window ? this.section.querySelectorAll(".panel[data-moves]") : []) {
      const { [`${dataset.part}_links`]: links, [dataset.values]: values } = this.view.trace.still;
      const read = (fed, of) => Array.from({ length: fed.shape[0] }, (_, n) => n).filter((n) => fedBy(fed, n).includes(of));
      const columns = read(links.columns, window.column);
      const cells = read(links.rows, window.row).flatMap((row) => columns.map((column) => [row, column]));
      this.view.figures.light(`${dataset.part}_hits`, cells, shapeOf(values));
    }
  }

  #dark() {
    for (const { dataset } of this.section.querySelectorAll(".panel[data-moves]")) this.view.figures.light(`${dataset.part}_hits`, [], [1, 1]);
    for (const { dataset } of this.section.querySelectorAll(".panel[data-links]")) this.view.figures.light(`${dataset.links}_hits`, [], [1, 1]);
  }

  /** The cell under the pointer, or null beside the grid. @returns {Cell | null} */
  #cellAt(panel, at) {
    const cell = cellAt(at, shapeOf(this.view.trace.still[panel.dataset.values]));
    return cell && this.#cell(panel, ...cell);
  }

  /** The output cell whose window is the nearest to be over a cell of an input, or null. @returns {Cell | null} */
  #windowAt({ dataset }, cell) {
    const { still } = this.view.trace;
    const place = cell && dataset.moves && windowOver(still[`${dataset.part}_links`], cell.row, cell.column);
    return place ? this.#cell(this.section.querySelector(`[data-part="${dataset.moves}"]`), ...place) : null;
  }

  /** The same if its cell is a step. */
  #stepAt(panel, cell) {
    return this.view.trace.facts.framed ? null : this.#windowAt(panel, cell);
  }

  /** @returns {Cell} */
  #cell(panel, row, column) {
    const source = this.view.trace.still[panel.dataset.values];
    const index = row * shapeOf(source)[1] + column;
    return { row, column, index, value: source.value.array[index] };
  }
}
