/**
 * Painting over the photograph: what is painted is grey to the network, and the answer changes. A stroke that begins on paint
 * takes paint away. It works while its button is pressed, so that a finger scrolls the page at other times.
 */
import { make } from "../../../static/js/elements.mjs";
import { Ink } from "../../../static/js/ink.mjs";
import { within } from "../../../static/js/numbers.mjs";
import { MOVES, Surface } from "../../../static/js/surface.mjs";
import { button } from "../../units/page/pieces.mjs";

const SETTING = "erased";
const RADIUS = 1.5; // cells

export class Erasing {
  /** @param {HTMLElement} section @param {import("../../../static/js/view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { view, isEnabled: false, isOn: false, ink: null, at: null });
    this.panel = section.querySelector("[data-part=photo]");
    this.plot = this.panel.querySelector(".plot");
    this.side = view.rows.find(({ name }) => name === SETTING).side;
    this.toggle = button("Paint over it", () => this.#turn(!this.isOn), { ariaPressed: "false" });
    this.clear = button("Take the paint away", () => view.change(SETTING, ""));
    const bar = make("p", { className: "photo-tools" });
    bar.append(this.toggle, this.clear);
    this.panel.append(bar);
    new Surface(this.plot, {
      help: "While “Paint over it” is pressed, arrow keys move a brush, Enter paints or takes paint away.",
      hover: (at) => this.#brush(this.isOn ? this.#cell(at) : null),
      leave: () => this.#brush(null),
      press: (at) => this.#begin(this.#cell(at)),
      drag: (at) => this.#go(this.#cell(at)),
      dragged: () => this.#paint(),
      release: () => this.#hand(),
      cancel: () => this.#hand(),
      revoke: () => this.#forget(),
      key: (event) => this.#key(event),
    }, view.figures.square(this.plot)); // prettier-ignore
  }

  /** A new trace is shown. */
  shown(trace, settings) {
    this.clear.disabled = !this.isEnabled || !settings[SETTING];
    if (!this.isDrawing && this.view.latest(SETTING) === settings[SETTING]) this.#forget();
  }

  enable(yes) {
    this.isEnabled = yes;
    this.toggle.disabled = !yes;
    this.clear.disabled = !yes || !this.view.settings[SETTING];
    if (!yes) this.#turn(false);
  }

  #turn(yes) {
    this.isOn = yes;
    this.toggle.ariaPressed = String(yes);
    this.plot.style.cursor = yes ? "crosshair" : "";
    this.plot.style.touchAction = yes ? "none" : "";
    if (!yes) this.#brush(null);
  }

  #begin(cell) {
    if (!this.isOn) return false;
    this.ink = Ink.read(this.view.latest(SETTING), this.side);
    Object.assign(this, { isDrawing: true, at: cell, mark: this.ink.at(...cell) ? 0 : 1 });
    this.#go(cell);
    this.#paint();
    return true;
  }

  #go(cell) {
    this.ink.line(this.at, cell, RADIUS, this.mark);
    this.at = cell;
    this.#brush(cell);
  }

  /** The paint is seen at once; what the network says of it comes when it is computed. */
  #paint() {
    const cells = this.ink ? [...this.ink.cells.keys()].filter((n) => this.ink.cells[n]) : [];
    this.view.figures.light("photo_paint", cells.map((n) => [Math.floor(n / this.side), n % this.side]), [this.side, this.side]);
  }

  #hand() {
    this.isDrawing = false;
    const digits = this.ink.toDigits();
    if (digits !== this.view.latest(SETTING)) this.view.change(SETTING, digits);
    else this.#forget();
  }

  #forget() {
    Object.assign(this, { ink: null, isDrawing: false });
    this.#paint();
  }

  #key({ key }) {
    if (!this.isOn) return false;
    const middle = this.side / 2;
    const [row, column] = this.keyed ?? [middle, middle];
    const move = MOVES[key];
    if (move) this.keyed = [within(row + move[0], 0, this.side - 1), within(column + move[1], 0, this.side - 1)];
    else if (key === "Enter") {
      this.#begin([row + 0.5, column + 0.5]);
      this.#hand();
    } else if (key === "Escape") this.#turn(false);
    else return false;
    if (this.isOn) this.#brush((this.keyed ?? [row, column]).map((place) => place + 0.5));
    return true;
  }

  #brush(cell) {
    const cells = cell && cell.every((place) => place >= 0 && place < this.side) ? [cell.map((place) => Math.floor(place) - 1)] : [];
    const size = 3 / this.side;
    this.view.figures.put("photo_brush", {
      x: cells.map(([, column]) => column / this.side + size / 2), y: cells.map(([row]) => 1 - row / this.side - size / 2),
      w: cells.map(() => size), h: cells.map(() => size),
    }); // prettier-ignore
  }

  #cell({ x, y }) {
    return [y * this.side, x * this.side];
  }
}
