/**
 * The search through the thousand classes: each is found by any of its names; choosing one shows where it is seen, and beside
 * it another.
 */
import { make } from "../../../static/js/elements.mjs";
import { allOf, mapValues } from "../../../static/js/packet.mjs";
import { button } from "../../units/page/pieces.mjs";

const SHOWN = 8;

export class ClassSearch {
  /** @param {HTMLElement} section @param {import("../../../static/js/view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { view, isEnabled: false });
    this.field = section.querySelector(".photo-classes input");
    this.list = section.querySelector(".photo-found");
    this.count = section.querySelector(".photo-count");
    this.field.addEventListener("input", () => this.#list());
  }

  /** A new trace is shown. */
  shown(trace, settings) {
    this.classes = mapValues(trace.still.classes, allOf);
    [this.chosen, this.second] = [settings.explain, settings.compare];
    this.#list();
  }

  enable(yes) {
    this.isEnabled = yes;
    for (const one of this.list.querySelectorAll("button")) one.disabled = !yes;
  }

  /** The classes that have every word in one of their names, the most probable first. */
  #list() {
    const words = this.field.value.toLowerCase().split(/[\s,]+/).filter(Boolean);
    const { synonyms, rank } = this.classes;
    const found = [...synonyms.keys()].filter((n) => words.every((word) => synonyms[n].toLowerCase().includes(word)));
    found.sort((one, other) => rank[one] - rank[other]);
    this.list.replaceChildren(...found.slice(0, SHOWN).map((n) => this.#line(n)));
    const more = found.length > SHOWN ? `, the ${SHOWN} most probable are listed` : "";
    this.count.textContent = words.length ? `${found.length} of ${synonyms.length} classes match${more}.` : "The most probable classes.";
  }

  #line(n) {
    const { name, percent, logit, rank, synonyms } = this.classes;
    const line = make("li", {});
    const one = button(`${name[n]}: ${percent[n]}`, () => this.view.change("explain", n), { disabled: !this.isEnabled });
    one.title = `${synonyms[n]}; class ${n}, place ${rank[n]}, logit ${logit[n]}`;
    one.ariaPressed = String(n === this.chosen);
    const isSecond = n === this.second;
    const other = button("beside", () => this.view.change("compare", isSecond ? -1 : n), { disabled: !this.isEnabled });
    other.ariaLabel = `Show ${name[n]} beside the first class`;
    other.ariaPressed = String(isSecond);
    line.append(one, other);
    return line;
  }
}
