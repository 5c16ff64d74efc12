/** Pointing at the stages of the film: a stage is named, and a click goes to it and opens its layer. */
import { within } from "../../../static/js/numbers.mjs";
import { allOf, mapValues } from "../../../static/js/packet.mjs";
import { MOVES, Surface } from "../../../static/js/surface.mjs";

export class Film {
  /** @param {HTMLElement} section @param {import("../../../static/js/view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { view, keyed: -1 });
    this.panels = ["wide", "narrow"].map((drawing) => {
      const panel = section.querySelector(`[data-part=${drawing}]`);
      const plot = panel.querySelector(".plot");
      plot.style.cursor = "pointer";
      new Surface(plot, {
        help: "Left and right choose a layer, Enter opens it.",
        hover: (at) => this.#read(panel, this.#under(drawing, at)),
        leave: () => this.#read(panel, -1),
        click: (at) => this.#open(this.#under(drawing, at)),
        key: (event) => this.#press(panel, event),
      }, view.figures.shares(plot)); // prettier-ignore
      return panel;
    });
  }

  /** A new trace is shown. */
  shown(trace) {
    this.boxes = mapValues(trace.still.film_boxes, allOf);
    this.trace = trace;
    this.layers = trace.facts.stages.split(",");
  }

  #under(drawing, { x, y }) {
    const [left, top, width, height] = ["left", "top", "width", "height"].map((name) => this.boxes[`${drawing}_${name}`]);
    return left.findIndex((at, n) => x >= at && x < at + width[n] && y >= top[n] && y < top[n] + height[n]);
  }

  #read(panel, stage) {
    panel.querySelector(".readout").textContent = stage < 0 ? "" : this.trace.sentence(stage);
  }

  #open(stage) {
    if (stage < 0) return;
    this.view.player.pause();
    this.view.player.go(stage);
    if (stage > 0) this.view.change("layers", this.layers[stage]);
  }

  #press(panel, event) {
    const move = MOVES[event.key];
    if (move) this.keyed = within((this.keyed < 0 ? this.view.player.step : this.keyed) + move[0] + move[1], 0, this.layers.length - 1);
    else if (event.key === "Enter" && this.keyed >= 0) this.#open(this.keyed);
    else return false;
    this.#read(panel, this.keyed);
    return true;
  }
}
