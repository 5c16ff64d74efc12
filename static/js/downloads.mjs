/** Files of what a view shows: a picture and a film made by the page, and what Python writes of the step's numbers. */
import { make } from "./elements.mjs";
import { choosable } from "./choosable.mjs";
import { save, saveBlob } from "./saving.mjs";

export class Downloads {
  /** @param {HTMLElement} place with a button for each kind @param {import("./view.mjs").View} view */
  constructor(place, view) {
    Object.assign(this, { place, view });
    this.said = place.querySelector(".said");
    this.stop = place.querySelector("[data-part=cancel]");
    this.stop.addEventListener("click", () => this.cancel?.abort());
    this.site = JSON.parse(document.getElementById("site").textContent);
    this.choice = place.querySelector("[data-part=choice]");
    this.choice.append(...choosable(view.table).map(({ name, label }) => make("option", { value: name, textContent: label.toLowerCase() })));
    place.querySelector(".one-file").hidden = this.site.home !== "static"; // only there are its parts to be had
    place.addEventListener("click", ({ target }) => target.dataset.kind && this.#make(target.dataset.kind));
  }

  async #make(kind) {
    if (this.cancel) return; // one at a time
    this.cancel = new AbortController();
    this.said.textContent = "Making the file …";
    try {
      await this.#kinds(kind);
      this.said.textContent = "It is with your downloads.";
    } catch (error) {
      this.said.textContent = error.message;
    }
    this.cancel = null;
    this.stop.hidden = true;
  }

  async #kinds(kind) {
    const { view } = this;
    if (kind === "html") return saveBlob(await this.#oneFile(), `convoscope-${view.slug}.html`);
    if (kind === "state") return (await import("./state-link.mjs")).saveState(view);
    const { filmOf, pngOf, svgOf } = await import("./snapshot.mjs");
    const name = `convoscope-${view.slug}-step-${view.player.step}.${kind}`;
    if (kind === "svg") return saveBlob(new Blob([await svgOf(view)], { type: "image/svg+xml" }), name);
    if (kind === "png") return saveBlob(await pngOf(view), name);
    if (kind === "webm") return saveBlob(await filmOf(view, this.#telling("Filming step"), this.cancel.signal), `convoscope-${view.slug}.webm`);
    if (kind === "gif") return saveBlob(await this.#animation(), `convoscope-${view.slug}.gif`);
    return save((await view.ask("export", { kind, step: view.player.step, library: view.extras.programs.library })).download);
  }

  async #animation() {
    const { gifOf } = await import("./gif.mjs");
    return gifOf(this.view, this.#telling("Drawing step"), this.cancel.signal);
  }

  async #oneFile() {
    if (!this.view.controls.enabled) throw new Error("Python is still loading; the file needs it. Try again in a moment.");
    const { oneFile } = await import("./one-file.mjs");
    return oneFile(this.view, this.site, this.choice.value, this.#telling("Computing"), this.cancel.signal);
  }

  #telling(words) {
    this.stop.hidden = false;
    return (done, wanted) => {
      this.said.textContent = `${words} ${done} of ${wanted} …`;
    };
  }
}
