/**
 * Pointing at the graph: a node under the pointer is read out, a click goes to the step that computes it, then to the one
 * that completes its gradient; an input dragged up grows, down shrinks. With the keyboard: arrows, Enter, plus and minus.
 */
import { typed, within } from "../../../static/js/numbers.mjs";
import { allOf, rowOf } from "../../../static/js/packet.mjs";
import { Surface } from "../../../static/js/surface.mjs";

const PIXELS_A_STEP = 6; // of dragging
const STEP = 0.1;
const EDGE = 50; // pixels: a node so near the edge of the panel is cut
const BY_KEY = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

export class NodePointing {
  /** @param {HTMLElement} plot @param {import("../../../static/js/view.mjs").View} view @param {import("./inputs.mjs").InputFields} fields */
  constructor(plot, view, fields) {
    Object.assign(this, { plot, view, fields, drag: null, chosen: -1 });
    this.panel = plot.closest(".panel");
    this.readout = this.panel.querySelector(".readout");
    new Surface(plot, {
      help: "Arrow keys choose a node, Enter goes to its step, plus and minus change an input, Escape leaves.",
      key: (event) => this.#press(event),
      hover: (at) => this.#tell(this.#at(at)),
      leave: () => this.#tell(null),
      holds: (at) => Boolean(this.#at(at)?.isInput),
      press: (at, event) => this.#begin(this.#at(at), event),
      drag: (_, event) => this.#move(event),
      release: (at) => this.#end(at),
      cancel: () => this.#drop(),
    }, view.figures.square(plot)); // prettier-ignore
  }

  /** @returns {boolean} whether the pointer is followed: on a node */
  #begin(node, { clientY }) {
    if (node) this.drag = { name: node.name, from: clientY, value: this.fields.get(node.name), isInput: node.isInput, moved: false };
    return Boolean(node);
  }

  #move({ clientY }) {
    const steps = Math.trunc((this.drag.from - clientY) / PIXELS_A_STEP);
    if (!this.drag.isInput || !this.fields.enabled || (!steps && !this.drag.moved)) return;
    this.drag.moved = true;
    const value = typed(this.drag.value + steps * STEP);
    if (value !== typed(this.fields.get(this.drag.name))) this.fields.set(this.drag.name, value);
    this.#tell(this.#named(this.drag.name));
  }

  #end(at) {
    const node = this.drag.moved ? null : this.#at(at);
    this.#drop();
    if (node) this.#go(node);
  }

  #drop() {
    this.drag = null;
  }

  /** @returns {boolean} whether the key did something */
  #press(event) {
    const nodes = this.#nodes();
    if (event.key in BY_KEY) {
      this.chosen = within(this.chosen + BY_KEY[event.key], 0, nodes.length - 1);
    } else if (event.key === "Enter" && nodes[this.chosen]) {
      this.#go(nodes[this.chosen]);
    } else if (["+", "-"].includes(event.key) && nodes[this.chosen]?.isInput) {
      const { name } = nodes[this.chosen];
      this.fields.set(name, typed(this.fields.get(name) + (event.key === "+" ? STEP : -STEP)));
    } else if (event.key === "Escape") {
      this.chosen = -1;
    } else {
      return false;
    }
    this.#tell(nodes[this.chosen] ?? null);
    return true;
  }

  #go({ computed, complete }) {
    const { player } = this.view;
    player.pause();
    const target = computed < 0 || player.step === computed ? complete : computed;
    if (target >= 0) player.go(target);
  }

  #tell(node) {
    this.plot.dataset.hit = node ? (node.isInput ? "input" : "node") : "";
    this.readout.textContent = node?.words ?? "";
  }

  /** Scroll a graph that is larger than its panel to the node at work. */
  follow(step) {
    const { panel, plot } = this;
    if (panel.scrollWidth <= panel.clientWidth && panel.scrollHeight <= panel.clientHeight) return;
    const { receiving, computed } = this.view.trace.steps;
    const at = (frame, axis) => rowOf(frame[`${panel.dataset.only}_${axis}`], step)[0];
    const frame = at(receiving, "x") >= 0 ? receiving : computed;
    const [left, top] = [plot.offsetLeft + at(frame, "x") * plot.offsetWidth, plot.offsetTop + (1 - at(frame, "y")) * plot.offsetHeight];
    if (left < panel.scrollLeft + EDGE || left > panel.scrollLeft + panel.clientWidth - EDGE) panel.scrollLeft = left - panel.clientWidth / 2;
    if (top < panel.scrollTop + EDGE || top > panel.scrollTop + panel.clientHeight - EDGE) panel.scrollTop = top - panel.clientHeight / 2;
  }

  #named(name) {
    return this.#nodes().find((node) => node.name === name);
  }

  /** The node under the pointer, or undefined. */
  #at(place) {
    return this.#nodes().find(({ x, y, w, h }) => Math.abs(place.x - x) <= w / 2 && Math.abs(1 - place.y - y) <= h / 2);
  }

  #nodes() {
    if (this.trace === this.view.trace) return this.nodes;
    this.trace = this.view.trace;
    const columns = Object.fromEntries(Object.entries(this.trace.still.nodes).map(([name, column]) => [name, allOf(column)]));
    const at = (name, n) => columns[`${this.panel.dataset.only}_${name}`][n];
    this.nodes = columns.name.map((name, n) => ({
      name,
      words: columns.words[n],
      isInput: this.fields.has(name),
      computed: columns.computed[n],
      complete: columns.complete[n],
      ...Object.fromEntries(["x", "y", "w", "h"].map((one) => [one, at(one, n)])),
    }));
    return this.nodes;
  }
}
