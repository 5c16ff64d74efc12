/** Choosing the unit whose receptive field is drawn: by a click on the layer's map, or by arrow keys. */
import { within } from "../../../static/js/numbers.mjs";
import { MOVES, Surface } from "../../../static/js/surface.mjs";

const MAP = { left: 0.56, top: 0.13, width: 0.42, height: 0.84 }; // of the drawing: MAP_LEFT, BOTTOM and SQUARE of fields.py

export class FieldUnit {
  /** @param {import("../../../static/js/view.mjs").View} view */
  constructor(view) {
    this.view = view;
    const plot = view.section.querySelector("[data-part=field] .plot");
    plot.style.cursor = "pointer";
    new Surface(plot, {
      help: "Arrow keys choose another unit of the map.",
      click: ({ x, y }) => this.#choose((y - MAP.top) / MAP.height, (x - MAP.left) / MAP.width),
      key: (event) => this.#press(event),
    }, view.figures.shares(plot)); // prettier-ignore
  }

  enable(yes) {
    this.isEnabled = yes;
  }

  #choose(down, across) {
    if (!this.isEnabled || down < 0 || down > 1 || across < 0 || across > 1) return;
    this.view.change("settings", { down, across });
  }

  /** One unit further, from the middle of the present one. @returns {boolean} whether the key did something */
  #press(event) {
    const move = MOVES[event.key];
    const [rows, columns] = ["rows", "columns"].map((name) => this.view.figures.data("field_shape")[name][0]);
    if (!move || !rows) return false;
    const [down, across] = [["down", rows], ["across", columns]].map(([name, count], axis) => {
      const now = Math.min(Math.floor(this.view.latest(name) * count), count - 1);
      return (within(now + move[axis], 0, count - 1) + 0.5) / count;
    }); // prettier-ignore
    this.#choose(down, across);
    return true;
  }
}
