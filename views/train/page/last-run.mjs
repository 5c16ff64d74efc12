/** The last checkpoint, kept in this browser where that is allowed: after a reload the run can be continued from it. */
import { keep, kept } from "../../../static/js/keeping.mjs";

const NAME = "train";

export class LastRun {
  /**
   * @param {HTMLElement} section
   * @param {(bytes: Uint8Array) => void} resume
   */
  constructor(section, resume) {
    this.button = section.querySelector("[data-do=resume]");
    this.found = kept(NAME).then((run) => (this.run = run?.bytes instanceof Uint8Array ? run : null));
    this.found.then(() => this.#offer());
    this.button.addEventListener("click", () => resume(this.run.bytes));
  }

  /** Nothing is lost by a run that has learned nothing yet. @param {Uint8Array} bytes @param {string} batches as the page shows it */
  async keep(bytes, batches) {
    if (batches === "0") return;
    await this.found;
    this.isOver = true;
    this.#offer();
    await keep(NAME, { bytes, batches, when: new Date() });
  }

  enable(yes) {
    this.button.disabled = !yes;
  }

  #offer() {
    this.button.hidden = !this.run || Boolean(this.isOver);
    if (this.run) this.button.textContent = `Continue the last run (${this.run.batches} batches, ${this.run.when.toLocaleString()})`;
  }
}
