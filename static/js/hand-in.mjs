/** The dialog in which a student hands in a result: a name, the line to copy and, on a server, a class to send it to. */
import { copy } from "./copying.mjs";
import { make } from "./elements.mjs";
import { cleaned, LONGEST_NAME, MOST_QUESTIONS, write } from "./result-line.mjs";

const LOOKS = { 1: "right at the first try", r: "revealed", "-": "not answered" };

export class HandIn {
  /** @param {import("./view.mjs").View} view */
  constructor(view) {
    this.view = view;
    this.dialog = make("dialog", { className: "share hand-in" });
    this.dialog.setAttribute("aria-labelledby", "hand-in-title");
    const head = make("header", {});
    const close = make("button", { type: "button", textContent: "×", ariaLabel: "Close" });
    close.addEventListener("click", () => this.dialog.close());
    head.append(make("h2", { id: "hand-in-title", textContent: "Hand in your result" }), close);
    this.about = make("p", {});
    this.name = field("hand-in-name", { maxLength: LONGEST_NAME, autocomplete: "off" });
    this.line = field("hand-in-line", { readOnly: true });
    this.said = make("p", { className: "said", role: "status" });
    const copying = make("button", { type: "button", textContent: "Copy" });
    copying.addEventListener("click", () => this.#copy());
    this.name.addEventListener("input", () => this.#write());
    this.dialog.append(head, this.about, row("Your name, or a name that your lecturer knows", this.name), row("Your line", this.line, copying));
    if (view.home.collects) this.dialog.append(this.#sending());
    this.dialog.append(this.said);
    document.body.append(this.dialog);
  }

  /** @param {{code: string, marks: string, title: string, classCode: string}} set */
  open(set) {
    this.set = set;
    const isTooLong = set.marks.length > MOST_QUESTIONS;
    const counts = Object.entries(LOOKS).map(([mark, words]) => [[...set.marks].filter((one) => one === mark).length, words]);
    const later = [...set.marks].filter((mark) => mark > "1" && mark <= "9").length;
    counts.splice(1, 0, [later, "right later"]);
    const told = counts.filter(([count]) => count).map(([count, words]) => `${count} ${words}`);
    this.about.textContent = isTooLong
      ? `This set has ${set.marks.length} questions; a result holds at most ${MOST_QUESTIONS}. Start an exercise by its number instead.`
      : `${set.title}: ${told.join(", ")}. Your line holds this and the name that you type. ${this.#goes()}`;
    for (const one of this.dialog.querySelectorAll(".line")) one.hidden = isTooLong;
    if (this.code && set.classCode) this.code.value = set.classCode;
    this.said.textContent = "";
    this.#write();
    this.dialog.showModal();
    if (!isTooLong) this.name.focus();
  }

  #goes() {
    return this.view.home.collects
      ? "Nothing is sent before you press Send; the server keeps it in its memory only, for your lecturer."
      : "Nothing is sent: copy the line and paste it where your lecturer asks for it.";
  }

  #sending() {
    this.code = field("hand-in-code", { maxLength: 12, autocomplete: "off", spellcheck: false });
    const send = make("button", { type: "button", textContent: "Send" });
    send.addEventListener("click", async () => {
      if (!this.#isNamed()) return;
      send.disabled = true;
      try {
        await this.view.ask("hand_in", { code: this.code.value, line: this.line.value });
        this.said.textContent = "Sent. Your lecturer sees it now.";
      } catch ({ message }) {
        this.said.textContent = message;
      }
      send.disabled = false;
    });
    return row("Class code", this.code, send);
  }

  #write() {
    const { code: set, marks } = this.set;
    const name = cleaned(this.name.value);
    this.line.value = name ? write({ set, marks, name }) : "";
  }

  #copy() {
    if (this.#isNamed()) copy(this.line.value, this.line, this.said);
  }

  #isNamed() {
    if (this.line.value) return true;
    this.said.textContent = "Type a name first; it may be one that only your lecturer knows.";
    this.name.focus();
    return false;
  }
}

function field(id, properties) {
  return make("input", { id, ...properties });
}

/** A field with its label and a button. */
export function row(words, input, ...buttons) {
  const line = make("div", { className: "line" });
  line.append(make("label", { htmlFor: input.id, textContent: words }), input, ...buttons);
  return line;
}
