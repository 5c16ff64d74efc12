/**
 * The panels that show where a class is seen: what is pointed at is read out, a click on a cell of a class's map asks that
 * unit, and the grey square is dragged or moved by keys. Below the first one the sweep of the square is begun and stopped.
 */
import { make } from "../../../static/js/elements.mjs";
import { within, write } from "../../../static/js/numbers.mjs";
import { MOVES, Surface } from "../../../static/js/surface.mjs";
import { button } from "../../units/page/pieces.mjs";

const PANELS = { seen: "class_map", beside: "class_map_beside" };
const SIDE = 224; // pixels of the photograph
const KEY_STEP = 8; // pixels
const READ = { map: "conv10", gradient: "gradient × input", occlusion: "lost" };

export class Seen {
  /** @param {HTMLElement} section @param {import("../../../static/js/view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { view, isEnabled: false });
    this.panels = Object.keys(PANELS).map((part) => section.querySelector(`[data-part=${part}]`));
    for (const panel of this.panels) this.#listen(panel);
    this.#addSweep(this.panels[0]);
  }

  /** A new trace is shown. */
  shown(trace, settings) {
    Object.assign(this, { trace, settings });
    const { facts } = trace;
    const moves = settings.why === "occlusion";
    for (const panel of this.panels) {
      const { part } = panel.dataset;
      panel.querySelector(".title").textContent = `Where it sees ${facts[`${part}_title`] ?? "the second class"}`;
      panel.querySelector(".legend").hidden = !trace.still[PANELS[part]].x.array.length;
      const plot = panel.querySelector(".plot");
      plot.style.cursor = moves ? "grab" : settings.why === "map" ? "pointer" : "";
      plot.style.touchAction = moves ? "none" : ""; // there a finger drags instead of scrolling
    }
    const [done, all] = [Number(facts.sweep_done ?? 0), Number(facts.sweep_all ?? 0)];
    this.sweep.hidden = !moves;
    this.isSweeping = "sweeping" in facts;
    this.go.textContent = this.isSweeping ? "Stop the sweep" : done && done < all ? "Go on with the sweep" : "Sweep it over the photograph";
    Object.assign(this.bar, { max: all || 1, value: done, hidden: !this.isSweeping });
    this.count.textContent = all ? `${done} of ${all} places` : "";
    this.isDone = all > 0 && done === all;
    this.#enableSweep();
  }

  enable(yes) {
    this.isEnabled = yes;
    this.#enableSweep();
  }

  #enableSweep() {
    this.go.disabled = !this.isEnabled || this.isDone;
  }

  #addSweep(panel) {
    this.sweep = make("p", { className: "photo-tools", hidden: true });
    this.go = button("Sweep it over the photograph", () => this.view.change("sweep", !this.isSweeping));
    this.bar = make("progress", { ariaLabel: "Places covered" });
    this.count = make("span", { className: "help" });
    this.sweep.append(this.go, this.bar, this.count);
    panel.append(this.sweep);
  }

  #listen(panel) {
    const plot = panel.querySelector(".plot");
    new Surface(plot, {
      help: "Arrow keys move the grey square, if there is one.",
      hover: (at) => this.#read(panel, at),
      leave: () => this.#read(panel, null),
      click: (at) => this.#ask(panel, at),
      press: (at) => this.#press(at),
      drag: (at) => this.#move(at),
      key: (event) => this.#key(event),
    }, this.view.figures.square(plot)); // prettier-ignore
  }

  get #isMoved() {
    return this.settings?.why === "occlusion" && this.isEnabled;
  }

  #press(at) {
    if (this.#isMoved) this.#move(at);
    return this.#isMoved;
  }

  /** The square is seen there at once; what the network says of it comes when it is computed. */
  #move({ x, y }) {
    const [row, column] = [y, x].map((share) => within(Math.round(share * SIDE), 0, SIDE - 1));
    const half = Math.floor(Number(this.settings.patch) / 2);
    const cut = (middle) => [middle - half, middle + half].map((edge) => within(edge, 0, SIDE) / SIDE);
    const [[top, bottom], [left, right]] = [cut(row), cut(column)];
    this.view.figures.put("cover_box", { x: [(left + right) / 2], y: [1 - (top + bottom) / 2], w: [right - left], h: [bottom - top] });
    this.view.change("settings", { cover_row: row, cover_column: column });
  }

  #key({ key }) {
    const move = MOVES[key];
    if (!move || !this.#isMoved) return false;
    const [row, column] = ["cover_row", "cover_column"].map((name) => this.view.latest(name));
    this.#move({ x: (column + KEY_STEP * move[1]) / SIDE, y: (row + KEY_STEP * move[0]) / SIDE });
    return true;
  }

  /** The cell under the pointer, its value from its colour's share of the scale. */
  #cell(panel, { x, y }) {
    const { image } = this.trace.still[PANELS[panel.dataset.part]];
    const [count, rows, columns] = image.shape;
    if (!count || x < 0 || x >= 1 || y < 0 || y >= 1) return null;
    const [row, column] = [Math.floor(y * rows), Math.floor(x * columns)];
    const value = image.array[row * columns + column] * this.trace.still.seen_scale.limit.array[0];
    return { row, column, value };
  }

  #read(panel, at) {
    const cell = at && this.#cell(panel, at);
    const isKnown = cell && !Number.isNaN(cell.value);
    const name = this.settings.why === "map" ? `conv10[${this.#classOf(panel)}, ${cell?.row}, ${cell?.column}]` : `${READ[this.settings.why]} [${cell?.row}, ${cell?.column}]`;
    panel.querySelector(".readout").textContent = isKnown ? `${name} ≈ ${write(Number(cell.value.toPrecision(4)))}` : "";
  }

  #ask(panel, at) {
    const cell = this.settings.why === "map" && this.isEnabled && this.#cell(panel, at);
    if (cell) this.view.change("unit", `conv10[${this.#classOf(panel)},${cell.row},${cell.column}]`);
  }

  #classOf(panel) {
    return Number(this.trace.facts[`${panel.dataset.part}_number`]);
  }
}
