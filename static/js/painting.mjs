/**
 * Drawing on the picture of the input, by mouse, finger or pen: a stroke that begins on ink erases. The trace's fact
 * `paints` names the setting that holds the drawing, or is absent; `paints_at` tells where in the picture it lies.
 */
import { Ink } from "./ink.mjs";
import { Surface } from "./surface.mjs";

const RADIUS = 1; // cells: a stroke of a digit is about two wide

export class Painting {
  /** @param {HTMLElement} panel the input's @param {import("./view.mjs").View} view */
  constructor(panel, view) {
    Object.assign(this, { view, plot: panel.querySelector(".plot"), heading: panel.querySelector("figcaption") });
    const surface = new Surface(this.plot, {
      press: (at) => this.#begin(at),
      drag: (at) => this.#go(at),
      dragged: () => this.#hand(),
      release: () => this.#hand(),
      cancel: () => this.#hand(),
      revoke: () => this.#hand(this.before),
    }, view.figures.square(this.plot)); // prettier-ignore
    surface.alsoFrom(this.heading);
  }

  /** A finger draws instead of scrolling, but only where there is something to draw on. */
  refresh() {
    const { paints } = this.view.trace.facts;
    for (const { style } of [this.plot, this.heading]) style.touchAction = paints ? "none" : "";
    this.plot.style.cursor = paints ? "crosshair" : "";
  }

  #begin(at) {
    const { paints } = this.view.trace.facts;
    if (!paints) return false;
    this.lies = this.view.trace.facts.paints_at.split(" ").map(Number);
    this.before = this.view.latest(paints); // a Clear may be on its way
    this.ink = Ink.read(this.before, this.view.rows.find(({ name }) => name === paints).side);
    this.at = this.#cell(at);
    this.mark = this.ink.at(...this.at) ? 0 : 1;
    this.#go(at);
    return true;
  }

  #go(at) {
    const cell = this.#cell(at);
    this.ink.line(this.at, cell, RADIUS, this.mark);
    this.at = cell;
  }

  /** Only what is drawn is news: a stroke may begin beside the picture. */
  #hand(digits = this.ink.toDigits()) {
    const { paints } = this.view.trace.facts;
    if (paints && digits !== this.view.latest(paints)) this.view.change(paints, digits);
  }

  /** Row and column of the drawing there, in cells, padding taken off. @returns {[number, number]} */
  #cell({ x, y }) {
    const [top, left, side] = this.lies;
    return [y * side - top, x * side - left];
  }
}
