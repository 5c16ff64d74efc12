/** What stands below every view: the link to exactly this state, the definition with the line of the present step, and what ran. */
import { flushAddress, HAS_ADDRESS } from "./address.mjs";
import { copy } from "./copying.mjs";
import { Downloads } from "./downloads.mjs";
import { Programs } from "./programs.mjs";
import { WhatRan } from "./ran.mjs";

export class Extras {
  /** @param {HTMLElement} section @param {import("./view.mjs").View} view */
  constructor(section, view) {
    this.view = view;
    this.bar = section.querySelector(".extras");
    this.#on(this.bar, "link", () => this.#copyLink());
    this.#on(section.querySelector(".call"), "copy-call", (call) => {
      const code = call.querySelector("code");
      return copy(code.textContent, code, call.querySelector(".said"));
    });
    for (const part of ["link", "share"]) this.bar.querySelector(`[data-part=${part}]`).hidden = !HAS_ADDRESS;
    this.programs = new Programs(section, view);
    new Downloads(section.querySelector(".downloads"), view);
    this.whatRan = new WhatRan(section, view, () => this.#showLine());
    section.addEventListener("stepshown", () => this.#showLine());
  }

  #on(place, part, action) {
    place?.querySelector(`[data-part=${part}]`).addEventListener("click", () => action(place));
  }

  async #copyLink() {
    this.view.rememberAddress();
    flushAddress();
    const [field, said] = [this.bar.querySelector(".address"), this.bar.querySelector(".said")];
    field.hidden = true;
    try {
      const { linkOf } = await import("./state-link.mjs");
      const { href, more } = await linkOf(this.view);
      await copy(href, field, said);
      said.textContent += more;
    } catch (error) {
      said.textContent = error.message; // nothing was copied
    }
  }

  /** Beside the marked line stands where the animation is; old words about copying go. */
  #showLine() {
    const line = this.view.section.querySelector(".code [data-now]");
    if (line) [line.dataset.now] = this.view.trace.sentence(this.view.player.step).split(/ = |(?<=\]): /);
    for (const said of this.view.section.querySelectorAll(".said:not(:empty)")) said.textContent = "";
  }
}
