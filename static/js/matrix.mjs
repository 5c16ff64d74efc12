/**
 * A grid of number fields: type, step with the arrow keys (Shift for tenths), or drag a field up and down.
 * Enter goes to the field below. A field that nobody touched keeps its exact value, such as 1/9.
 */
import { help, make } from "./elements.mjs";

const PIXELS_A_STEP = 8; // of dragging
const DENSE = 5; // columns from which the fields are small

/**
 * @param {import("./controls.mjs").Row} row
 * @param {(rows: (string | number)[][]) => void} wanted
 * @param {WeakSet<EventTarget>} typing fields with typing that was not handed in yet
 */
export function buildMatrix(row, id, wanted, typing) {
  let stored = row.default;
  let cells = [];
  const grid = make("div", { className: "matrix" });
  grid.style.setProperty("--role", `var(--${row.role ?? "line"})`);
  const exact = (cell, r, c) => (cell.value === tidy(stored[r][c]) ? stored[r][c] : cell.value);
  grid.addEventListener("change", () => wanted(cells.map((line, r) => line.map((cell, c) => exact(cell, r, c)))));
  grid.addEventListener("keydown", (event) => pressKey(event, cells));
  grid.addEventListener("focusin", (event) => event.target.select?.());
  grid.addEventListener("pointerdown", drag);
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
        if (!typing.has(cell)) cell.value = tidy(values[r][c]);
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

/** Drag a field up for more, down for less; a plain click still sets the cursor. @param {PointerEvent} event */
function drag(event) {
  const cell = event.target;
  if (!(cell instanceof HTMLInputElement) || document.activeElement === cell || event.pointerType === "touch") return;
  let from = event.clientY;
  const move = ({ clientY }) => {
    const steps = Math.trunc((from - clientY) / PIXELS_A_STEP);
    if (!steps) return;
    from -= steps * PIXELS_A_STEP;
    cell.blur();
    step(cell, steps * 0.1);
  };
  const stop = () => removeEventListener("pointermove", move);
  addEventListener("pointermove", move);
  addEventListener("pointerup", stop, { once: true });
  addEventListener("pointercancel", stop, { once: true });
}

/** Change a field that holds a plain number, and hand it in. */
function step(cell, by) {
  const number = Number(cell.value.replace("\u2212", "-"));
  if (Number.isNaN(number)) return;
  cell.value = tidy(number + by);
  handIn(cell);
}

function handIn(cell) {
  cell.dispatchEvent(new Event("change", { bubbles: true }));
}

/** A number as a person would type it: 0.1111 for a ninth in a small field. */
function tidy(value) {
  return String(Number(value.toPrecision(4)));
}
