/** Veils over what is still to be predicted: cells of the panel whose cells are the steps, and panels that would give them away. */

const EDGE = 0.012; // of the unit square beside it (views/drawing.py: MARGIN)

export class Veils {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.plots = [...section.querySelectorAll(".panel[data-steps] .plot")];
    this.secrets = [...section.querySelectorAll(".panel[data-secret] .plot")];
    this.shown = "";
  }

  /**
   * @param {number[]} cells to cover, counted in row order
   * @param {number} here the cell of the present step
   * @param {[number, number]} shape rows and columns of the grid
   */
  show(cells, here, shape) {
    const wanted = JSON.stringify([cells, here, shape]);
    if (wanted === this.shown) return;
    this.shown = wanted;
    const covered = cells.includes(here);
    for (const plot of this.secrets) {
      clear(plot);
      if (covered) plot.append(veil());
    }
    for (const plot of this.plots) {
      clear(plot);
      plot.append(...cells.map((cell) => cellVeil(cell, cell === here, shape)));
    }
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

function cellVeil(cell, isHere, [rows, columns]) {
  const made = veil();
  const side = Math.max(rows, columns);
  const place = (number, count) => `${(((side - count) / 2 + number) / side + EDGE) / (1 + 2 * EDGE) * 100}%`;
  const size = `${100 / side / (1 + 2 * EDGE)}%`;
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  Object.assign(made.style, { left: place(column, columns), top: place(row, rows), width: size, height: size });
  made.toggleAttribute("data-here", isHere);
  return made;
}
