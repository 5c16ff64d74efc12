/** The form of a prediction: a field for every product, one for every answer, and what is said about them. */
import { judge, placeOf } from "./quiz-judge.mjs";

export class QuizForm {
  /**
   * @param {HTMLFormElement} form
   * @param {Record<"right" | "wrong" | "reveal" | "next" | "handIn", () => void>} tell what to do when the student has said so
   */
  constructor(form, tell) {
    Object.assign(this, { form, tell, question: null, tries: 0 });
    /** @type {HTMLInputElement[]} */
    this.fields = [];
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.question) this.#check();
    });
    form.addEventListener("input", ({ target }) => target.removeAttribute("aria-invalid"));
    this.#part("[data-part=reveal]").addEventListener("click", tell.reveal);
    this.#part("[data-part=next]").addEventListener("click", tell.next);
    this.#part("[data-part=hand-in]").addEventListener("click", tell.handIn);
  }

  /** Say what to do, and offer the next cell if there is one to offer, and to hand in what there is. */
  show(task, offersNext, offersHandIn) {
    this.form.hidden = false;
    this.#part(".task").textContent = task;
    this.#part("[data-part=next]").hidden = !offersNext;
    this.#part("[data-part=hand-in]").hidden = !offersHandIn;
  }

  hide() {
    this.form.hidden = true;
  }

  /** Ask about one cell with empty fields. @param {import("./quiz-judge.mjs").Question | null} question null: nothing to ask */
  ask(question) {
    Object.assign(this, { question, tries: 0, fields: [] });
    this.say("");
    this.#part(".answer").hidden = !question;
    if (!question) return;
    const { products, answers, columns, groups, place } = question;
    const inputs = products.map((_, n) => field(`Product, ${placeOf(n, question)}`));
    const rows = [];
    for (let n = 0; n < inputs.length; n += columns) rows.push(together(inputs.slice(n, n + columns), n));
    this.fold = groups.length > 1 ? folded(rows, groups) : null;
    this.#part(".terms").replaceChildren(...(this.fold ? [this.fold] : rows));
    this.#part(".terms").hidden = !rows.length;
    const values = answers.map(({ label }) => field(`${label || "Value"} of ${place}`));
    this.#part(".results").replaceChildren(...values.map((input, n) => captioned(input, answers[n].label || "=")));
    this.fields = [...inputs, ...values];
  }

  say(words) {
    this.#part(".feedback span").textContent = words;
  }

  /** Where the student types first, or goes on; only called after something that the student did. */
  focus() {
    const next = this.#part("[data-part=next]");
    if (this.question) this.fields[this.fold?.open === false ? this.question.products.length : 0].focus();
    else if (!next.hidden) next.focus();
  }

  #check() {
    const verdict = judge(this.fields.map(({ value }) => value), this.question, this.tries);
    for (const input of this.fields) input.removeAttribute("aria-invalid");
    if (verdict.right) return this.tell.right();
    if (this.fold) this.fold.open = true; // it says where the mistake is
    const wrong = this.fields[verdict.wrong];
    if (wrong.value.trim()) {
      wrong.setAttribute("aria-invalid", "true");
      if (verdict.wrong >= this.question.products.length) {
        this.tries += 1;
        this.tell.wrong();
      }
    }
    wrong.focus();
    wrong.select();
    this.say(verdict.words);
  }

  #part(selector) {
    return this.form.querySelector(selector);
  }
}

function field(name) {
  return Object.assign(document.createElement("input"), { inputMode: "text", ariaLabel: name, autocomplete: "off", maxLength: 24 });
}

/** Fields that stay together, as the row of a kernel does, with a plus before each but the very first. */
function together(inputs, n) {
  const row = document.createElement("span");
  for (const [place, input] of inputs.entries()) row.append(...(n || place ? [document.createElement("i")] : []), input);
  return row;
}

/** Many products stay folded until they are wanted: equal parts of the rows, each in a column of its own below its name. */
function folded(rows, names) {
  const fold = Object.assign(document.createElement("details"), { className: "groups" });
  fold.append(Object.assign(document.createElement("summary"), { textContent: "The products one by one" }));
  const size = rows.length / names.length;
  for (const [n, name] of names.entries()) {
    const group = Object.assign(document.createElement("div"), { className: "group" });
    group.append(Object.assign(document.createElement("b"), { textContent: name }), ...rows.slice(n * size, (n + 1) * size));
    fold.append(group);
  }
  return fold;
}

function captioned(input, caption) {
  const label = document.createElement("label");
  label.append(caption, input);
  return label;
}
