/** A number field for every variable of the graph; all of them travel as one setting: x=2,z=3. */
import { make } from "../../../static/js/elements.mjs";
import { read, typed } from "../../../static/js/numbers.mjs";
import { allOf } from "../../../static/js/packet.mjs";

export class InputFields {
  /** @param {HTMLFormElement} form where the settings are @param {import("../../../static/js/view.mjs").View} view */
  constructor(form, view) {
    this.view = view;
    this.fieldset = make("fieldset", { className: "control backprop-inputs" });
    this.grid = make("div", {});
    this.help = make("p", { className: "help" });
    this.fieldset.append(make("legend", { textContent: "Inputs" }), this.grid, this.help);
    form.append(this.fieldset);
    this.grid.addEventListener("change", ({ target }) => this.set(target.dataset.name, target.value));
    this.grid.addEventListener("keydown", (event) => this.#press(event));
    this.fields = new Map();
  }

  enable(yes) {
    this.enabled = yes;
    this.fieldset.disabled = !yes;
  }

  /** Whether a node is one of the inputs. */
  has(name) {
    return this.fields.has(name);
  }

  /** @param {import("../../../static/js/packet.mjs").Trace} trace */
  show(trace, settings) {
    const { name, label, kind } = trace.still.nodes;
    const [names, labels, kinds] = [name, label, kind].map(allOf);
    const values = new Map(settings.inputs.split(",").map((pair) => pair.split("=")));
    const wanted = names.filter((one) => values.has(one));
    // What was set here and is not answered yet is newer.
    if (this.view.latest("inputs") === settings.inputs || wanted.join() !== [...this.fields.keys()].join()) this.values = values;
    if (wanted.join() !== [...this.fields.keys()].join()) {
      this.fields = new Map(wanted.map((one) => [one, makeField(one, labels[names.indexOf(one)], kinds[names.indexOf(one)])]));
      this.grid.replaceChildren(...[...this.fields.values()].map((field) => field.closest("label")));
    }
    for (const [one, field] of this.fields) {
      if (field.dataset.shown !== this.values.get(one)) field.value = field.dataset.shown = this.values.get(one);
    }
    this.help.textContent = settings.sgd_steps && kinds.includes("parameter")
      ? "Values before the steps of SGD. Drag a node up or down, or type."
      : "Drag a node up or down, or type.";
  }

  /** The value of an input as it was set last; NaN of what is no input. */
  get(name) {
    return read(this.values.get(name) ?? "") ?? NaN;
  }

  /** Ask for another value of one input. */
  set(name, value) {
    this.values.set(name, String(value));
    this.view.change("inputs", [...this.values].map((pair) => pair.join("=")).join(","));
  }

  #press(event) {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!by) return;
    const { target, shiftKey } = event;
    const number = read(target.value);
    if (number === null) return;
    target.value = typed(number + by * (shiftKey ? 0.1 : 1));
    this.set(target.dataset.name, target.value);
    event.preventDefault();
  }
}

function makeField(name, label, kind) {
  const field = make("input", { autocomplete: "off", inputMode: "decimal", ariaLabel: `Input ${label}` });
  field.dataset.name = name;
  const element = make("label", {});
  element.dataset.kind = kind;
  element.append(make("span", { textContent: label }), field);
  return field;
}
