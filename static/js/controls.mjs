/**
 * Native controls made from the settings table. They show the session's settings and report what the user wants;
 * whether that is possible, Python decides. `wanted` is called with (name, value).
 */

/**
 * @typedef {{name: string, label: string, help: string, kind: string, default: unknown,
 *   choices?: [string, string][], bounds?: [number, number],
 *   shown_when?: [string, string[]], follows_unless?: [string, string[]]}} Row
 */

/** Fields with typing that was not handed in yet. @type {WeakSet<EventTarget>} */
const typing = new WeakSet();

export class Controls {
  /**
   * @param {HTMLElement} form where the controls go
   * @param {Row[]} table
   * @param {string} prefix makes ids unique on the page
   * @param {(name: string, value: unknown) => void} wanted
   */
  constructor(form, table, prefix, wanted) {
    this.rows = table.map((row) => ({ row, ...build(row, `${prefix}-${row.name}`, (value) => wanted(row.name, value)) }));
    form.replaceChildren(...this.rows.map(({ element }) => element));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", ({ target }) => typing.add(target));
    form.addEventListener("change", ({ target }) => typing.delete(target), { capture: true });
  }

  /** Show these settings. A field that holds typing which was not handed in yet is left alone. */
  show(settings) {
    for (const { row, element, show } of this.rows) {
      show(settings[row.name]);
      element.hidden = Boolean(row.shown_when) && !isOneOf(settings, row.shown_when);
    }
  }

  /** Python answers (or does not yet): controls that need it wait. */
  enable(yes) {
    for (const { element } of this.rows) element.disabled = !yes;
  }

  /** Mark the control whose value was refused, or none. */
  mark(name) {
    for (const { row, element } of this.rows) element.toggleAttribute("data-refused", row.name === name);
  }
}

/** Whether a setting has one of the values. @param {[string, string | string[]]} condition */
export function isOneOf(settings, [name, values]) {
  return [].concat(values).includes(settings[name]);
}

function build(row, id, wanted) {
  switch (row.kind) {
    case "choice":
      return buildChoice(row, id, wanted);
    case "flag":
      return buildFlag(row, id, wanted);
    case "integer":
    case "number":
      return buildNumber(row, id, wanted);
    case "matrix":
      return buildMatrix(row, id, wanted);
    case "drawing":
      return buildDrawing(row, id, wanted);
    default:
      throw new Error(`No control is known for settings of the kind ${row.kind}`);
  }
}

function buildChoice(row, id, wanted) {
  const select = make("select", { id });
  select.append(...row.choices.map(([label, value]) => make("option", { value, textContent: label })));
  select.addEventListener("change", () => wanted(select.value));
  const show = (value) => {
    select.value = value;
  };
  return { element: labelled(row, id, select), show };
}

function buildFlag(row, id, wanted) {
  const box = make("input", { id, type: "checkbox" });
  box.addEventListener("change", () => wanted(box.checked));
  const show = (value) => {
    box.checked = value;
  };
  const element = labelled(row, id, box);
  element.classList.add("flag");
  return { element, show };
}

function buildNumber(row, id, wanted) {
  const [min, max] = row.bounds;
  const whole = row.kind === "integer";
  const input = make("input", { id, type: whole ? "number" : "text", min, max, step: 1, inputMode: whole ? "numeric" : "decimal" });
  input.addEventListener("change", () => wanted(input.value));
  const nudge = (by, label) => {
    const button = make("button", { type: "button", textContent: by > 0 ? "+" : "−", ariaLabel: label });
    button.addEventListener("click", () => wanted(Number(input.value) + by));
    return button;
  };
  const [less, more] = [nudge(-1, `Less ${row.label.toLowerCase()}`), nudge(1, `More ${row.label.toLowerCase()}`)];
  const show = (value) => {
    if (!typing.has(input)) input.value = value;
    less.disabled = value <= min;
    more.disabled = value >= max;
  };
  const group = make("div", { className: "stepper" });
  group.append(less, input, more);
  return { element: labelled(row, id, group), show };
}

/** The drawing itself is made on its figure (pointing.mjs); here it can be cleared. */
function buildDrawing(row, id, wanted) {
  const button = make("button", { id, type: "button", className: "wide", textContent: "Clear the drawing" });
  button.addEventListener("click", () => wanted(""));
  return { element: labelled(row, id, button), show: () => {} };
}

function buildMatrix(row, id, wanted) {
  let stored = row.default; // a cell that nobody touched keeps its exact value, such as 1/9
  let cells = [];
  const grid = make("div", { className: "matrix" });
  const exact = (cell, r, c) => (cell.value === tidy(stored[r][c]) ? stored[r][c] : cell.value);
  grid.addEventListener("change", () => wanted(cells.map((line, r) => line.map((cell, c) => exact(cell, r, c)))));
  grid.addEventListener("keydown", (event) => moveInMatrix(event, cells));
  grid.addEventListener("focusin", (event) => event.target.select?.());
  const show = (values) => {
    if (values.length !== cells.length || values[0].length !== cells[0].length) {
      cells = values.map((line, r) => line.map((_, c) => matrixCell(row, id, r, c)));
      grid.style.setProperty("--columns", cells[0].length);
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

function matrixCell({ label }, id, r, c) {
  return make("input", { id: `${id}-${r}-${c}`, autocomplete: "off", ariaLabel: `${label}, row ${r + 1}, column ${c + 1}` });
}

/** Up and down move between the rows; Enter hands in the cell. */
function moveInMatrix(event, cells) {
  const by = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
  if (!by) return;
  const row = cells.findIndex((line) => line.includes(event.target));
  const next = cells[row + by]?.[cells[row].indexOf(event.target)];
  event.preventDefault();
  if (next) next.focus();
  else event.target.dispatchEvent(new Event("change", { bubbles: true }));
}

/** A number as a person would type it: 0.111 for a ninth in a small cell, digits kept otherwise. */
function tidy(value) {
  return String(Number(value.toPrecision(4)));
}

function labelled(row, id, field) {
  const fieldset = make("fieldset", { className: "control", role: "presentation" });
  fieldset.append(make("label", { htmlFor: id, textContent: row.label }), field, help(row, id));
  fieldset.querySelector(`#${CSS.escape(id)}`).setAttribute("aria-describedby", `${id}-help`);
  return fieldset;
}

function help(row, id) {
  return make("p", { id: `${id}-help`, className: "help", textContent: row.help });
}

function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
