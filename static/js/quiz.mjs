/**
 * Predict, then reveal: output cells stay hidden until the student has typed their values.
 *
 * Either every cell of the present settings is asked for when its step is shown (quiz=on), or the cells of an exercise,
 * which Python makes from a number (quiz=7). The numbers compared are those of the trace: the source `products` (its
 * texts), and the values of the grids whose cells are the steps: a panel each, or boxes in one drawing (boxes.mjs).
 */
import { AnswerKey } from "./answer-key.mjs";
import { QuizClass } from "./quiz-class.mjs";
import { QuizForm } from "./quiz-form.mjs";
import { Marks } from "./quiz-marks.mjs";
import { questionOf } from "./quiz-question.mjs";
import { Veils } from "./veils.mjs";

const PLACE = /^.*?\]/; // with which every sentence begins: output[2, 3]

export class Quiz {
  /** @param {HTMLElement} section @param {import("./view.mjs").View} view */
  constructor(section, view) {
    Object.assign(this, { section, view, active: false, seed: null });
    /** @type {Set<number> | null} the cells of an exercise; null asks for every cell */
    this.cells = null;
    this.marks = new Marks();
    Object.assign(this, { right: this.marks.right, revealed: this.marks.revealed });
    this.button = section.querySelector("[data-part=predict]");
    if (!this.button) return; // this view has nothing to predict
    this.form = new QuizForm(section.querySelector(".quiz"), {
      right: () => this.#answered(this.right, "Right."),
      reveal: () => this.#answered(this.revealed, "Revealed."),
      wrong: () => this.#missed(),
      next: () => this.#next(),
      handIn: () => this.class.handIn(),
    });
    this.key = new AnswerKey(section.querySelector(".key"), () => view.rememberAddress());
    this.class = new QuizClass(this);
    this.veils = new Veils(section, view.figures);
    /** Panels of which some sources give the present step away. */
    this.secretive = section.querySelectorAll(".panel[data-secrets]");
    this.chooser = section.querySelector(".exercise");
    view.player.stopsAt = (step) => this.active && this.hides(this.#cellOf(step)); // nothing plays past a “?”
    this.button.addEventListener("click", () => (this.active ? this.#stop() : this.#start()));
    this.chooser.addEventListener("submit", (event) => this.#choose(event));
    section.addEventListener("stepshown", () => this.#showStep());
  }

  /** What an address asks for. */
  read(query) {
    const parameters = new URLSearchParams(query);
    const [quiz, solved, tries, answers] = ["quiz", "solved", "tries", "answers"].map((name) => parameters.get(name) ?? "");
    if (!this.button) return;
    this.wanted = { quiz, solved, tries, answers };
    this.class.read(parameters);
  }

  /** Ask for nothing any more, unless another address does. */
  leave() {
    if (this.active) this.#stop();
  }

  /** The number of the exercise that the address asks for, or "". */
  get wish() {
    return this.wanted && this.wanted.quiz !== "on" ? this.wanted.quiz : "";
  }

  /** Where to begin: at the first cell of an exercise that is still to be predicted. */
  firstStep() {
    return (this.cells && this.#stepAfter(-1)) ?? 0;
  }

  /** What the address says of it. Settings are left out of it while an exercise makes them. */
  query() {
    if (!this.active) return {};
    const tries = this.marks.more(this.questions());
    return { quiz: this.seed ?? "on", solved: [...this.right].join(","), tries, ...this.class.query() };
  }

  /** Begin at once what the address asks for, if that needs no Python. */
  restore() {
    if (this.wanted?.quiz !== "on") return;
    this.active = true;
    this.#restoreProgress();
  }

  /** A new trace has come, maybe with an exercise. @param {{seed: number, cells: number[]} | null} exercise */
  take(exercise) {
    if (!exercise && !this.active) return;
    const left = !exercise && this.seed !== null;
    Object.assign(this, { active: true, seed: exercise?.seed ?? null, cells: exercise && new Set(exercise.cells), shown: undefined });
    this.marks.clear();
    this.#restoreProgress();
    if (left) this.view.say([...this.view.notices, "These are your own settings now, no longer the exercise. Every cell is asked for."]);
  }

  /** Whether the value of an output cell is still to be predicted. @param {number} cell counted in row order */
  hides(cell) {
    if (!this.active || this.right.has(cell) || this.revealed.has(cell)) return false;
    return this.cells?.has(cell) ?? true;
  }

  /** The sentence of a step as far as it may be known. */
  tell(step) {
    const whole = this.view.trace.sentence(step);
    return this.active && this.hides(this.#cellOf(step)) ? `${this.placeOf(this.#cellOf(step))} = ?` : whole;
  }

  /** Take out of the drawing of a step what gives away values that are still to be predicted. */
  cover(step) {
    if (!this.active) return;
    const here = this.hides(this.#cellOf(step));
    for (const { dataset } of this.secretive) this.view.figures.mask(dataset.secrets.split(" "), here, (cell) => this.hides(cell));
  }

  #start() {
    this.active = true;
    this.view.player.pause();
    this.#refresh();
    this.form.focus();
  }

  #stop() {
    Object.assign(this, { active: false, seed: null, cells: null });
    this.marks.clear();
    this.#refresh();
  }

  async #choose(event) {
    event.preventDefault();
    this.view.player.pause();
    await this.view.change("exercise", this.chooser.querySelector("input").value);
    if (this.seed === null) return; // refused; the notice says why
    this.view.player.go(this.firstStep());
    this.form.focus();
  }

  #restoreProgress() {
    const { solved, tries, answers } = this.wanted;
    for (const cell of solved.split(",").filter(Boolean).map(Number)) {
      if (Number.isInteger(cell) && (this.cells?.has(cell) ?? true)) this.right.add(cell);
    }
    this.marks.restore(tries, this.questions());
    if (answers === "1") this.key.open();
    this.wanted = { quiz: "", solved: "", tries: "", answers: "" };
  }

  #answered(list, words) {
    list.add(this.#cellOf(this.view.player.step));
    this.#refresh();
    this.form.say(words);
    this.form.focus();
  }

  #missed() {
    this.marks.miss(this.#cellOf(this.view.player.step));
    this.view.rememberAddress();
  }

  /** The cells that are asked for, in row order. */
  questions() {
    return this.cells ? [...this.cells].sort((a, b) => a - b) : Array.from({ length: this.view.trace.length }, (_, step) => this.#cellOf(step));
  }

  #next() {
    this.view.player.go(this.#stepAfter(this.view.player.step));
    this.form.focus();
  }

  /** The step of the next cell to predict, after a step and then from the start. @returns {number | undefined} */
  #stepAfter(step) {
    const { length } = this.view.player;
    const open = (cell) => !this.right.has(cell) && !this.revealed.has(cell) && (this.cells?.has(cell) ?? true);
    for (let by = 1; by <= length; by++) if (open(this.#cellOf((step + by) % length))) return (step + by) % length;
    return undefined;
  }

  /** Everything that depends on what is hidden, shown anew. */
  #refresh() {
    this.shown = undefined;
    this.view.showStep();
    this.view.tables.refresh();
  }

  #showStep() {
    if (!this.active && !this.section.hasAttribute("data-quiz")) return;
    const { step } = this.view.player;
    const here = this.#cellOf(step);
    this.section.toggleAttribute("data-quiz", this.active);
    this.button.setAttribute("aria-pressed", String(this.active));
    this.chooser.hidden = !this.active;
    const hidden = this.cells ? [...this.cells] : Array.from({ length: step + 1 }, (_, before) => this.#cellOf(before));
    this.veils.show(hidden.filter((cell) => this.hides(cell)), here, this.view.trace, step);
    this.key.show(this.active && this.class.isLecturer, this.view.trace, this.seed, () => this.#keySteps());
    this.class.show();
    if (!this.active) return this.form.hide();
    if (this.shown !== here) this.form.ask(this.hides(here) ? questionOf(this.section, this.view.trace, step, here, this.placeOf(here)) : null);
    if (this.shown !== here && this.seed !== null) this.chooser.querySelector("input").value = this.seed;
    this.form.show(this.#task(here), !this.hides(here) && this.#stepAfter(step) !== undefined, this.right.size + this.revealed.size > 0);
    this.shown = here;
  }

  #task(here) {
    const { right, revealed } = this;
    const score = `${right.size} right${revealed.size ? `, ${revealed.size} revealed` : ""}`;
    if (!this.cells) return `Predict the cell marked “?”. ${score}.`;
    const left = this.cells.size - right.size - revealed.size;
    const given = !this.hides(here) && !right.has(here) && !revealed.has(here) && left ? " This cell is given." : "";
    const task = left ? `predict the ${left === 1 ? "cell" : `${left} cells`} marked “?”` : "done";
    return `Exercise ${this.seed}: ${task}. ${score}.${given}`;
  }

  #keySteps() {
    return Array.from({ length: this.view.trace.length }, (_, step) => step).filter((step) => this.cells?.has(this.#cellOf(step)) ?? true);
  }

  /** The output cell of a step, counted in row order: the cells are the steps, on a large image from a later one on. */
  #cellOf(step) {
    return step + Number(this.view.trace.facts.first_step ?? 0);
  }

  /** How sentences name an output cell: output[2, 3]. */
  placeOf(cell) {
    return PLACE.exec(this.view.trace.sentence(cell - this.#cellOf(0)))[0];
  }
}
