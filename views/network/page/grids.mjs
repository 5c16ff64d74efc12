/** The grids of numbers on a card: window × kernel = products of one map, or the window of a pooling. */
import { make } from "../../../static/js/elements.mjs";
import { button, keyed, tint } from "./tools.mjs";

const KINDS = { window: "Window", kernel: "Kernel", products: "Products" };
const SIGNS = { kernel: "×", products: "=" };

export class Grids {
  /** @param {import("./card.mjs").Card} card */
  constructor(card) {
    this.card = card;
  }

  /** @param {object[]} cells rows of card_cells @param {object} patches columns of card_patches */
  take(cells, patches) {
    this.cells = cells;
    let at = 0;
    this.patches = new Map(Array.from(patches.group, (group, n) => {
      const rows = Array.from({ length: patches.rows[n] }, () => patches.text.slice(at, (at += patches.columns[n])).map(Number));
      return [group, rows];
    }));
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
    if (this.patches.has(group)) box.append(this.#opener(group, cells));
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
  #opener(group, cells) {
    const kernel = [];
    for (const cell of cells.filter(({ kind }) => kind === "kernel")) {
      (kernel[cell.row] ??= []).push(Number(cell.value.toPrecision(6)));
    }
    const settings = {
      image: "lecture", cells: this.patches.get(group), kernel: "custom", weights: kernel, bias: 0, relu: false, flip: false,
      normalise: false, padding_rule: "number", padding: 0, stride: Number(this.card.facts.card_stride), stride_across: "same",
      dilation: Number(this.card.facts.card_dilation),
    };
    const open = () => document.dispatchEvent(new CustomEvent("openview", { detail: { slug: "convolution", settings } }));
    const made = keyed(button("Open this in the convolution view", open), "open");
    made.className = "opener";
    return made;
  }
}
