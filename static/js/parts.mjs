/** Which part of its drawing each figure shows, in shares of the whole from its upper-left corner. */

const WHOLE = { left: 0, top: 0, width: 1, height: 1 };
const HERE = { sync: false, check_eq: false };

export class Parts {
  /** @type {Map<string, import("./grid.mjs").Rectangle>} */
  #shown = new Map();

  /** @param {string} figure its name */
  of(figure) {
    return this.#shown.get(figure) ?? WHOLE;
  }

  /** Let a figure show a part by its ranges. @param {object} model Bokeh's @param {import("./grid.mjs").Rectangle} part */
  show({ name, x_range: across, y_range: up }, part) {
    const before = this.of(name);
    if (Object.keys(WHOLE).every((side) => part[side] === before[side])) return;
    this.#shown.set(name, part);
    const [wide, high] = [(across.end - across.start) / before.width, (up.end - up.start) / before.height];
    const [left, top] = [across.start - before.left * wide, up.end + before.top * high]; // of the whole
    across.setv({ start: left + part.left * wide, end: left + (part.left + part.width) * wide }, HERE);
    up.setv({ start: top - (part.top + part.height) * high, end: top - part.top * high }, HERE);
  }

  /** A rectangle of the whole drawing in what the figure shows. @param {import("./grid.mjs").Rectangle} box */
  inShown(figure, box) {
    const { left, top, width, height } = this.of(figure);
    return { left: (box.left - left) / width, top: (box.top - top) / height, width: box.width / width, height: box.height / height };
  }

  /** A place in what a figure shows as a place in its whole drawing. @returns {import("./surface.mjs").Place} */
  inWhole(figure, { x, y }) {
    const { left, top, width, height } = this.of(figure);
    return { x: left + width * x, y: top + height * y };
  }
}
