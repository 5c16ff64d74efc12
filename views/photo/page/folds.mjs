/** The layers of the network, module by module: each module folds open, each layer in it opens and closes its maps. */
import { make } from "../../../static/js/elements.mjs";
import { button } from "../../units/page/pieces.mjs";

export class Folds {
  /** @param {HTMLElement} section @param {import("../../../static/js/view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { view, buttons: new Map() });
    this.box = section.querySelector(".photo-folds");
    this.pages = [...section.querySelectorAll(".photo-pages button")];
    for (const one of this.pages) one.addEventListener("click", () => view.change("page", Math.max(0, view.latest("page") + Number(one.dataset.by))));
  }

  /** A new trace is shown. */
  shown(trace, settings) {
    if (!this.buttons.size) this.#build(trace.facts.layers.split(","));
    const open = new Set(settings.layers.split(","));
    for (const [name, one] of this.buttons) one.ariaPressed = String(open.has(name));
    this.last = Number(trace.facts.last_page);
    this.page = settings.page;
    this.#enablePages();
  }

  enable(yes) {
    this.isEnabled = yes;
    for (const one of this.buttons.values()) one.disabled = !yes;
    this.#enablePages();
  }

  #enablePages() {
    for (const one of this.pages) {
      one.disabled = !this.isEnabled || (Number(one.dataset.by) < 0 ? !this.page : this.page >= this.last);
      one.hidden = !this.last;
    }
  }

  /** @param {string[]} names in order; what stands before a point is the module */
  #build(names) {
    for (const name of names) {
      const [module, part] = name.split(".");
      const one = button(part ?? name, () => this.view.change("fold", name), { disabled: !this.isEnabled, ariaLabel: name });
      this.buttons.set(name, one);
      if (part) this.#foldOf(module).append(one);
      else this.box.append(one);
    }
  }

  #foldOf(module) {
    const fold = this.box.lastElementChild;
    if (fold?.dataset.module === module) return fold;
    const made = make("details", {});
    made.dataset.module = module;
    made.append(make("summary", { textContent: module }));
    this.box.append(made);
    return made;
  }
}
