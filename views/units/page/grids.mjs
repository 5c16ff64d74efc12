/** The grids of numbers on a card: window × kernel = products of one map, or the window of a pooling. */
import { make } from "../../../static/js/elements.mjs";
import { button, keyed, tint } from "./pieces.mjs";

const KINDS = { window: "Window", kernel: "Kernel", products: "Products" };
const SIGNS = { kernel: "×", products: "=" };

export class Grids {
  /** @param {import("./card.mjs").Card} card */
  constructor(card) {
    this.card = card;
  }

  /** @param {object[]} cells rows of card_cells @param {object} openings columns of card_openings */
  take(cells, openings) {
    this.cells = cells;
    this.openings = new Map(Array.from(openings.group, (group, n) => [group, openings.settings[n]]));
  }

  get any() {
    return this.cells.length > 0;
  }

  has(group) {
    return this.cells.some((cell) => cell.group === group);
  }

  /** The map that brings most. */
  strongest(terms) {
    const own = terms.filter(({ group }) => group >= 0);
    return own.reduce((best, term) => (Math.abs(term.shade) > Math.abs(best.shade) ? term : best), own[0] ?? { group: 0 }).group;
  }

  /** The grids of one map. @returns {HTMLElement} */
  draw(group) {
    const cells = this.cells.filter((cell) => this.card.terms.length === 0 || cell.group === group);
    const box = make("div", { className: "grids" });
    for (const [kind, title] of Object.entries(KINDS)) {
      const own = cells.filter((cell) => cell.kind === kind);
      if (!own.length) continue;
      if (SIGNS[kind]) box.append(make("span", { className: "sign", textContent: SIGNS[kind] }));
      box.append(this.#table(own, title));
    }
    if (this.openings.has(group)) box.append(this.#opener(group));
    return box;
  }

  #table(cells, title) {
    const table = make("table", { className: "grid" });
    table.createCaption().textContent = title;
    const lines = [];
    for (const cell of cells) {
      lines[cell.row] ??= table.insertRow();
      const place = lines[cell.row].insertCell();
      if (cell.place) place.append(this.card.weight(cell.place, cell.value, `Weight, row ${cell.row}, column ${cell.column}`));
      else if (cell.unit) place.append(this.card.unit(cell.unit, cell.text));
      else place.textContent = cell.text;
      place.classList.toggle("won", Boolean(cell.won));
      tint(place, cell.shade);
    }
    return table;
  }

  /** The way to the convolution view, with the numbers around this window. */
  #opener(group) {
    const settings = JSON.parse(this.openings.get(group));
    const open = () => document.dispatchEvent(new CustomEvent("openview", { detail: { slug: "convolution", settings } }));
    const made = keyed(button("Open this in the convolution view", open), "open");
    made.className = "opener";
    return made;
  }
}
