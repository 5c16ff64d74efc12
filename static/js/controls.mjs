/**
 * Native controls made from the settings table. They show the session's settings and report what the user wants;
 * whether that is possible, Python decides. `wanted` is called with (name, value).
 */

/**
 * @typedef {{name: string, label: string, help: string, kind: string, default: unknown,
 *   choices?: [string, string][], bounds?: [number, number], role?: string, section?: string,
 *   side?: number, cells_per_pixel?: number, shown_when?: [string, string[]], follows_unless?: [string, string[]]}} Row
 */

import { help, labelled, make } from "./elements.mjs";
import { buildMatrix } from "./matrix.mjs";
import { read, typed } from "./numbers.mjs";
import { buildPicture } from "./picture.mjs";

/** Fields with typing that was not handed in yet. @type {WeakSet<EventTarget>} */
const typing = new WeakSet();

/** Kinds of settings whose fields can hold what was refused. */
const TYPED = new Set(["text", "number", "choice"]);

export class Controls {
  /**
   * @param {HTMLElement} form where the controls go
   * @param {Row[]} table
   * @param {string} prefix makes ids unique on the page
   * @param {(name: string, value: unknown) => Promise<void>} wanted
   */
  constructor(form, table, prefix, wanted) {
    this.form = form;
    this.hidden = document.documentElement.dataset.hide?.split(" ") ?? []; // by the address
    const shown = table.filter(({ kind }) => kind !== "none"); // the others are set in the picture
    this.rows = shown.map((row) => ({ row, ...build(row, `${prefix}-${row.name}`, (value, isNew) => wanted(...asWish(row, value, isNew))) }));
    form.replaceChildren(...arrange(this.rows));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", ({ target }) => typing.add(target));
    form.addEventListener("change", ({ target }) => typing.delete(target), { capture: true });
    form.addEventListener("focusout", ({ target }) => typing.delete(target) && this.show(this.settings)); // taken back: no change
  }

  /** Show these settings. A field that holds typing which was not handed in yet is left alone. */
  show(settings) {
    this.settings = settings;
    for (const { row, element, show } of this.rows) {
      show(settings[row.name]);
      element.hidden = this.hidden.includes(row.name) || !this.#makesSense(row, settings);
    }
    for (const fold of this.form.querySelectorAll("details")) {
      fold.hidden = [...fold.querySelectorAll(".control")].every((control) => control.hidden);
    }
  }

  /** Whether the setting on which a control depends makes sense itself and has the right value. */
  #makesSense({ shown_when: condition }, settings) {
    if (!condition) return true;
    const other = this.rows.find(({ row }) => row.name === condition[0]);
    return isOneOf(settings, condition) && (!other || this.#makesSense(other.row, settings));
  }

  /** Python answers (or does not yet): controls that need it wait. */
  enable(yes) {
    for (const { element } of this.rows) element.disabled = !yes;
    this.enabled = yes;
  }

  /**
   * Mark the controls whose values were refused, and say why at the field; what else there is to say stands at the field that
   * was changed. It is read aloud from the notices. @param {string[]} refused @param {string} asked @param {string} words
   */
  mark(refused, asked = "", words = "") {
    const meant = refused.length ? refused : [asked];
    this.refused = refused;
    for (const { row, element } of this.rows) {
      element.toggleAttribute("data-refused", refused.includes(row.name));
      element.querySelector(".told")?.remove();
      if (words && meant.includes(row.name)) element.append(make("p", { className: "told", textContent: words, ariaHidden: "true" }));
    }
  }

  /** Whether what was refused is still to be mended, in a field or, where the picture sets it, in the address. */
  get isMarked() {
    return Boolean(this.refused?.length);
  }

  /** Put what an address asked for and was refused into its fields, to be mended. @param {Record<string, string>} texts */
  offer(texts, names) {
    const offered = this.rows.filter(({ row }) => names.includes(row.name) && typeof texts[row.name] === "string");
    for (const { row, element, show } of offered) {
      if (TYPED.has(row.kind)) show(texts[row.name]);
      element.hidden = this.hidden.includes(row.name) || !this.#makesSense(row, { ...this.settings, ...texts });
    }
  }
}

/** The controls one below the other; those of a section stand folded under its title. */
function arrange(rows) {
  const folds = new Map();
  const top = [];
  for (const { row, element } of rows) {
    if (!row.section) {
      top.push(element);
      continue;
    }
    if (!folds.has(row.section)) {
      const fold = make("details", { className: "section" });
      fold.append(make("summary", { textContent: row.section }));
      folds.set(row.section, fold);
    }
    folds.get(row.section).append(element);
  }
  return [...top, ...folds.values()];
}

/** A new picture also makes the choice on which its setting depends: it may have been dropped while something else was shown. */
function asWish({ name, shown_when: condition }, value, isNew = false) {
  return isNew && condition ? ["settings", { [condition[0]]: condition[1][0], [name]: value }] : [name, value];
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
      return buildMatrix(row, id, wanted, typing);
    case "text":
      return buildText(row, id, wanted);
    case "drawing":
      return buildDrawing(row, id, wanted);
    case "picture":
      return buildPicture(row, id, wanted);
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
    button.addEventListener("click", () => {
      input.value = typed((read(input.value) ?? 0) + by); // at once, so that quick clicks add up
      wanted(input.value);
    });
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

/** Several lines are handed in by leaving the field or with Ctrl+Enter, one line with Enter. */
function buildText(row, id, wanted) {
  const properties = { id, spellcheck: false, autocapitalize: "off" };
  const field = row.lines > 1 ? make("textarea", { ...properties, rows: row.lines }) : make("input", { ...properties, type: "text" });
  field.addEventListener("change", () => wanted(field.value));
  if (row.lines > 1) {
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  const show = (value) => {
    if (!typing.has(field)) field.value = value;
  };
  return { element: labelled(row, id, field), show };
}

/** The drawing itself is made on its figure (painting.mjs); here it can be cleared. */
function buildDrawing(row, id, wanted) {
  const button = make("button", { id, type: "button", className: "wide", textContent: "Clear the drawing" });
  button.addEventListener("click", () => wanted(""));
  return { element: labelled(row, id, button), show: () => {} };
}
