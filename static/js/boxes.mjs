/**
 * Pointing at a drawing of several grids: the cell under the pointer is read out with the name of its grid, and an output
 * cell shows its step; a click goes there.
 *
 * A panel with data-boxes has a source of that name, one row a grid: left, top, width and height as shares of the
 * drawing, its title, the source with its values, the step of its first cell (-1 if its cells are no steps), whether its
 * values are the answers of a quiz, and the steps begin..end-1 at which it is there, because grids may take turns at one
 * place. The cells of an input move the window: `moves` is how the sources of its outputs begin, and the source window_links
 * tells which output cells an input cell feeds.
 */
import { windowOver } from "./grid.mjs";
import { write, within } from "./numbers.mjs";
import { MOVES, Surface } from "./surface.mjs";

/**
 * @typedef {{title: string, source: string, moves: string, first: number, answer: number, begin: number, end: number,
 *   left: number, top: number, width: number, height: number,
 *   rows: number, columns: number, values: ArrayLike<number>}} Box
 */

/** The grids of a drawing. @param {import("./packet.mjs").Trace} trace @returns {Box[]} */
export function boxesOf(trace, name) {
  const columns = Object.entries(trace.still[name]);
  const at = ({ array, table }, n) => (table ? table[array[n]] : array[n]);
  return Array.from(trace.still[name].first.array, (_, n) => {
    const box = Object.fromEntries(columns.map(([column, values]) => [column, at(values, n)]));
    const { row, column, value } = trace.still[box.source];
    return { ...box, rows: row.array.at(-1) + 1, columns: column.array.at(-1) + 1, values: value.array };
  });
}

export class BoxPointing {
  /** @param {HTMLElement} section @param {import("./view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { view, over: null });
    for (const panel of section.querySelectorAll(".panel[data-boxes]")) this.#listen(panel);
  }

  #listen(panel) {
    const plot = panel.querySelector(".plot");
    const point = (at) => {
      this.over = { panel, at };
      this.#point(panel, this.#cellAt(panel, at));
    };
    const gestures = {
      help: "Arrow keys choose a cell, with Shift another grid, Enter takes an output cell, Escape leaves.",
      hover: point,
      tap: point,
      leave: () => {
        this.over = null;
        this.#point(panel, null);
      },
      click: (at) => this.#choose(panel, this.#cellAt(panel, at)),
      press: (at, { pointerType }) => pointerType !== "touch" && Boolean(this.#cellAt(panel, at)?.box.moves), // a finger scrolls
      drag: (at) => {
        const cell = this.#cellAt(panel, at);
        if (cell?.box.moves) this.#choose(panel, cell);
      },
      key: (event) => this.#press(panel, event),
    };
    new Surface(plot, gestures, this.view.figures.shares(plot));
  }

  /** Nothing is pinned here. */
  forget() {}

  /** The new trace is shown: the pointer is still where it was. */
  again() {
    if (this.over) this.#point(this.over.panel, this.#cellAt(this.over.panel, this.over.at));
  }

  /** @returns {boolean} whether the key did something */
  #press(panel, event) {
    const { step } = this.view.player;
    const boxes = boxesOf(this.view.trace, panel.dataset.boxes).filter(({ begin, end }) => begin <= step && step < end);
    const move = MOVES[event.key];
    let { n, row, column } = this.keyed?.panel === panel ? this.keyed : { n: 0, row: 0, column: -1 };
    if (move && event.shiftKey) [n, row, column] = [within(n + move[0] + move[1], 0, boxes.length - 1), 0, 0];
    else if (move) [row, column] = [within(row + move[0], 0, boxes[n].rows - 1), within(column + move[1], 0, boxes[n].columns - 1)];
    else if (!["Enter", "Escape"].includes(event.key)) return false;
    const box = boxes[within(n, 0, boxes.length - 1)];
    const cell = { box, row, column, index: row * box.columns + column };
    if (event.key === "Enter" && column >= 0) this.#choose(panel, cell);
    else this.#point(panel, move ? cell : null);
    this.keyed = { panel, n, row, column };
    return true;
  }

  #point(panel, cell) {
    const readout = panel.querySelector(".readout");
    if (!cell) {
      readout.textContent = "";
      this.view.preview(null);
      return;
    }
    const { box, row, column, index } = cell;
    const secret = box.first >= 0 && this.view.quiz.hides(box.first + index);
    const value = secret ? "? (yours to predict)" : write(box.values[index]);
    readout.textContent = `${box.title} [${row}, ${column}] = ${value}`;
    const step = this.#stepOf(panel, cell);
    this.view.preview(step < 0 || this.view.quiz.hides(step) ? null : step);
  }

  #choose(panel, cell) {
    const step = cell ? this.#stepOf(panel, cell) : -1;
    if (step < 0) return;
    this.view.player.pause();
    this.view.player.go(step);
  }

  /** The step of an output cell; of an input cell that of the window over it, in the output that is computed now; else −1. */
  #stepOf(panel, { box, row, column, index }) {
    if (box.first >= 0 || !box.moves) return box.first < 0 ? -1 : box.first + index;
    const place = windowOver(this.view.trace.still.window_links, row, column);
    const outputs = boxesOf(this.view.trace, panel.dataset.boxes).filter(({ source }) => source.startsWith(box.moves));
    const now = outputs.findLast(({ first }) => first <= this.view.player.step) ?? outputs[0];
    return place ? now.first + place[0] * now.columns + place[1] : -1;
  }

  /** The cell under the pointer, or null. */
  #cellAt(panel, { x, y }) {
    const under = boxesOf(this.view.trace, panel.dataset.boxes).filter(
      ({ left, top, width, height }) => x >= left && y >= top && x < left + width && y < top + height,
    );
    const { step } = this.view.player;
    const box = under.find(({ begin, end }) => begin <= step && step < end);
    if (!box) return null;
    const row = Math.floor(((y - box.top) / box.height) * box.rows);
    const column = Math.floor(((x - box.left) / box.width) * box.columns);
    return { box, row, column, index: row * box.columns + column };
  }
}
