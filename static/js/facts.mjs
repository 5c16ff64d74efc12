/** The short texts of a trace in their places: sizes, notes, colour scales, and which panels there are. */

const REDUCED = matchMedia("(prefers-reduced-motion: reduce)");

export class Facts {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.section = section;
  }

  /** @param {Record<string, string>} facts */
  show(facts) {
    const { section } = this;
    for (const place of section.querySelectorAll("[data-fact]")) place.textContent = facts[place.dataset.fact] ?? "";
    for (const panel of section.querySelectorAll(".panel")) panel.hidden = `${panel.dataset.part}_hidden` in facts;
    for (const legend of section.querySelectorAll("[data-legend]")) {
      legend.dataset.palette = facts[`${legend.dataset.legend}_palette`];
    }
    section.querySelector(".stage").toggleAttribute("data-large", "large" in facts);
    this.#turn(facts.kernel_turned);
  }

  /** A kernel that was turned is seen to turn. @param {string | undefined} degrees */
  #turn(degrees) {
    const kernel = this.section.querySelector('[data-part="kernel"] .plot');
    if (this.turned !== undefined && degrees !== this.turned && kernel) {
      kernel.animate([{ rotate: "-180deg" }, { rotate: "0deg" }], { duration: REDUCED.matches ? 0 : 600, easing: "ease-in-out" });
    }
    this.turned = degrees;
  }
}
