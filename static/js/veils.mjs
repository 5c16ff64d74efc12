/** Veils over what is still to be predicted: cells of the grids whose cells are the steps, and panels that would give them away. */
import { boxesOf } from "./boxes.mjs";
import { rectangleOf, shapeOf } from "./grid.mjs";

export class Veils {
  /** @param {HTMLElement} section @param {import("./figures.mjs").Figures} figures */
  constructor(section, figures) {
    this.figures = figures;
    this.grids = [...section.querySelectorAll(".panel[data-steps], .panel[data-boxes]")];
    this.secrets = [...section.querySelectorAll(".panel[data-secret] .plot")];
    this.shown = "";
    section.addEventListener("partshown", () => this.trace && this.show(this.cells, this.here, this.trace, this.step));
  }

  /**
   * @param {number[]} cells to cover, counted in row order
   * @param {number} here the cell of the present step
   * @param {import("./packet.mjs").Trace} trace
   * @param {number} step the present one
   */
  show(cells, here, trace, step) {
    const parts = this.grids.map((panel) => this.figures.parts.of(panel.querySelector(".plot").dataset.figure));
    const wanted = JSON.stringify([cells, here, parts]);
    if (wanted === this.shown && trace === this.trace) return;
    Object.assign(this, { shown: wanted, cells, here, trace, step });
    for (const plot of this.secrets) {
      clear(plot);
      if (cells.includes(here)) plot.append(veil());
    }
    for (const panel of this.grids) {
      const plot = panel.querySelector(".plot");
      const { boxes, values } = panel.dataset;
      const placesOf = boxes ? this.#inBoxes(plot, boxesOf(trace, boxes), step) : this.#inSquare(plot, trace.still[values]);
      clear(plot);
      for (const cell of cells) plot.append(...placesOf(cell).map((place) => cellVeil(place, cell === here)));
    }
  }

  /** The same of a drawing of several grids, of which a part may be shown. */
  #inBoxes({ dataset }, boxes, step) {
    const places = inBoxes(boxes, step);
    const isSeen = ({ left, top, width, height }) => left > -width / 2 && top > -height / 2 && left + width / 2 < 1 && top + height / 2 < 1;
    return (cell) => places(cell).map((place) => this.figures.parts.inShown(dataset.figure, place)).filter(isSeen);
  }

  /** Where the cells of a grid stand that has a drawing of its own. @returns {(cell: number) => import("./grid.mjs").Rectangle[]} */
  #inSquare({ dataset }, source) {
    const shape = shapeOf(source);
    return (cell) => [this.figures.inDrawing(dataset.figure, rectangleOf(Math.floor(cell / shape[1]), cell % shape[1], shape))];
  }
}

function clear(plot) {
  for (const old of plot.querySelectorAll(":scope > .veil")) old.remove();
}

function veil() {
  const made = Object.assign(document.createElement("div"), { className: "veil", ariaHidden: "true" });
  made.append(Object.assign(document.createElement("span"), { textContent: "?" }));
  return made;
}

/** Where a cell stands in a drawing of several grids: in the output, and in whatever part of it is shown too. */
function inBoxes(boxes, step) {
  const there = boxes.filter(({ first, begin, end }) => first >= 0 && begin <= step && step < end);
  return (cell) =>
    there
      .filter(({ first, values }) => first <= cell && cell < first + values.length)
      .map(({ first, rows, columns, ...box }) => {
        const [width, height] = [box.width / columns, box.height / rows];
        const [row, column] = [Math.floor((cell - first) / columns), (cell - first) % columns];
        return { left: box.left + column * width, top: box.top + row * height, width, height };
      });
}

/** @param {import("./grid.mjs").Rectangle} place in shares of the drawing */
function cellVeil(place, isHere) {
  const made = veil();
  for (const [side, share] of Object.entries(place)) made.style[side] = `${share * 100}%`;
  made.toggleAttribute("data-here", isHere);
  return made;
}
