/**
 * The pad: draw, erase or move, by mouse, touch, pen or keys. Ink goes straight into the pad's source, so that it is on the
 * screen in the next frame; Python gets the drawing when the stroke ends.
 */
import { Ink } from "../../../static/js/ink.mjs";
import { within } from "../../../static/js/numbers.mjs";
import { MOVES, Surface } from "../../../static/js/surface.mjs";

const MOST_UNDO = 60;
const KEPT = ["image", "drawing", "shift_down", "shift_right", "crop", "scale", "centre"]; // what undo brings back

export class Pad {
  /** @param {HTMLElement} panel @param {import("../../../static/js/view.mjs").View} view */
  constructor(panel, view) {
    Object.assign(this, { view, panel, plot: panel.querySelector(".plot"), readout: panel.querySelector(".readout") });
    const row = (setting) => view.rows.find(({ name }) => name === setting);
    ({ side: this.side, cells_per_pixel: this.pixel } = row("drawing"));
    [this.least, this.most] = row("shift_down").bounds;
    this.tool = "draw";
    this.brush = 2.4; // radius in cells
    this.undone = [];
    this.stroke = null; // what the pointer does while it is down
    /** @type {Ink | null} what was drawn here and not answered yet */
    this.mine = null;
    this.cursor = null; // [row, column] in cells, for the keys
    const surface = new Surface(this.plot, {
      help: "Arrow keys move the cursor, with Shift they draw a line, Space makes a mark or takes it away.",
      key: (event) => this.#press(event),
      press: (at, event) => this.#begin(this.#cell(at), event),
      drag: (at, event) => this.#go(this.#cell(at), event),
      dragged: () => this.#show(),
      release: () => this.#end(),
      cancel: () => this.#end(),
      revoke: () => this.#revoke(),
      leave: () => this.#showCursor(null),
    }, view.figures.square(this.plot)); // prettier-ignore
    const heading = panel.querySelector("figcaption");
    surface.alsoFrom(heading);
    for (const { style } of [this.plot, heading]) style.touchAction = "none"; // a finger draws instead of scrolling
  }

  /** A new trace is shown; what is drawn here and was not answered yet stays on top of it. */
  shown(trace, settings) {
    if (this.mine?.toDigits() === settings.drawing) this.mine = null;
    const newest = this.stroke?.ink?.changed ? this.stroke.ink : this.mine;
    if (newest) this.#paint(newest);
    const { array, shape } = trace.still.pad.image;
    [this.shades, this.shape] = [array, shape.slice(1)];
    this.plot.style.cursor = this.tool === "move" ? "grab" : "crosshair";
    this.panel.querySelector("[data-part=undo]").disabled = !this.undone.length;
  }

  choose(tool) {
    this.tool = tool;
    this.plot.style.cursor = tool === "move" ? "grab" : "crosshair";
  }

  clear() {
    this.#remember();
    this.#hand(new Ink(this.side));
  }

  undo() {
    const before = this.undone.pop();
    if (!before) return;
    this.mine = before.image === "drawing" && !before.shift_down && !before.shift_right ? Ink.read(before.drawing, this.side) : null;
    if (this.mine) this.#paint(this.mine);
    this.view.change("settings", before);
  }

  /** @returns {boolean} whether the pointer is followed: always */
  #begin(at, event) {
    const state = this.#state();
    if (this.tool === "move") {
      this.stroke = { state, start: at, from: [state.shift_down, state.shift_right] };
      return true;
    }
    this.stroke = { state, ink: this.#ink().copy(), at, before: this.mine };
    this.#go(at, event);
    this.#show();
    return true;
  }

  #go(at, event) {
    const { ink, start, from } = this.stroke;
    if (ink) {
      ink.line(this.stroke.at, at, this.#radius(event), this.tool === "draw" ? 1 : 0);
      this.stroke.at = at;
      return;
    }
    const [down, right] = at.map((place, axis) => from[axis] + Math.round((place - start[axis]) / this.pixel));
    this.stroke.moved ||= down !== from[0] || right !== from[1];
    if (this.stroke.moved) this.#move(down, right);
  }

  #show() {
    if (this.stroke.ink?.changed) this.#paint(this.stroke.ink);
  }

  /** What left no trace, beside the pad or on ink, was no stroke. */
  #end() {
    const { state, ink, moved } = this.stroke;
    this.stroke = null;
    if (moved || ink?.changed) this.#remember(state);
    if (ink?.changed) this.#hand(ink);
  }

  /** Take a stroke back that a palm made. */
  #revoke() {
    const { ink, before, from } = this.stroke;
    this.stroke = null;
    if (!ink) return this.#move(...from);
    this.mine = before;
    if (before) this.#paint(before);
    else this.view.figures.paint("pad", this.shades.slice(), ...this.shape);
  }

  /** @returns {boolean} whether the key did something */
  #press(event) {
    const move = MOVES[event.key];
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) this.undo();
    else if (move && this.tool === "move") this.#nudge(move);
    else if (move) this.#step(move, event.shiftKey);
    else if (event.key === " ") this.#toggle();
    else if (event.key === "Escape") this.#showCursor(null);
    else return false;
    return true;
  }

  #nudge([down, right]) {
    this.#remember();
    this.#move(this.view.settings.shift_down + down, this.view.settings.shift_right + right);
  }

  /** The cursor goes one pixel of the network's input; with Shift it leaves a line. */
  #step([down, right], draws) {
    const from = this.cursor ?? this.#home();
    const to = [from[0] + this.pixel * down, from[1] + this.pixel * right].map((place) => within(place, 0, this.side - this.pixel));
    if (draws) this.#mark((ink) => ink.line(this.#middle(from), this.#middle(to), this.brush, this.tool === "draw" ? 1 : 0));
    this.#showCursor(to);
  }

  #toggle() {
    const at = this.cursor ?? this.#home();
    const middle = this.#middle(at);
    this.#mark((ink) => ink.stamp(...middle, this.brush, ink.at(...middle) ? 0 : 1));
    this.#showCursor(at);
  }

  /** Where the cursor begins. */
  #home() {
    return [this.side / 2, this.side / 2];
  }

  /** The middle of the cells of one pixel. */
  #middle([row, column]) {
    return [row + this.pixel / 2, column + this.pixel / 2];
  }

  /** Change the drawing by keys: every change is a stroke of its own. */
  #mark(change) {
    this.#remember();
    const ink = this.#ink().copy();
    change(ink);
    this.#hand(ink);
  }

  /** What strokes go on: the drawing as it is seen; drawing over a test digit begins a new one, erasing takes from it. */
  #ink() {
    if (this.mine) return this.mine;
    const begins = this.tool === "draw" && this.view.latest("image") !== "drawing";
    return begins ? new Ink(this.side) : Ink.of(this.shades, this.side);
  }

  #hand(ink) {
    this.mine = ink;
    this.#paint(ink);
    this.view.change("settings", { image: "drawing", drawing: ink.toDigits(), shift_down: 0, shift_right: 0 });
  }

  #move(down, right) {
    const shift = (pixels) => within(pixels, this.least, this.most);
    this.view.change("settings", { shift_down: shift(down), shift_right: shift(right) });
  }

  /** All that undo brings back, as it was asked for last. */
  #state() {
    return Object.fromEntries(KEPT.map((name) => [name, this.view.latest(name)]));
  }

  #remember(state = this.#state()) {
    this.undone.push(state);
    if (this.undone.length > MOST_UNDO) this.undone.shift();
    this.panel.querySelector("[data-part=undo]").disabled = false;
  }

  #paint(ink) {
    this.view.figures.paint("pad", ink.toShades(), this.side, this.side);
  }

  #showCursor(at) {
    this.cursor = at ?? this.cursor;
    const [row, column] = at ?? [];
    const one = (value) => (at ? [value] : []);
    const length = this.pixel / this.side;
    const [x, y] = [one(column / this.side + length / 2), one(1 - row / this.side - length / 2)];
    this.view.figures.put("pad_cursor", { x, y, w: one(length), h: one(length) });
    const inked = at && (this.mine ?? Ink.of(this.shades, this.side)).at(...this.#middle(at));
    this.readout.textContent = at ? `row ${row / this.pixel}, column ${column / this.pixel}: ${inked ? "ink" : "empty"}` : "";
  }

  /** A pen's pressure makes the line thick or thin. */
  #radius({ pointerType, pressure }) {
    return pointerType === "pen" ? this.brush * (0.4 + 1.2 * pressure) : this.brush;
  }

  /** Row and column of a place, in cells, not rounded. @returns {[number, number]} */
  #cell({ x, y }) {
    return [y * this.side, x * this.side];
  }
}
