/** The sheets of the scene: which unit has which number, what it is called, and which one is under the pointer. */
import { mapValues } from "../../../static/js/packet.mjs";

export class Sheets {
  /** @param {Record<string, ArrayLike<any>>} table one row a sheet: name, title, axes, rows, columns, start, count, x, tiles */
  constructor(table) {
    this.table = table;
    this.ends = []; // of the sheets' tiles
    for (const count of table.tiles) this.ends.push((this.ends.at(-1) ?? 0) + count);
  }

  /** The numbers of a sheet's tiles. @returns {[number, number]} the first, and the one behind the last */
  tiles(sheet) {
    return [this.ends[sheet] - this.table.tiles[sheet], this.ends[sheet]];
  }

  /** The numbers of a sheet's units. @returns {[number, number]} the first, and the one behind the last */
  range(sheet) {
    return [this.table.start[sheet], this.table.start[sheet] + this.table.count[sheet]];
  }

  /** The sheet on which a unit stands. */
  of(number) {
    return this.table.start.findLastIndex((start) => start <= number);
  }

  /** conv1[3,10,12] as the setting holds it, or C1[3, 10, 12] in words. @param {"name" | "title"} kind */
  name(number, kind = "name") {
    const sheet = this.of(number);
    const { rows, columns, axes, start } = mapValues(this.table, (column) => column[sheet]);
    const n = number - start;
    const place = axes === 3 ? [Math.floor(n / (rows * columns)), Math.floor(n / columns) % rows, n % columns] : [n];
    return `${this.table[kind][sheet]}[${place.join(kind === "name" ? "," : ", ")}]`;
  }

  /** The neighbour of a unit: left and right on another sheet, up and down the one before or behind it. */
  next(number, key) {
    const sheet = this.of(number);
    const [first, end] = this.range(sheet);
    const along = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (along) return Math.min(Math.max(number + along, first), end - 1);
    const other = Math.min(Math.max(sheet + (key === "ArrowRight" ? 1 : -1), 0), this.table.start.length - 1);
    return this.table.start[other] + Math.min(number - first, this.table.count[other] - 1);
  }

  /**
   * The corners of cells of a map, in the world, around; none if their sheet is not there. Of a row of features all, or one.
   * @param {import("./units.mjs").Patch} patch @param {import("./camera.mjs").Points & {side: ArrayLike<number>}} units
   * @returns {{x: number[], y: number[], z: number[]}}
   */
  corners({ name, map, top, bottom, left, right }, units) {
    const sheet = this.table.name.indexOf(name);
    if (sheet < 0) return { x: [], y: [], z: [] };
    const [start, end] = this.range(sheet);
    const { rows, columns, axes } = mapValues(this.table, (column) => column[sheet]);
    const whole = axes === 1 && bottom - top > 1;
    const at = axes === 3 ? start + map * rows * columns : start + map;
    const cells = whole ? range(start, end) : [at + top * columns + left, at + (bottom - 1) * columns + right - 1];
    const half = units.side[start] / 2;
    const [high, low] = [Math.max(...cells.map((n) => units.y[n])) + half, Math.min(...cells.map((n) => units.y[n])) - half];
    const [near, far] = [Math.min(...cells.map((n) => units.z[n])) - half, Math.max(...cells.map((n) => units.z[n])) + half];
    return { x: Array(4).fill(units.x[start]), y: [high, high, low, low], z: [near, far, far, near] };
  }

  /**
   * The nearest unit at a place of the picture. @param {number[]} order the sheets, the farthest first
   * @param {{x: Float32Array, y: Float32Array, scale: Float32Array}} seen @param {Float32Array} side of every unit
   * @param {[number, number]} sides how wide and high a length of 1 appears @returns {number | null}
   */
  under([px, py], order, seen, side, [wide, high]) {
    for (const sheet of [...order].reverse()) {
      const [first, end] = this.range(sheet);
      for (let n = first; n < end; n++) {
        const half = (side[n] * seen.scale[n]) / 2;
        if (Math.abs(px - seen.x[n]) <= half * wide && Math.abs(py - seen.y[n]) <= half * high) return n;
      }
    }
    return null;
  }
}

const range = (from, to) => Array.from({ length: to - from }, (_, n) => from + n);
