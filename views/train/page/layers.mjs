/** The layers of the network that learns, one below the other: filters, feature maps, and the gradients of both. */
import { make } from "../../../static/js/elements.mjs";
import { allOf } from "../../../static/js/packet.mjs";
import { paint, pictureOf, scaleOf } from "./mosaics.mjs";

const KINDS = [
  ["activations", "Activations", "range"],
  ["gradients", "Gradient of the activations", "gradient_range"],
  ["filters", "Weights", "weight_range"],
  ["filter_gradients", "Gradient of the weights", "weight_gradient_range"],
];
const LARGEST_PIXEL = 6; // CSS pixels that one number takes at most
const TALLEST = 140; // CSS pixels of a picture, as long as a number has one

export class Layers {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.list = section.querySelector(".train-layers");
    this.body = section.querySelector(".train-parameters tbody");
    this.rows = [];
  }

  /** @param {import("../../../static/js/packet.mjs").Trace} trace */
  show({ still }) {
    const columns = Object.fromEntries(Object.entries(still.layers).map(([name, column]) => [name, allOf(column)]));
    const count = columns.name.length;
    while (this.rows.length < count) this.rows.push(new Row(this.list, this.body));
    const scale = scaleOf("signed");
    this.rows.forEach((row, n) => {
      row.hide(n >= count);
      if (n >= count) return;
      const words = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[n]]));
      row.tell(words);
      for (const [kind] of KINDS) row.paint(kind, still[`row_${n}_${kind}`]?.image, words, scale);
    });
  }
}

/** One layer: an entry of the list and a line of the table, made once and then filled again and again. */
class Row {
  constructor(list, body) {
    this.entry = make("li", {});
    this.title = make("h3", {});
    this.more = make("p", { className: "train-layer-facts" });
    const sheets = make("div", { className: "train-sheets" });
    this.sheets = new Map(KINDS.map(([kind, title]) => [kind, new Sheet(sheets, title)]));
    this.entry.append(this.title, this.more, sheets);
    list.append(this.entry);
    this.line = body.insertRow();
    this.cells = [make("th", { scope: "row" }), ...Array.from({ length: 5 }, () => make("td", {}))];
    this.line.append(...this.cells);
  }

  hide(yes) {
    this.entry.hidden = this.line.hidden = yes;
  }

  tell({ name, text, shape, arithmetic, dead, update }) {
    this.title.textContent = `${name}: ${shape}`;
    const facts = [text, arithmetic && `${arithmetic} parameters`, dead && `${dead} dead`, update && `update / weight ${update}`];
    this.more.textContent = facts.filter(Boolean).join(" · ");
    [name, text, shape, arithmetic || "none", dead, update].forEach((words, n) => {
      this.cells[n].textContent = words;
    });
  }

  paint(kind, column, words, scale) {
    const [, title, range] = KINDS.find(([known]) => known === kind);
    this.sheets.get(kind).show(column, `${words.name}: ${title.toLowerCase()}`, words[range], scale);
  }
}

/** One picture with its title and its range. */
class Sheet {
  constructor(parent, title) {
    this.figure = make("figure", {});
    this.canvas = make("canvas", { role: "img" });
    this.range = make("span", {});
    const caption = make("figcaption", { textContent: `${title} ` });
    caption.append(this.range);
    this.figure.append(caption, this.canvas);
    parent.append(this.figure);
  }

  show(column, name, range, scale) {
    this.figure.hidden = !column || !column.shape[0];
    if (this.figure.hidden) return;
    const [values, height, width] = pictureOf(column, 0);
    paint(this.canvas, values, height, width, scale);
    this.canvas.style.maxWidth = `${width * Math.min(LARGEST_PIXEL, Math.max(1, TALLEST / height))}px`;
    this.canvas.ariaLabel = range ? `${name}, ${range}` : name;
    this.range.textContent = range;
  }
}
