/**
 * Pointing at the maps of the open layers, by pointer or keys: the unit is read out and framed; a click or Enter asks it.
 * The source map_table says where each map stands and where its numbers begin in map_values.
 */
import { within, write } from "../../../static/js/numbers.mjs";
import { allOf, mapValues } from "../../../static/js/packet.mjs";
import { MOVES, Surface } from "../../../static/js/surface.mjs";

/** @typedef {{n: number, row: number, column: number}} Unit n: the row of map_table */

export class Maps {
  /** @param {HTMLElement} section @param {import("../../../static/js/view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { view, pointed: null });
    this.panel = section.querySelector("[data-part=maps]");
    const plot = this.panel.querySelector(".plot");
    plot.style.cursor = "pointer";
    new Surface(plot, {
      help: "Arrow keys choose a unit, with Shift another map; Enter asks it, Escape leaves.",
      hover: (at) => this.#point(this.#under(at)),
      leave: () => this.#point(null),
      click: (at) => this.#ask(this.#under(at)),
      key: (event) => this.#press(event),
    }, view.figures.square(plot)); // prettier-ignore
  }

  /** A new trace is shown. */
  shown(trace) {
    this.table = mapValues(trace.still.map_table, allOf);
    this.values = trace.still.map_values.value.array;
    this.panel.hidden = !this.values.length;
    this.panel.querySelector(".plot").style.aspectRatio = trace.facts.maps_aspect;
    this.#point(null);
  }

  /** Point at the unit of that name, if its map is shown. @param {string} text */
  hover(text) {
    const [, name, places] = text.match(/^([\w.]+)\[([\d, ]+)\]$/) ?? [];
    const [first, row = 0, column = 0] = (places ?? "").split(",").map(Number);
    const { layer, map, axes, columns } = this.table;
    const n = layer.findIndex((one, at) => one === name && (axes[at] === 1 || map[at] === first));
    if (n < 0) return this.#point(null);
    this.#point(axes[n] === 1 ? { n, row: Math.floor(first / columns[n]), column: first % columns[n] } : { n, row, column });
  }

  #under({ x, y }) {
    const { left, top, width, height, rows, columns } = this.table;
    const n = left.findIndex((at, i) => x >= at && x < at + width[i] && y >= top[i] && y < top[i] + height[i]);
    if (n < 0) return null;
    const unit = { n, row: Math.floor(((y - top[n]) / height[n]) * rows[n]), column: Math.floor(((x - left[n]) / width[n]) * columns[n]) };
    return this.#isThere(unit) ? unit : null;
  }

  /** The last row of a row of numbers may end early. @param {Unit} unit */
  #isThere(unit) {
    return this.#cell(unit) < this.table.units[unit.n];
  }

  #cell({ n, row, column }) {
    return row * this.table.columns[n] + column;
  }

  #position(unit) {
    const { axes, map } = this.table;
    return axes[unit.n] === 1 ? [this.#cell(unit)] : [map[unit.n], unit.row, unit.column];
  }

  #point(unit) {
    this.pointed = unit;
    const { left, top, width, height, rows, columns, layer, start } = this.table;
    const boxes = unit ? [unit] : [];
    this.view.figures.put("map_pointed", {
      x: boxes.map(({ n, column }) => left[n] + (column / columns[n]) * width[n]),
      y: boxes.map(({ n, row }) => 1 - top[n] - ((row + 1) / rows[n]) * height[n]),
      dw: boxes.map(({ n }) => width[n] / columns[n]),
      dh: boxes.map(({ n }) => height[n] / rows[n]),
    });
    const words = unit ? `${layer[unit.n]}[${this.#position(unit).join(", ")}] = ${write(this.values[start[unit.n] + this.#cell(unit)])}` : "";
    this.panel.querySelector(".readout").textContent = words;
  }

  #ask(unit) {
    if (unit) this.view.change("unit", `${this.table.layer[unit.n]}[${this.#position(unit).join(",")}]`);
  }

  /** @returns {boolean} whether the key did something */
  #press(event) {
    const move = MOVES[event.key];
    if (!this.values.length) return false;
    if (move) this.#point(this.#next(this.pointed ?? { n: 0, row: 0, column: 0 }, move, event.shiftKey));
    else if (event.key === "Enter" && this.pointed) this.#ask(this.pointed);
    else if (event.key === "Escape") this.view.change("unit", "");
    else return false;
    return true;
  }

  #next({ n, row, column }, [down, right], far) {
    const { rows, columns } = this.table;
    const other = far ? within(n + down + right, 0, rows.length - 1) : n;
    const place = (at, by, size) => within(at + (far ? 0 : by), 0, size - 1);
    const next = { n: other, row: place(row, down, rows[other]), column: place(column, right, columns[other]) };
    return this.#isThere(next) ? next : { n, row, column };
  }
}
