/** The confusion matrix as a grid to walk through: a cell shows its digits. */
import { make } from "../../../static/js/elements.mjs";
import { allOf } from "../../../static/js/packet.mjs";
import { within } from "../../../static/js/numbers.mjs";
import { MOVES } from "../../../static/js/surface.mjs";
import { CLASSES, Cards } from "./samples.mjs";

export class Confusion {
  /** @param {HTMLElement} section @param {import("../../../static/js/view.mjs").View} view */
  constructor(section, view) {
    this.view = view;
    this.untested = section.querySelector(".train-untested");
    this.whole = section.querySelector(".train-confusion");
    this.cards = new Cards(section.querySelector(".train-cell"), false);
    this.cells = this.#build(this.whole.querySelector("table"));
    this.at = 0; // the cell that the keys are on
  }

  /** @param {import("../../../static/js/packet.mjs").Trace} trace */
  show({ still }, { cell }) {
    const text = allOf(still.confusion.text);
    this.untested.hidden = text.length > 0;
    this.whole.hidden = !text.length;
    if (!text.length) return;
    this.cells.forEach((place, n) => {
      const [is, predicted] = [Math.floor(n / CLASSES), n % CLASSES];
      place.textContent = text[n];
      place.ariaLabel = `${text[n]} digits of class ${is} predicted as ${predicted}`;
      place.style.setProperty("--share", still.confusion.share.array[n]);
      place.ariaSelected = cell === `${is},${predicted}`;
    });
    this.cards.show(still.cell_digits, still.cell_images);
  }

  #build(table) {
    const heads = Array.from({ length: CLASSES }, (_, n) => make("th", { scope: "col", textContent: n }));
    table.tHead.insertRow().append(make("th", { scope: "col", textContent: "true ↓ predicted →", className: "train-corner" }), ...heads);
    const cells = [];
    for (let row = 0; row < CLASSES; row++) {
      const places = Array.from({ length: CLASSES }, () => make("td", { role: "gridcell", tabIndex: -1 }));
      table.tBodies[0].insertRow().append(make("th", { scope: "row", textContent: row }), ...places);
      places[row].dataset.right = "";
      cells.push(...places);
    }
    cells[0].tabIndex = 0;
    table.addEventListener("click", ({ target }) => this.#choose(cells.indexOf(target.closest("[role=gridcell]"))));
    table.addEventListener("keydown", (event) => this.#press(event));
    return cells;
  }

  #press(event) {
    const move = MOVES[event.key];
    if (move) {
      const inside = (place) => within(place, 0, CLASSES - 1);
      const [row, column] = [Math.floor(this.at / CLASSES) + move[0], (this.at % CLASSES) + move[1]];
      this.#goTo(inside(row) * CLASSES + inside(column));
    } else if (event.key === "Enter" || event.key === " ") {
      this.#choose(this.at);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation(); // else the keys move the player too
  }

  #goTo(n) {
    this.cells[this.at].tabIndex = -1;
    this.at = n;
    this.cells[n].tabIndex = 0;
    this.cells[n].focus();
  }

  #choose(n) {
    if (n < 0) return;
    this.#goTo(n);
    this.view.change("cell", `${Math.floor(n / CLASSES)},${n % CLASSES}`);
  }
}
