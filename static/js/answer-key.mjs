/** The answer key of a quiz for the lecturer: the engine's sentences as a table, made only when it is opened. */

const MOST_ROWS = 150; // a longer table helps nobody

export class AnswerKey {
  /** @param {HTMLDetailsElement} details @param {() => void} toggled */
  constructor(details, toggled) {
    this.details = details;
    details.addEventListener("toggle", () => {
      this.#fill();
      toggled();
    });
  }

  get isOpen() {
    return this.details.open;
  }

  open() {
    this.details.open = true;
  }

  /**
   * @param {boolean} active whether there is a quiz
   * @param {import("./packet.mjs").Trace} trace
   * @param {number | null} seed the number of the exercise, if it has one
   * @param {() => number[]} steps whose answers it holds
   */
  show(active, trace, seed, steps) {
    this.details.hidden = !active;
    if (!active) this.details.open = false;
    if (this.trace === trace && this.seed === seed) return;
    Object.assign(this, { trace, seed, steps });
    this.#fill();
  }

  #fill() {
    if (!this.details.open || !this.trace) return;
    const table = document.createElement("table");
    const steps = this.steps();
    const rest = steps.length > MOST_ROWS ? ` (the first ${MOST_ROWS} of ${steps.length})` : "";
    table.createCaption().textContent = `${this.seed === null ? "Answers for these settings" : `Answers of exercise ${this.seed}`}${rest}`;
    for (const step of steps.slice(0, MOST_ROWS)) {
      const [place, telling] = split(this.trace.sentence(step));
      const line = table.insertRow();
      line.append(Object.assign(document.createElement("th"), { scope: "row", textContent: place }));
      line.insertCell().textContent = telling;
    }
    this.details.querySelector("div").replaceChildren(table);
  }
}

/** A sentence's place, such as output[0, 1], and what it tells about it. */
function split(sentence) {
  const end = sentence.indexOf("]") + 1;
  return [sentence.slice(0, end), sentence.slice(end).replace(/^( =|:) /, "")];
}
