/** The cells of a drawing: black or white, marked by a round brush, written as hexadecimal digits (views/network/tracing.py reads them). */

export const SIDE = 56; // cells, as in views/network/settings.py

export class Ink {
  /** @param {Uint8Array} [cells] row by row, 1 is ink */
  constructor(cells = new Uint8Array(SIDE * SIDE)) {
    this.cells = cells;
  }

  /** What a picture of the pad shows. @param {Float32Array} shades side × side of 0..1, side = SIDE or a part of it */
  static of(shades) {
    const side = Math.sqrt(shades.length);
    const each = SIDE / side;
    return new Ink(Uint8Array.from({ length: SIDE * SIDE }, (_, n) => {
      const [row, column] = [Math.floor(n / SIDE / each), Math.floor((n % SIDE) / each)];
      return shades[row * side + column] >= 0.5 ? 1 : 0;
    }));
  }

  /** A round mark about a point, in cells. The nearest cell is always marked. */
  stamp(row, column, radius, ink) {
    const reach = Math.ceil(radius);
    for (let r = Math.floor(row) - reach; r <= row + reach; r++) {
      for (let c = Math.floor(column) - reach; c <= column + reach; c++) {
        const near = Math.hypot(r + 0.5 - row, c + 0.5 - column) <= Math.max(radius, 0.71);
        if (near && r >= 0 && c >= 0 && r < SIDE && c < SIDE) this.cells[r * SIDE + c] = ink;
      }
    }
  }

  /** Marks all along a line. @param {[number, number]} from row and column @param {[number, number]} to */
  line(from, to, radius, ink) {
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1])));
    for (let n = 0; n <= steps; n++) {
      this.stamp(from[0] + ((to[0] - from[0]) * n) / steps, from[1] + ((to[1] - from[1]) * n) / steps, radius, ink);
    }
  }

  at(row, column) {
    return this.cells[Math.floor(row) * SIDE + Math.floor(column)];
  }

  /** As the setting holds it: "" for nothing at all. */
  toDigits() {
    let digits = "";
    for (let n = 0; n < this.cells.length; n += 4) {
      const [a, b, c, d] = this.cells.subarray(n, n + 4);
      digits += ((a << 3) | (b << 2) | (c << 1) | d).toString(16);
    }
    return /[^0]/.test(digits) ? digits : "";
  }

  toShades() {
    return Float32Array.from(this.cells);
  }
}
