/** The weights after the step shown, and pointing at them, by pointer or keys: class, feature and number are read out. */
import { within, write } from "../../../static/js/numbers.mjs";
import { allOf, mapValues } from "../../../static/js/packet.mjs";
import { MOVES, Surface } from "../../../static/js/surface.mjs";

const [DOWN, ACROSS] = [16, 32]; // of a class's weights

export class WeightPicture {
  /** @param {HTMLElement} section @param {import("../../../static/js/view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { view, pointed: null, at: 0 });
    this.panel = section.querySelector("[data-part=weights]");
    const plot = this.panel.querySelector(".plot");
    new Surface(plot, {
      help: "Arrow keys choose a weight, with Shift another class; Escape leaves.",
      hover: (at) => this.#point(this.#under(at)),
      tap: (at) => this.#point(this.#under(at)),
      leave: () => this.#point(null),
      key: (event) => this.#press(event),
    }, view.figures.shares(plot)); // prettier-ignore
  }

  /** @param {import("../../../static/js/packet.mjs").Trace} trace */
  #take(trace) {
    const { still } = trace;
    this.trace = trace;
    this.places = mapValues(still.weight_places, allOf);
    this.names = allOf(still.class_names.text);
    this.features = still.features.value.array;
    this.steps = mapValues(still.weight_steps, ({ array }) => array);
    this.shape = still.weights.image.shape.slice(1);
  }

  /** A step is shown, the first one of a trace before all else of it. */
  step(step) {
    if (this.view.trace !== this.trace) this.#take(this.view.trace);
    this.at = step;
    const [rows, columns] = this.shape;
    this.view.figures.paint("weights", this.steps.shade.slice(step * rows * columns, (step + 1) * rows * columns), rows, columns);
    if (this.pointed) this.#point(this.pointed);
  }

  #under({ x, y }) {
    if (!this.trace) return null;
    const { left, top, width, height } = this.places;
    const number = left.findIndex((from, n) => x >= from && x < from + width[n] && y >= top[n] && y < top[n] + height[n]);
    if (number < 0) return null;
    return { number, row: Math.floor(((y - top[number]) / height[number]) * DOWN), column: Math.floor(((x - left[number]) / width[number]) * ACROSS) };
  }

  #point(pointed) {
    this.pointed = pointed;
    if (!this.trace) return;
    const { left, width, height } = this.places;
    const boxes = pointed ? [pointed] : [];
    this.view.figures.put("weight_pointed", {
      x: boxes.map(({ number, column }) => left[number] + (column / ACROSS) * width[number]),
      y: boxes.map(({ number, row }) => (1 - (row + 1) / DOWN) * height[number]),
      dw: boxes.map(({ number }) => width[number] / ACROSS),
      dh: boxes.map(({ number }) => height[number] / DOWN),
    });
    this.panel.querySelector(".readout").textContent = pointed ? this.#words(pointed) : "";
  }

  #words({ number, row, column }) {
    const feature = row * ACROSS + column;
    const value = this.steps.value[(this.at * this.names.length + number) * DOWN * ACROSS + feature];
    return `${this.names[number]}, feature ${feature}: weight ≈ ${write(value)}; the picture’s feature ≈ ${write(this.features[feature])}`;
  }

  /** @returns {boolean} whether the key did something */
  #press(event) {
    const move = MOVES[event.key];
    if (event.key === "Escape") this.#point(null);
    else if (move) this.#point(this.#next(this.pointed ?? { number: 0, row: 0, column: 0 }, move, event.shiftKey));
    else return false;
    return true;
  }

  #next({ number, row, column }, [down, right], far) {
    if (far) return { number: within(number + down + right, 0, this.names.length - 1), row, column };
    return { number, row: within(row + down, 0, DOWN - 1), column: within(column + right, 0, ACROSS - 1) };
  }
}
