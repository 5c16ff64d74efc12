/**
 * The pad: draw, erase or move, by mouse, touch, pen or keys. Ink goes straight into the pad's source, so that it is on the
 * screen in the next frame; Python gets the drawing when the stroke ends.
 */
import { MOVES } from "../../../static/js/pointing.mjs";
import { Ink, SIDE } from "./ink.mjs";

const FIELD = 28; // pixels of the network's input; a move goes in these
const MOST_UNDO = 60;
const KEPT = ["image", "drawing", "shift_down", "shift_right", "crop", "scale", "centre"]; // what undo brings back

export class Pad {
  /** @param {HTMLElement} panel @param {import("../../../static/js/view.mjs").View} view */
  constructor(panel, view) {
    Object.assign(this, { view, panel, plot: panel.querySelector(".plot"), readout: panel.querySelector(".readout") });
    this.tool = "draw";
    this.brush = 2.4; // radius in cells
    this.undone = [];
    this.stroke = null; // {ink, at} or {start, shift} while the pointer is down
    this.mine = null; // what was drawn here and not answered yet
    this.cursor = null; // [row, column] in cells, for the keys
    const { plot } = this;
    plot.style.touchAction = "none"; // a finger draws instead of scrolling
    plot.addEventListener("pointerdown", (event) => this.#begin(event));
    plot.addEventListener("pointermove", (event) => this.#go(event));
    for (const end of ["pointerup", "pointercancel"]) plot.addEventListener(end, () => this.#end());
    plot.tabIndex = 0;
    plot.setAttribute("role", "application");
    plot.ariaLabel += ". Arrow keys move the cursor, with Shift they draw a line, Space makes a mark or takes it away.";
    plot.addEventListener("keydown", (event) => this.#press(event));
    plot.addEventListener("focus", () => this.readout.setAttribute("aria-live", "polite"));
    plot.addEventListener("blur", () => this.#showCursor(null));
  }

  /** A new trace is shown; what is drawn here and was not answered yet stays on top of it. */
  shown(trace, settings) {
    const answered = this.mine && !this.stroke && this.mine.toDigits() === settings.drawing;
    if (answered || !this.mine) this.mine = null;
    else this.#paint(this.mine);
    this.shades = trace.still.pad.image.array;
    this.plot.style.cursor = this.tool === "move" ? "grab" : "crosshair";
    this.panel.querySelector("[data-part=undo]").disabled = !this.undone.length;
  }

  choose(tool) {
    this.tool = tool;
    this.plot.style.cursor = tool === "move" ? "grab" : "crosshair";
  }

  clear() {
    this.#remember();
    this.#hand(new Ink());
  }

  undo() {
    const before = this.undone.pop();
    if (!before) return;
    this.mine = null;
    this.view.change("settings", before);
  }

  #begin(event) {
    if (event.button) return;
    this.plot.setPointerCapture(event.pointerId);
    const at = this.#place(event);
    this.#remember();
    if (this.tool === "move") {
      const { shift_down: down, shift_right: right } = this.view.settings;
      this.stroke = { start: at, shift: [down, right] };
      return;
    }
    this.stroke = { ink: this.#ink(), at, radius: this.#radius(event) };
    this.mine = this.stroke.ink;
    this.#go(event);
  }

  #go(event) {
    if (!this.stroke) return;
    const { ink, start, shift } = this.stroke;
    if (!ink) {
      const [row, column] = this.#place(event);
      const by = [row - start[0], column - start[1]].map((cells) => Math.round((cells * FIELD) / SIDE));
      this.#move(shift[0] + by[0], shift[1] + by[1]);
      return;
    }
    const samples = event.getCoalescedEvents?.() ?? [];
    for (const sample of samples.length ? samples : [event]) {
      const at = this.#place(sample);
      ink.line(this.stroke.at, at, this.#radius(sample), this.tool === "draw" ? 1 : 0);
      this.stroke.at = at;
    }
    this.#paint(ink);
  }

  #end() {
    const { ink } = this.stroke ?? {};
    this.stroke = null;
    if (ink) this.#hand(ink);
  }

  #press(event) {
    const move = MOVES[event.key];
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) this.undo();
    else if (move && this.tool === "move") this.#nudge(move);
    else if (move) this.#step(move, event.shiftKey);
    else if (event.key === " ") this.#toggle();
    else if (event.key === "Escape") this.#showCursor(null);
    else return; // the player's keys work here too
    event.preventDefault();
    event.stopPropagation();
  }

  #nudge([down, right]) {
    this.#remember();
    this.#move(this.view.settings.shift_down + down, this.view.settings.shift_right + right);
  }

  /** The cursor goes one pixel of the network's input; with Shift it leaves a line. */
  #step([down, right], draws) {
    const from = this.cursor ?? [SIDE / 2, SIDE / 2];
    const to = [from[0] + 2 * down, from[1] + 2 * right].map((place) => Math.min(Math.max(place, 0), SIDE - 2));
    if (draws) this.#mark((ink) => ink.line(middle(from), middle(to), this.brush, this.tool === "draw" ? 1 : 0));
    this.#showCursor(to);
  }

  #toggle() {
    const at = this.cursor ?? [SIDE / 2, SIDE / 2];
    this.#mark((ink) => ink.stamp(...middle(at), this.brush, ink.at(...middle(at)) ? 0 : 1));
    this.#showCursor(at);
  }

  /** Change the drawing by keys: every change is a stroke of its own. */
  #mark(change) {
    this.#remember();
    const ink = this.#ink();
    change(ink);
    this.#hand(ink);
  }

  /** What strokes go on: the drawing as it is seen; drawing over a test digit begins a new one, erasing takes from it. */
  #ink() {
    if (this.mine) return this.mine;
    const begins = this.tool === "draw" && this.view.settings.image !== "drawing";
    return begins ? new Ink() : Ink.of(this.shades);
  }

  #hand(ink) {
    this.mine = ink;
    this.#paint(ink);
    this.view.change("settings", { image: "drawing", drawing: ink.toDigits(), shift_down: 0, shift_right: 0 });
  }

  #move(down, right) {
    const within = (shift) => Math.min(Math.max(shift, 1 - FIELD), FIELD - 1);
    this.view.change("settings", { shift_down: within(down), shift_right: within(right) });
  }

  #remember() {
    const { settings } = this.view;
    this.undone.push(Object.fromEntries(KEPT.map((name) => [name, settings[name]])));
    if (this.undone.length > MOST_UNDO) this.undone.shift();
    this.panel.querySelector("[data-part=undo]").disabled = false;
  }

  #paint(ink) {
    this.view.figures.paint("pad", ink.toShades(), SIDE, SIDE);
  }

  #showCursor(at) {
    this.cursor = at ?? this.cursor;
    const [row, column] = at ?? [];
    const one = (value) => (at ? [value] : []);
    const side = 2 / SIDE;
    this.view.figures.put("pad_cursor", { x: one((column + 1) / SIDE), y: one(1 - (row + 1) / SIDE), w: one(side), h: one(side) });
    const inked = at && (this.mine?.at(...middle(at)) ?? Ink.of(this.shades).at(...middle(at)));
    this.readout.textContent = at ? `row ${row / 2}, column ${column / 2}: ${inked ? "ink" : "empty"}` : "";
  }

  /** A pen's pressure makes the line thick or thin. */
  #radius({ pointerType, pressure }) {
    return pointerType === "pen" ? this.brush * (0.4 + 1.2 * pressure) : this.brush;
  }

  /** Row and column under the pointer, in cells, not rounded. @returns {[number, number]} */
  #place({ clientX, clientY }) {
    const box = this.plot.getBoundingClientRect();
    return [((clientY - box.top) / box.height) * SIDE, ((clientX - box.left) / box.width) * SIDE];
  }
}

/** The middle of the 2×2 cells of one pixel. */
function middle([row, column]) {
  return [row + 1, column + 1];
}
