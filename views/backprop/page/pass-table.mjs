/**
 * The lecture's table of both passes. Its words stand there from the beginning; the numbers of a line appear with its step,
 * and the line of the present step lights up. A click on a line goes to its step.
 */
import { make } from "../../../static/js/elements.mjs";
import { allOf } from "../../../static/js/packet.mjs";

export class PassTable {
  /** @param {HTMLElement} element @param {import("../../../static/js/view.mjs").View} view */
  constructor(element, view) {
    this.view = view;
    this.scroll = element.querySelector(".backprop-scroll");
    this.body = element.querySelector("tbody");
    this.lines = [];
    this.body.addEventListener("click", ({ target }) => this.#go(target.closest(".entry")));
  }

  /** @param {import("../../../static/js/packet.mjs").Trace} trace */
  show(trace) {
    const { row, column, words, numbers, step } = Object.fromEntries(
      Object.entries(trace.still.rows).map(([name, values]) => [name, allOf(values)]),
    );
    const rows = [];
    this.lines = Array.from(row, (number, n) => {
      const cells = (rows[number] ??= [make("td", {}), make("td", {})]);
      const line = make("div", { className: "entry" });
      line.dataset.column = column[n];
      line.dataset.step = step[n];
      line.append(make("span", { className: "words", textContent: words[n] }), " ", make("span", { className: "numbers", textContent: numbers[n] }));
      cells[column[n] === "forward" ? 0 : 1].append(line);
      return line;
    });
    this.body.replaceChildren(
      ...rows.map((cells) => {
        const row = make("tr", {});
        row.append(...cells);
        return row;
      }),
    );
    this.step(this.view.player.step);
  }

  step(step) {
    let first = null;
    for (const line of this.lines) {
      const at = Number(line.dataset.step);
      line.toggleAttribute("data-ahead", at > step);
      line.toggleAttribute("data-lit", at === step);
      if (at === step) first ??= line;
    }
    if (first) this.#reveal(first);
  }

  /** Scroll the table, never the page. */
  #reveal(line) {
    const [box, frame] = [line.getBoundingClientRect(), this.scroll.getBoundingClientRect()];
    const head = this.scroll.querySelector("thead").offsetHeight;
    if (box.top < frame.top + head) this.scroll.scrollTop -= frame.top + head - box.top;
    else if (box.bottom > frame.bottom) this.scroll.scrollTop += box.bottom - frame.bottom;
  }

  #go(line) {
    if (!line || Number(line.dataset.step) < 0) return;
    this.view.player.pause();
    this.view.player.go(Number(line.dataset.step));
  }
}
