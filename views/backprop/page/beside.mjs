/** In place of the table: the algorithm with its line lit, or the layers of Case 2, each with what it comes to at the step. */
import { make } from "../../../static/js/elements.mjs";
import { allOf, rowOf } from "../../../static/js/packet.mjs";

export class Beside {
  /** @param {HTMLElement} element @param {import("../../../static/js/view.mjs").View} view */
  constructor(element, view) {
    Object.assign(this, { view, table: element.querySelector(".backprop-scroll"), place: element.querySelector(".backprop-beside") });
    this.lines = [];
  }

  /** @param {import("../../../static/js/packet.mjs").Trace} trace */
  show(trace) {
    const { beside } = trace.still;
    this.place.hidden = !beside;
    this.table.hidden = Boolean(beside);
    this.lines = [];
    this.place.replaceChildren();
    if (!beside) return;
    const { part, head, words } = Object.fromEntries(Object.entries(beside).map(([name, column]) => [name, allOf(column)]));
    const children = [];
    for (const [n, text] of words.entries()) {
      if (part[n] !== part[n - 1]) children.push(make("h2", { textContent: part[n] }), make("ol", {}));
      const line = make("li", {});
      line.append(make("b", { textContent: head[n] }), " ", make("span", { className: "words", textContent: text }), " ", make("span", { className: "numbers" }));
      line.dataset.level = head[n];
      children.at(-1).append(line);
      this.lines.push(line);
    }
    this.place.replaceChildren(...children);
    this.step(this.view.player.step);
  }

  step(step) {
    const moving = this.view.trace.steps.beside_now;
    if (!this.lines.length || !moving) return;
    const [lit, texts] = [rowOf(moving.lit, step), rowOf(moving.text, step)];
    for (const [n, line] of this.lines.entries()) {
      line.toggleAttribute("data-lit", Boolean(lit[n]));
      line.querySelector(".numbers").textContent = texts[n];
    }
    this.#reveal(this.lines[lit.indexOf(1)]);
  }

  /** Scroll the list, never the page. */
  #reveal(line) {
    if (!line) return;
    const [box, frame] = [line.getBoundingClientRect(), this.place.getBoundingClientRect()];
    if (box.top < frame.top) this.place.scrollTop -= frame.top - box.top;
    else if (box.bottom > frame.bottom) this.place.scrollTop += box.bottom - frame.bottom;
  }
}
