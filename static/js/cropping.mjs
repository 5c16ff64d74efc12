/**
 * A picture with the square of it that is taken: dragged within, it moves; at a corner, it is resized; a drag that begins
 * beside it makes a new one. Arrow keys move it, + and − resize it.
 */
import { make } from "./elements.mjs";
import { within } from "./numbers.mjs";
import { MOVES, Surface } from "./surface.mjs";

const LONGEST_SIDE = 480; // pixels that are drawn
const LEAST_SIDE = 16; // pixels of the picture
const CORNER = 0.06; // of the longer side of the picture: as near as this to a corner, a press takes it
const KEY_STEP = 1 / 32; // of the longer side
const RESIZES = { "+": 1, "=": 1, "-": -1, "−": -1 };
const HELP = "The square of the picture that is taken. Arrow keys move it, plus and minus resize it.";

/** @typedef {{left: number, top: number, side: number}} Square in the picture's pixels */

export class Cropping {
  /** @param {() => void} changed the square is another one */
  constructor(changed) {
    this.changed = changed;
    this.canvas = make("canvas", { className: "crop", tabIndex: 0, role: "application", ariaLabel: HELP, hidden: true });
    this.words = make("p", { className: "help", ariaLive: "polite" });
    new Surface(this.canvas, {
      press: (at) => this.#press(at),
      drag: (at) => this.#drag(at),
      dragged: () => this.#tell(),
    }, (pointer) => this.#placeOf(pointer)); // prettier-ignore
    this.canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Show another picture with the largest square in its middle. @param {CanvasImageSource} source */
  take(source, width, height) {
    const side = Math.min(width, height);
    Object.assign(this, { source, width, height });
    this.#put({ left: (width - side) / 2, top: (height - side) / 2, side });
    const scale = LONGEST_SIDE / Math.max(width, height);
    [this.canvas.width, this.canvas.height] = [width, height].map((length) => Math.max(1, Math.round(length * scale)));
    this.canvas.hidden = false;
    this.draw();
  }

  /** Show nothing. */
  clear() {
    this.source = null;
    this.canvas.hidden = true;
    this.words.textContent = "";
  }

  /** What is taken of the source, as drawImage wants it. */
  get part() {
    const { left, top, side } = this.square;
    return { left, top, width: side, height: side };
  }

  /** Draw the source as it is now, all but the square darker. */
  draw() {
    const { width, height } = this.canvas;
    const context = this.canvas.getContext("2d");
    const scale = width / this.width;
    const [left, top, side] = [this.square.left, this.square.top, this.square.side].map((length) => length * scale);
    context.clearRect(0, 0, width, height);
    context.drawImage(this.source, 0, 0, width, height);
    const outside = new Path2D();
    outside.rect(0, 0, width, height);
    outside.rect(left, top, side, side);
    context.fillStyle = "rgba(0, 0, 0, 0.55)";
    context.fill(outside, "evenodd");
    for (const [lineWidth, strokeStyle] of [[5, "#000"], [2, "#fff"]]) { // seen on light and on dark
      Object.assign(context, { lineWidth, strokeStyle });
      context.strokeRect(left + 2.5, top + 2.5, side - 5, side - 5);
    }
  }

  #placeOf({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return { x: ((clientX - left) / width) * this.width, y: ((clientY - top) / height) * this.height };
  }

  /** What the drag that begins here does: it holds the place in the square, or the corner opposite. */
  #press(at) {
    const { left, top, side } = this.square;
    const near = CORNER * Math.max(this.width, this.height);
    const ends = [[left, left + side], [top, top + side]]; // prettier-ignore
    const [across, down] = [at.x, at.y].map((place, axis) => ends[axis].findIndex((end) => Math.abs(end - place) < near));
    const isInside = at.x > left && at.x < left + side && at.y > top && at.y < top + side;
    if (across >= 0 && down >= 0) this.opposite = { x: ends[0][1 - across], y: ends[1][1 - down] };
    else this.opposite = isInside ? null : { x: within(at.x, 0, this.width), y: within(at.y, 0, this.height) };
    this.held = { x: at.x - left, y: at.y - top };
    return true;
  }

  #drag(at) {
    const { opposite, held, square } = this;
    if (!opposite) return this.#put({ ...square, left: at.x - held.x, top: at.y - held.y });
    const [toRight, below] = [at.x >= opposite.x, at.y >= opposite.y];
    const room = Math.min(toRight ? this.width - opposite.x : opposite.x, below ? this.height - opposite.y : opposite.y);
    const side = within(Math.max(Math.abs(at.x - opposite.x), Math.abs(at.y - opposite.y)), Math.min(this.#least, room), room);
    return this.#put({ side, left: toRight ? opposite.x : opposite.x - side, top: below ? opposite.y : opposite.y - side });
  }

  #key(event) {
    const [move, resize] = [MOVES[event.key], RESIZES[event.key]];
    if ((!move && !resize) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // the player and the deck have the same keys
    const by = KEY_STEP * Math.max(this.width, this.height);
    const { left, top, side } = this.square;
    if (move) this.#put({ side, left: left + move[1] * by, top: top + move[0] * by });
    else this.#put({ side: side + resize * by, left: left - (resize * by) / 2, top: top - (resize * by) / 2 });
    this.#tell();
  }

  get #least() {
    return Math.min(LEAST_SIDE, this.width, this.height);
  }

  /** Whole pixels, within the picture. @param {Square} square */
  #put({ left, top, side }) {
    const size = Math.round(within(side, this.#least, Math.min(this.width, this.height)));
    const place = (from, length) => Math.round(within(from, 0, length - size));
    this.square = { left: place(left, this.width), top: place(top, this.height), side: size };
  }

  #tell() {
    const { left, top, side } = this.square;
    this.words.textContent = `${side}×${side} of ${this.width}×${this.height} pixels, from row ${top}, column ${left} on.`;
    this.draw();
    this.changed();
  }
}
