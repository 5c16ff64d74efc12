/** Pointing at learned weights and biases in their picture: each is read out; a click or Enter lets one type another. */
import { make } from "../../../static/js/elements.mjs";
import { typed, within, write } from "../../../static/js/numbers.mjs";
import { MOVES, Surface } from "../../../static/js/surface.mjs";

export class Weights {
  /** @param {HTMLElement} panel @param {import("../../../static/js/view.mjs").View} view */
  constructor(panel, view) {
    Object.assign(this, { panel, view, plot: panel.querySelector(".plot"), readout: panel.querySelector(".readout"), at: null });
    this.editor = make("p", { className: "editor" });
    this.name = make("label", { htmlFor: "network-weight" });
    this.field = make("input", { id: "network-weight", type: "text", inputMode: "decimal" });
    this.field.addEventListener("change", () => this.view.change("edit", { place: this.chosen, value: this.field.value }));
    this.editor.append(this.name, this.field);
    this.editor.hidden = true;
    panel.append(this.editor);
    this.plot.style.cursor = "pointer";
    new Surface(this.plot, {
      help: "Arrow keys choose a weight or a bias, Enter lets you type another.",
      hover: (at) => this.#point(this.#under(at)),
      leave: () => this.#point(null),
      click: (at) => this.#choose(this.#under(at)),
      key: (event) => this.#press(event),
    }, view.figures.square(this.plot)); // prettier-ignore
  }

  /** A new trace is shown. */
  shown(trace) {
    const { kernels_layer: layer, kernels_shape: shape, kernels_gap: gap, kernels_aspect: aspect } = trace.facts;
    if (layer !== this.layer) [this.at, this.chosen, this.editor.hidden] = [null, "", true];
    this.layer = layer;
    if (!layer) return;
    this.plot.style.aspectRatio = aspect;
    this.shape = shape.split(",").map(Number);
    this.values = { weight: trace.still.kernel_values.value.array, bias: trace.still.kernel_biases.value.array };
    this.gap = Number(gap);
    [, this.rows, this.columns] = trace.still.kernels.image.shape;
    if (this.chosen && document.activeElement !== this.field) this.field.value = typed(this.#value(this.#parameter(this.at)));
  }

  /** What a cell of the picture shows; null between kernels. @returns {{part: string, index: number[], left: number, wide: number} | null} */
  #parameter([row, column]) {
    const [, C, kH, kW] = this.shape;
    if (!kH) {
      if (column < C) return { part: "weight", index: [row, column], left: column, wide: 1 };
      return column >= C + this.gap ? { part: "bias", index: [row], left: column, wide: 1 } : null;
    }
    const [wide, high] = [kW + this.gap, kH + this.gap];
    const [f, m, c, k] = [Math.floor(column / wide), column % wide, Math.floor(row / high), row % high];
    if (m >= kW || k >= kH) return null;
    if (c === C) return { part: "bias", index: [f], left: f * wide, wide: kW };
    return { part: "weight", index: [f, c, k, m], left: column, wide: 1 };
  }

  #value({ part, index }) {
    const at = index.reduce((sum, place, axis) => sum * this.shape[axis] + place, 0);
    return this.values[part][at];
  }

  #under({ x, y }) {
    const at = [y * this.rows, x * this.columns].map(Math.floor);
    return at[0] >= 0 && at[1] >= 0 && at[0] < this.rows && at[1] < this.columns && this.#parameter(at) ? at : null;
  }

  /** @returns {boolean} whether the key did something */
  #press(event) {
    const move = MOVES[event.key];
    if (move) {
      const size = [this.rows, this.columns];
      const step = (at) => at.map((place, axis) => within(place + move[axis], 0, size[axis] - 1));
      let next = this.at ? step(this.at) : [0, 0];
      if (!this.#parameter(next)) next = step(next); // over the gap between two kernels
      this.#point(next);
    } else if (event.key === "Enter" && this.at) {
      this.#choose(this.at);
      this.field.select();
    } else {
      return false;
    }
    return true;
  }

  #point(at) {
    this.at = at ?? this.at;
    const parameter = at && this.#parameter(at);
    this.readout.textContent = parameter ? `${this.#place(parameter)} = ${write(this.#value(parameter))}` : "";
    const one = (value) => (parameter ? [value] : []);
    const { left, wide } = parameter ?? {};
    this.view.figures.put("kernel_cursor", {
      x: one(left / this.columns), y: one(1 - (at?.[0] + 1) / this.rows), dw: one(wide / this.columns), dh: one(1 / this.rows),
    });
  }

  #place({ part, index }) {
    return `${this.layer}.${part}[${index.join(",")}]`;
  }

  #choose(at) {
    if (!at) return;
    this.at = at;
    this.chosen = this.#place(this.#parameter(at));
    this.editor.hidden = false;
    this.name.textContent = this.chosen;
    this.field.value = typed(this.#value(this.#parameter(at)));
  }
}
