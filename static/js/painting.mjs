/**
 * Drawing on the picture of the input: black and white cells, by mouse, touch or pen. The first cell of a stroke says
 * whether it draws or erases. The trace's fact `paints` names the setting that holds the drawing, or is absent.
 */

const SIDE = 28; // cells, as in views/settings.py
const BRUSH = [[0, 0], [0, 1], [1, 0], [1, 1]]; // a stroke of a digit is about two cells wide

export class Painting {
  /** @param {HTMLElement} panel the input's @param {import("./view.mjs").View} view */
  constructor(panel, view) {
    Object.assign(this, { view, plot: panel.querySelector(".plot"), bits: null, ink: true });
    this.plot.addEventListener("pointerdown", (event) => this.#begin(event));
    this.plot.addEventListener("pointermove", (event) => this.#stroke(event));
    for (const end of ["pointerup", "pointercancel"]) this.plot.addEventListener(end, () => this.#end());
  }

  /** A finger draws instead of scrolling, but only where there is something to draw on. */
  refresh() {
    this.plot.style.touchAction = this.view.trace.facts.paints ? "none" : "";
    this.plot.style.cursor = this.view.trace.facts.paints ? "crosshair" : "";
  }

  #begin(event) {
    const { paints } = this.view.trace.facts;
    if (!paints || event.button) return;
    this.plot.setPointerCapture(event.pointerId);
    this.bits = toBits(this.view.settings[paints]);
    const [row, column] = this.#place(event);
    this.ink = !this.bits[row * SIDE + column];
    this.#stroke(event);
  }

  #stroke(event) {
    if (!this.bits) return;
    for (const sample of event.getCoalescedEvents?.() ?? [event]) this.#mark(...this.#place(sample));
    this.#mark(...this.#place(event));
    this.view.change(this.view.trace.facts.paints, toDigits(this.bits));
  }

  #end() {
    this.bits = null;
  }

  #mark(row, column) {
    for (const [down, across] of BRUSH) {
      const [r, c] = [row + down, column + across];
      if (r >= 0 && c >= 0 && r < SIDE && c < SIDE) this.bits[r * SIDE + c] = this.ink;
    }
  }

  /** The cell of the drawing under the pointer, padding taken off (the fact `paints_at` says how much). */
  #place({ clientX, clientY }) {
    const [top, left, side] = this.view.trace.facts.paints_at.split(" ").map(Number);
    const box = this.plot.getBoundingClientRect();
    return [Math.floor(((clientY - box.top) / box.height) * side) - top, Math.floor(((clientX - box.left) / box.width) * side) - left];
  }
}

/** @param {string} digits hexadecimal @returns {boolean[]} */
function toBits(digits) {
  const all = digits || "0".repeat((SIDE * SIDE) / 4);
  return [...all].flatMap((digit) => [8, 4, 2, 1].map((bit) => Boolean(parseInt(digit, 16) & bit)));
}

/** @param {boolean[]} bits @returns {string} "" for an empty drawing */
function toDigits(bits) {
  let digits = "";
  for (let n = 0; n < bits.length; n += 4) {
    digits += ((bits[n] && 8) | (bits[n + 1] && 4) | (bits[n + 2] && 2) | (bits[n + 3] && 1)).toString(16);
  }
  return /[^0]/.test(digits) ? digits : "";
}
