/** What the filters view has beside every view's: the pictures of the ascent, its button and progress, the files' progress. */
import { megabytes } from "../../static/js/numbers.mjs";

/** @param {import("../../static/js/view.mjs").View} view @returns {import("../../static/js/view.mjs").Own} */
export default (view) => new Filters(view);

class Filters {
  /** @param {import("../../static/js/view.mjs").View} view */
  constructor(view) {
    const { section } = view;
    Object.assign(this, { view, section, isEnabled: false, isAtWork: false });
    this.run = section.querySelector(".filters-run");
    this.progress = section.querySelector(".filters-progress");
    this.loading = section.querySelector(".weights-progress");
    this.run.addEventListener("click", () => view.change(this.run.dataset.do, null));
    document.addEventListener("filefetched", ({ detail }) => section.hidden || this.#load(detail));
  }

  enable(yes) {
    this.isEnabled = yes;
    this.run.disabled = !yes;
  }

  /** @param {import("../../static/js/packet.mjs").Trace} trace */
  shown({ facts }) {
    this.loading.hidden = true;
    this.isAtWork = facts.climbing !== "";
    this.run.dataset.do = this.isAtWork ? "cancel" : "start";
    this.run.textContent = this.isAtWork ? "Stop" : facts.done ? "Start again" : "Go on";
    this.progress.value = Number(facts.progress);
  }

  /** The picture of a step, whose pixels come without their fourth byte. */
  step(step) {
    const { array, shape } = this.view.trace.still.ascent_film.pixels;
    const [, rows, columns] = shape;
    const pixels = new Uint8Array(rows * columns * 4).fill(255);
    const start = step * rows * columns * 3;
    for (let n = 0; n < rows * columns; n++) pixels.set(array.subarray(start + n * 3, start + n * 3 + 3), n * 4);
    this.view.figures.paint("ascent", pixels, rows, columns);
  }

  #load({ path, loaded, total }) {
    const [bar, words] = this.loading.children;
    this.loading.hidden = false;
    Object.assign(bar, total ? { max: total, value: loaded } : {});
    const what = path.includes("squeezenet") ? "the network’s weights" : path.split("/").at(-1);
    words.textContent = `Loading ${what}: ${megabytes(loaded)}${total ? ` of ${megabytes(total)}` : ""} MB`;
    if (loaded === total) this.loading.hidden = true;
  }
}
