/**
 * A drawing of black and white cells, marked by a round brush. This is the one codec of drawings in the page: hexadecimal
 * digits, row by row, four cells a digit, "" for an empty one (views/settings.py: Drawing).
 */

export class Ink {
  /** @param {number} side cells @param {Uint8Array} [cells] row by row, 1 is ink */
  constructor(side, cells = new Uint8Array(side * side)) {
    Object.assign(this, { side, cells });
    this.changed = false; // by marks
  }

  /** @param {string} digits as the setting holds it */
  static read(digits, side) {
    const bits = [...digits].flatMap((digit) => [8, 4, 2, 1].map((bit) => (parseInt(digit, 16) & bit ? 1 : 0)));
    return digits ? new Ink(side, Uint8Array.from(bits)) : new Ink(side);
  }

  /** What a picture shows. @param {Float32Array} shades of 0..1, square; its side is `side` or a part of it */
  static of(shades, side) {
    const each = side / Math.sqrt(shades.length);
    const shadeAt = (n) => shades[Math.floor(n / side / each) * (side / each) + Math.floor((n % side) / each)];
    return new Ink(side, Uint8Array.from({ length: side * side }, (_, n) => (shadeAt(n) >= 0.5 ? 1 : 0)));
  }

  copy() {
    return new Ink(this.side, this.cells.slice());
  }

  /** A round mark about a point, in cells. The nearest cell is always marked. */
  stamp(row, column, radius, ink) {
    const reach = Math.ceil(radius);
    for (let r = Math.floor(row) - reach; r <= row + reach; r++) {
      for (let c = Math.floor(column) - reach; c <= column + reach; c++) {
        const near = Math.hypot(r + 0.5 - row, c + 0.5 - column) <= Math.max(radius, 0.71);
        if (near && this.#has(r, c)) this.#set(r * this.side + c, ink);
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

  /** Whether there is ink at a point, in cells; none beside the drawing. */
  at(row, column) {
    const [r, c] = [Math.floor(row), Math.floor(column)];
    return this.#has(r, c) && this.cells[r * this.side + c] === 1;
  }

  #has(row, column) {
    return row >= 0 && column >= 0 && row < this.side && column < this.side;
  }

  #set(cell, ink) {
    this.changed ||= this.cells[cell] !== ink;
    this.cells[cell] = ink;
  }

  /** As the setting holds it. */
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
