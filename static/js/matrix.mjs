/**
 * A grid of number fields: type, step with the arrow keys (Shift for tenths), drag a field up and down, or paste a whole
 * matrix. Enter goes to the field below. A field that nobody touched keeps its exact value, such as 1/9.
 */
import { help, make } from "./elements.mjs";
import { read, typed } from "./numbers.mjs";
import { Surface } from "./surface.mjs";

const PIXELS_A_STEP = 8; // of dragging
const DIGITS = 4; // that a small field shows: 0.1111 for a ninth
const SEVERAL = /[\s,;&[\](){}\\]/; // between numbers, however one writes a matrix
const DENSE = 5; // columns from which the fields are small

/** What is pasted into the field of a row and a column; Python finds the matrix in it. @typedef {{pasted: string, row: number, column: number}} Pasted */

/**
 * @param {import("./controls.mjs").Row} row
 * @param {(rows: (string | number)[][] | Pasted) => void} wanted
 * @param {WeakSet<EventTarget>} typing fields with typing that was not handed in yet
 */
export function buildMatrix(row, id, wanted, typing) {
  let stored = row.default;
  let cells = [];
  const grid = make("div", { className: "matrix" });
  grid.style.setProperty("--role", `var(--${row.role ?? "line"})`);
  const exact = (cell, r, c) => (cell.value === typed(stored[r][c], DIGITS) ? stored[r][c] : cell.value);
  grid.addEventListener("change", () => wanted(cells.map((line, r) => line.map((cell, c) => exact(cell, r, c)))));
  grid.addEventListener("keydown", (event) => pressKey(event, cells));
  grid.addEventListener("focusin", (event) => event.target.select?.());
  new Surface(grid, new Dragging());
  for (const kind of ["paste", "drop"]) {
    grid.addEventListener(kind, (event) => {
      const r = cells.findIndex((line) => line.includes(event.target));
      const text = (event.clipboardData ?? event.dataTransfer).getData("text/plain").trim();
      if (r < 0 || read(text) !== null || !SEVERAL.test(text)) return; // one number, or at least one word: the field takes it
      event.preventDefault();
      typing.delete(event.target);
      wanted({ pasted: text, row: r, column: cells[r].indexOf(event.target) });
    });
  }
  const show = (values) => {
    if (values.length !== cells.length || values[0].length !== cells[0].length) {
      cells = values.map((line, r) => line.map((_, c) => makeCell(row, id, r, c)));
      grid.style.setProperty("--columns", cells[0].length);
      grid.toggleAttribute("data-dense", cells[0].length >= DENSE);
      grid.replaceChildren(...cells.flat());
    }
    stored = values;
    cells.forEach((line, r) =>
      line.forEach((cell, c) => {
        if (!typing.has(cell)) cell.value = typed(values[r][c], DIGITS);
      }),
    );
  };
  show(row.default);
  const fieldset = make("fieldset", { className: "control" });
  fieldset.append(make("legend", { textContent: row.label }), grid, help(row, id));
  return { element: fieldset, show };
}

function makeCell({ label }, id, r, c) {
  return make("input", { id: `${id}-${r}-${c}`, autocomplete: "off", ariaLabel: `${label}, row ${r + 1}, column ${c + 1}` });
}

function pressKey(event, cells) {
  const { target, key, shiftKey } = event;
  if (key === "ArrowUp" || key === "ArrowDown") {
    step(target, (key === "ArrowUp" ? 1 : -1) * (shiftKey ? 0.1 : 1));
  } else if (key === "Enter") {
    const row = cells.findIndex((line) => line.includes(target));
    const below = cells[row + 1]?.[cells[row].indexOf(target)];
    if (below) below.focus();
    else handIn(target);
  } else {
    return;
  }
  event.preventDefault();
}

/** Drag a field up for more, down for less; a plain click still chooses its text. A finger scrolls. */
class Dragging {
  press = (_, { target, clientY, pointerType }) => {
    if (!(target instanceof HTMLInputElement) || target.matches(":disabled") || pointerType === "touch") return false;
    Object.assign(this, { cell: target, from: clientY, moved: false });
    return true;
  };

  drag = ({ y }) => {
    const steps = Math.trunc((this.from - y) / PIXELS_A_STEP);
    if (!steps) return;
    this.from -= steps * PIXELS_A_STEP;
    this.moved = true;
    this.cell.blur();
    step(this.cell, steps * 0.1);
  };

  release = () => this.moved || this.cell.focus();
}

/** Change a field that holds a number, and hand it in. */
function step(cell, by) {
  const number = read(cell.value);
  if (number === null) return;
  cell.value = typed(number + by, DIGITS);
  handIn(cell);
}

function handIn(cell) {
  cell.dispatchEvent(new Event("change", { bubbles: true }));
}
