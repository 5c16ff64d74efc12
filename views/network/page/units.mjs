/**
 * Pointing at units in the drawing of all layers, by pointer or keys: the unit is read out, its window one layer back and
 * its receptive field on the input light up; a click or Enter asks it.
 *
 * The trace's sources say where everything is: map_table one row a map, block_table one row a layer, reach what each row
 * and column of a layer's maps sees, values every number. What is drawn here are places, no numbers.
 */
import { within, write } from "../../../static/js/numbers.mjs";
import { allOf, mapValues } from "../../../static/js/packet.mjs";
import { MOVES, Surface } from "../../../static/js/surface.mjs";

/** @typedef {{n: number, row: number, column: number}} Unit n: the row of map_table */
/** @typedef {{name: string, map: number, top: number, bottom: number, left: number, right: number}} Patch cells of a map */

const DRAWINGS = ["wide", "narrow"];

export class Units {
  /** @param {HTMLElement} section @param {import("../../../static/js/view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { view, pointed: null, keyed: null });
    this.panels = DRAWINGS.map((name) => section.querySelector(`[data-part=${name}]`));
    this.panels.forEach((panel, n) => this.#listen(panel, DRAWINGS[n]));
  }

  /** A new trace is shown. */
  shown(trace, settings) {
    const plain = (source) => mapValues(trace.still[source], allOf);
    this.maps = plain("map_table");
    this.blocks = plain("block_table");
    this.values = trace.still.values.value.array;
    const { block, axis, at, ...ends } = plain("reach");
    this.reach = new Map(Array.from(block, (_, n) => [`${block[n]} ${axis[n]} ${at[n]}`, mapValues(ends, (column) => column[n])]));
    this.asked = this.#find(settings.unit);
    if (this.pointed && !this.#isThere(this.pointed)) this.pointed = null;
    this.#light();
    this.#read();
  }

  /** Point at the unit of that name, or at none. */
  hover(text) {
    this.point(text ? this.#find(text) : null);
  }

  /** What a unit reads one layer back, and what it sees of the input. @returns {{window: Patch[], field: Patch[]}} */
  sees(text) {
    const unit = text ? this.#find(text) : null;
    const patch = ([n, top, bottom, left, right]) => {
      return { name: this.blocks.name[this.maps.block[n]], map: this.maps.map[n], top, bottom, left, right };
    };
    return { window: unit ? this.#window(unit).map(patch) : [], field: unit ? this.#field(unit).map(patch) : [] };
  }

  /** @param {Unit | null} unit */
  point(unit) {
    this.pointed = unit;
    this.#light();
    this.#read();
  }

  /** conv1[3,10,12], as the setting holds it. @param {Unit} unit */
  write(unit) {
    return `${this.blocks.name[this.maps.block[unit.n]]}[${this.#position(unit).join(",")}]`;
  }

  ask(unit) {
    this.view.change("unit", unit ? this.write(unit) : "");
  }

  #listen(panel, drawing) {
    const plot = panel.querySelector(".plot");
    plot.style.cursor = "pointer";
    new Surface(plot, {
      help: "Arrow keys choose a unit, with Shift up and down another map, left and right another layer; Enter asks it, Escape leaves.",
      hover: (at) => this.point(this.#under(drawing, at)),
      leave: () => this.point(null),
      click: (at) => {
        const unit = this.#under(drawing, at);
        if (unit) this.ask(unit);
      },
      key: (event) => this.#press(event),
    }, this.view.figures.square(plot)); // prettier-ignore
  }

  /** @returns {boolean} whether the key did something */
  #press(event) {
    const move = MOVES[event.key];
    const from = this.pointed ?? this.keyed ?? this.asked ?? { n: 0, row: 0, column: 0 };
    if (move) this.keyed = this.#step(from, move, event.shiftKey);
    else if (event.key === "Enter" && this.pointed) this.ask(this.pointed);
    else if (event.key === "Escape") this.ask(null);
    else return false;
    if (move) this.point(this.keyed);
    return true;
  }

  /** @returns {Unit} the next one in that direction */
  #step({ n, row, column }, [down, right], far) {
    const inside = (place, size) => within(place, 0, size - 1);
    const { block, rows, columns, cells } = this.maps;
    if (far && right) {
      const other = block.indexOf(inside(block[n] + right, this.blocks.name.length));
      return { n: other, row: inside(row, rows[other]), column: inside(column, columns[other]) };
    }
    // The single cells of a short row lie below each other.
    const single = cells[n] === 1 && rows[n] === 1;
    if ((far || single) && down) {
      const other = inside(n + down, block.length);
      return block[other] === block[n] ? { n: other, row, column } : { n, row, column };
    }
    const next = { n, row: inside(row + down, rows[n]), column: inside(column + right, columns[n]) };
    return this.#isThere(next) ? next : { n, row, column };
  }

  /** @returns {Unit | null} */
  #under(drawing, at) {
    const [x, y] = [at.x, 1 - at.y];
    const [left, bottom, width, height] = ["x", "y", "dw", "dh"].map((name) => this.maps[`${drawing}_${name}`]);
    const n = left.findIndex((at, i) => x >= at && x < at + width[i] && y >= bottom[i] && y < bottom[i] + height[i]);
    if (n < 0) return null;
    const row = Math.min(Math.floor((1 - (y - bottom[n]) / height[n]) * this.maps.rows[n]), this.maps.rows[n] - 1);
    const column = Math.floor(((x - left[n]) / width[n]) * this.maps.columns[n]);
    const unit = { n, row, column };
    return this.#isThere(unit) ? unit : null;
  }

  #cell({ n, row, column }) {
    return row * this.maps.columns[n] + column;
  }

  /** The end of a strip is empty. */
  #isThere(unit) {
    return unit.n < this.maps.rows.length && unit.row < this.maps.rows[unit.n] && this.#cell(unit) < this.maps.cells[unit.n];
  }

  #position(unit) {
    const block = this.maps.block[unit.n];
    if (this.blocks.axes[block] === 3) return [this.maps.map[unit.n], unit.row, unit.column];
    return [this.blocks.strip[block] ? this.#cell(unit) : this.maps.map[unit.n]];
  }

  /** The unit that a text names, if it is drawn. @returns {Unit | null} */
  #find(text) {
    const [, name, places] = text.match(/^(\w+)\[([\d, ]+)\]$/) ?? [];
    const block = this.blocks.name.indexOf(name);
    if (block < 0) return null;
    const [first, row = 0, column = 0] = places.split(",").map(Number);
    const start = this.maps.block.indexOf(block);
    const columns = this.maps.columns[start];
    const unit = this.blocks.strip[block]
      ? { n: start, row: Math.floor(first / columns), column: first % columns }
      : { n: start + first, row, column };
    return this.maps.block[unit.n] === block && this.#isThere(unit) ? unit : null;
  }

  /** Frames around the unit, what it reads and what it sees. */
  #light() {
    const { figures } = this.view;
    const unit = this.pointed ?? this.asked;
    figures.put("hovered", this.#rectangles(this.pointed ? [this.#box(this.pointed)] : []));
    figures.put("asked", this.#rectangles(this.asked ? [this.#box(this.asked)] : []));
    figures.put("window", this.#rectangles(unit ? this.#window(unit) : []));
    figures.put("field", this.#rectangles(unit ? this.#field(unit) : []));
  }

  #box({ n, row, column }) {
    return [n, row, row + 1, column, column + 1];
  }

  #sees(unit, kind) {
    const block = this.maps.block[unit.n];
    const [rows, columns] = [unit.row, unit.column].map((at, axis) => this.reach.get(`${block} ${axis} ${at}`));
    return rows && [rows[`${kind}_from`], rows[`${kind}_to`], columns[`${kind}_from`], columns[`${kind}_to`]];
  }

  #field(unit) {
    if (!this.maps.block[unit.n]) return [];
    return [[0, ...(this.#sees(unit, "field") ?? [0, this.maps.rows[0], 0, this.maps.columns[0]])]];
  }

  #window(unit) {
    const block = this.maps.block[unit.n];
    if (!block) return [];
    const before = [...this.maps.block.keys()].filter((n) => this.maps.block[n] === block - 1);
    const one = this.maps.map[unit.n];
    if (this.blocks.axes[block] !== 3) {
      if (this.blocks.reads_all[block]) return before.map((n) => [n, 0, this.maps.rows[n], 0, this.maps.columns[n]]);
      return [this.#box({ ...unit, n: unit.n - this.maps.block.indexOf(block) + before[0] })];
    }
    return before.filter((n) => this.blocks.reads_all[block] || this.maps.map[n] === one).map((n) => [n, ...this.#sees(unit, "window")]);
  }

  /** @param {number[][]} boxes map, top, bottom, left, right, in cells */
  #rectangles(boxes) {
    const columns = {};
    for (const drawing of DRAWINGS) {
      const [x, y, w, h] = ["x", "y", "dw", "dh"].map((name) => this.maps[`${drawing}_${name}`]);
      columns[`${drawing}_x`] = boxes.map(([n, , , left]) => x[n] + (left / this.maps.columns[n]) * w[n]);
      columns[`${drawing}_y`] = boxes.map(([n, , bottom]) => y[n] + (1 - bottom / this.maps.rows[n]) * h[n]);
      columns[`${drawing}_dw`] = boxes.map(([n, , , left, right]) => ((right - left) / this.maps.columns[n]) * w[n]);
      columns[`${drawing}_dh`] = boxes.map(([n, top, bottom]) => ((bottom - top) / this.maps.rows[n]) * h[n]);
    }
    return columns;
  }

  #read() {
    const unit = this.pointed;
    const words = unit
      ? `${this.blocks.title[this.maps.block[unit.n]]}[${this.#position(unit).join(", ")}] = ${this.#value(unit)}`
      : "";
    for (const panel of this.panels) panel.querySelector(".readout").textContent = words;
  }

  #value(unit) {
    return write(this.values[this.maps.start[unit.n] + this.#cell(unit)]);
  }
}
