/**
 * What only the train view has on the page: its buttons, the checkpoint slider, the layers, the samples, the confusion matrix.
 * Everything shown comes with the trace; here it is only put in its place, and what the user does becomes an action.
 */
import { make } from "../../static/js/elements.mjs";
import { followTheme } from "../../static/js/theme.mjs";
import { base64, readWeights } from "../../static/js/weights-file.mjs";
import { Confusion } from "./page/confusion.mjs";
import { LastRun } from "./page/last-run.mjs";
import { Layers } from "./page/layers.mjs";
import { Samples } from "./page/samples.mjs";
import { Timeline } from "./page/timeline.mjs";

export default (view) => new Train(view);

const RUNS = new Set(["running", "testing"]);

class Train {
  /** @param {import("../../static/js/view.mjs").View} view */
  constructor(view) {
    const { section } = view;
    Object.assign(this, { view, section, enabled: false, status: "ready", backup: null });
    section.querySelector(".controls").after(section.querySelector(".train-more"));
    this.run = section.querySelector(".train-run");
    this.buttons = [...section.querySelectorAll("[data-do]:not([data-do=resume])")];
    for (const button of this.buttons) button.addEventListener("click", () => this.#act(button.dataset.do));
    this.pages = [...section.querySelectorAll("[data-page]")];
    for (const button of this.pages) button.addEventListener("click", () => this.#turn(Number(button.dataset.page)));
    this.parts = [Timeline, Layers, Samples, Confusion].map((Part) => new Part(section, view));
    this.lastRun = new LastRun(section, (bytes) => view.change("restore", base64(bytes)));
    this.#addCheck();
    this.#takeFiles(section.querySelector("input[type=file]"));
    document.addEventListener("visibilitychange", () => this.enabled && view.change("hidden", document.hidden));
    new ResizeObserver(() => this.#paint()).observe(section); // it comes back to the page
    followTheme(() => this.#paint());
  }

  /** Python answers, or not. After a new start it has what `rebuild` gave it, and is asked to show that. */
  enable(yes) {
    const isNew = yes && !this.enabled && this.lost;
    this.lost = !yes && this.backup !== null;
    this.enabled = yes;
    this.#enableButtons();
    if (isNew) this.view.change("pause", null);
  }

  /** @param {import("../../static/js/packet.mjs").Trace} trace */
  shown(trace, settings) {
    const { facts, still } = trace;
    Object.assign(this, { trace, settings });
    this.status = facts.status;
    this.page = this.view.latest("page") ?? 0;
    const hasBaseline = still.baseline_loss.examples.array.length > 0;
    if (hasBaseline !== this.hasBaseline) this.view.figures.reveal("baseline", hasBaseline);
    this.hasBaseline = hasBaseline;
    if (still.backup?.bytes.array.length) {
      this.backup = still.backup.bytes.array.slice(); // else the whole packet stays
      this.lastRun.keep(this.backup, facts.batches);
    }
    this.section.dataset.status = facts.status;
    const runs = this.isAtWork;
    this.run.textContent = runs ? "Pause training" : "Start training";
    this.run.dataset.do = runs ? "pause" : "start";
    this.#enableButtons();
    this.#paint();
  }

  /** Whether leaving the page would interrupt a training or a test. */
  get isAtWork() {
    return RUNS.has(this.status);
  }

  /** The newest weights go to a new Python before the settings. */
  rebuild() {
    return this.backup ? [{ view: this.view.slug, name: "restore", value: base64(this.backup) }] : [];
  }

  /** Nothing is painted while nobody sees it. */
  #paint() {
    if (this.section.hidden || !this.trace) return;
    for (const part of this.parts) part.show(this.trace, this.settings);
  }

  #enableButtons() {
    const runs = this.isAtWork;
    this.lastRun.enable(this.enabled && !runs);
    const impossible = {
      step: runs,
      fork: runs || (this.settings?.checkpoint ?? -1) < 0,
      evaluate: this.status === "testing",
      forget: !this.hasBaseline,
      save_convnetjs: this.settings?.architecture !== "convnetjs",
    };
    for (const button of this.buttons) button.disabled = !this.enabled || Boolean(impossible[button.dataset.do]);
    this.section.querySelector("[data-do=forget]").hidden = !this.hasBaseline;
    for (const button of this.pages) button.disabled = !this.enabled || (button.dataset.page < 0 && !this.page);
    this.section.querySelector("input[type=file]").disabled = !this.enabled;
  }

  /** A pause is acknowledged at once, though a batch may have to end first. */
  #act(action) {
    if (action === "pause") this.section.querySelector("[data-fact=status]").textContent = "pausing";
    this.view.change(action, null);
  }

  #turn(by) {
    this.page = Math.max(0, this.page + by); // at once, so that quick clicks add up
    this.view.change("page", this.page);
  }

  /** Below the field of a network's text stand the shapes of its layers, and what does not fit. */
  #addCheck() {
    const shapes = make("p", { className: "help" });
    const problem = make("p", { className: "help train-problem", role: "alert" });
    shapes.dataset.fact = "network_check";
    problem.dataset.fact = "network_problem";
    this.section.querySelector(`#${this.view.slug}-network`)?.closest(".control").append(shapes, problem);
  }

  #takeFiles(input) {
    const told = this.section.querySelector(".train-file");
    input.addEventListener("change", async () => {
      told.textContent = "";
      if (!input.files.length) return;
      try {
        this.view.change("load", base64(await readWeights(input.files[0])));
      } catch (error) {
        told.textContent = error.message; // the weights that were there stay
      }
      input.value = ""; // the same file may be chosen again
    });
  }
}
