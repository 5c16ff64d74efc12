/** A slider over the checkpoints, whose last place is now. */

export class Timeline {
  /** @param {HTMLElement} section @param {import("../../../static/js/view.mjs").View} view */
  constructor(section, view) {
    this.view = view;
    this.steps = [];
    this.slider = section.querySelector(".train-time input");
    this.slider.addEventListener("input", () => this.#go());
    this.slider.addEventListener("keydown", (event) => event.stopPropagation()); // its keys are not the player's
  }

  /** @param {import("../../../static/js/packet.mjs").Trace} trace */
  show({ still, facts }, { checkpoint }) {
    if (this.view.wishes.has("checkpoint")) return; // it is being moved
    const latest = Number(facts.latest_batch); // its checkpoint is what "now" shows
    this.steps = [...still.checkpoints.step.array].filter((step) => step < latest || step === checkpoint);
    const place = this.steps.indexOf(checkpoint);
    this.slider.max = this.steps.length;
    this.slider.value = place < 0 ? this.steps.length : place;
    this.slider.disabled = !this.steps.length;
    this.slider.ariaValueText = facts.shown;
  }

  #go() {
    this.view.change("checkpoint", this.steps[this.slider.value] ?? -1);
  }
}
