/** What the classes view has beside every view's: the weights' progress, the examples, the confusion, the file, the weights. */
import { base64, readWeights } from "../../static/js/weights-file.mjs";
import { fetchWeights } from "../../static/js/weights-progress.mjs";
import { ConfusionTable } from "./page/confusion-table.mjs";
import { ExampleCards } from "./page/example-cards.mjs";
import { WeightPicture } from "./page/weight-picture.mjs";

/** @param {import("../../static/js/view.mjs").View} view @returns {import("../../static/js/view.mjs").Own} */
export default (view) => new Classes(view);

class Classes {
  /** @param {import("../../static/js/view.mjs").View} view */
  constructor(view) {
    const { section } = view;
    Object.assign(this, { view, backup: null });
    this.told = section.querySelector(".classes-told");
    this.cards = new ExampleCards(section.querySelector(".classes-cards"), view, (words) => this.#say(words));
    this.confusion = new ConfusionTable(section.querySelector(".classes-confusion"));
    this.picture = new WeightPicture(section, view);
    this.buttons = [...section.querySelectorAll(".classes-files button")];
    for (const button of this.buttons) button.addEventListener("click", () => view.change(button.dataset.do, null));
    this.file = section.querySelector(".classes-judged input[type=file]");
    this.file.addEventListener("change", () => this.#load());
  }

  enable(yes) {
    this.cards.enable(yes);
    for (const one of [...this.buttons, this.file]) one.disabled = !yes;
    if (yes) fetchWeights(this.view);
  }

  /** @param {import("../../static/js/packet.mjs").Trace} trace */
  shown(trace) {
    const { array } = trace.still.backup.bytes;
    this.backup = array.length ? array.slice() : null; // else the whole packet stays
    this.cards.shown(trace);
    this.confusion.shown(trace);
  }

  step(step) {
    this.picture.step(step);
  }

  /** The user's own examples go to a new Python before the settings. */
  rebuild() {
    return this.backup ? [{ view: this.view.slug, name: "load", value: base64(this.backup) }] : [];
  }

  #say(words) {
    this.told.textContent = words;
  }

  async #load() {
    this.#say("");
    const [file] = this.file.files;
    if (!file) return;
    try {
      this.view.change("load", base64(await readWeights(file)));
    } catch (error) {
      this.#say(error.message); // the examples that were there stay
    }
    this.file.value = ""; // the same file may be chosen again
  }
}
