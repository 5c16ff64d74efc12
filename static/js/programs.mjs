/** The program for the present settings, for the library that the reader chooses; the choice holds for every view. */
import { make } from "./elements.mjs";

/** The facts that hold programs, by library: LIBRARIES of views/exports.py. */
const PROGRAMS = {
  convoscope: ["call", "convoscope"],
  numpy: ["call_numpy", "NumPy alone"],
  pytorch: ["call_pytorch", "PyTorch"],
  keras: ["call_keras", "Keras"],
};
let chosen = "convoscope";

export class Programs {
  /** @param {HTMLElement} section @param {import("./view.mjs").View} view */
  constructor(section, view) {
    this.view = view;
    this.code = section.querySelector(".call code");
    this.select = section.querySelector("[data-part=library]");
    this.select.setAttribute("aria-label", "Library that the program needs");
    this.select.addEventListener("change", () => {
      chosen = this.select.value;
      this.#show();
    });
    section.addEventListener("traceshown", () => this.#show());
  }

  /** The library of the program that is shown. */
  get library() {
    return this.select.value || "convoscope";
  }

  #show() {
    const { facts } = this.view.trace;
    const there = Object.keys(PROGRAMS).filter((library) => PROGRAMS[library][0] in facts);
    if (!there.length) return;
    const options = there.map((value) => make("option", { value, textContent: PROGRAMS[value][1] }));
    if (options.length !== this.select.options.length) this.select.replaceChildren(...options);
    this.select.value = there.includes(chosen) ? chosen : there[0];
    this.code.textContent = facts[PROGRAMS[this.select.value][0]];
  }
}
