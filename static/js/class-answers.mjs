/** The lecturer's panel, which a page has with `answers=` in its address: the lines of a class counted, question by question. */
import { make } from "./elements.mjs";
import { counted, readLines } from "./result-line.mjs";

const LOOKS = [ // how each mark is counted
  ["Right at the first try", (mark) => mark === "1"],
  ["Right later", (mark) => mark > "1" && mark <= "9"],
  ["Revealed", (mark) => mark === "r"],
  ["Not answered", (mark) => mark === "-"],
]; // prettier-ignore
const MOST_TOLD = 10; // damaged lines, names

export class ClassAnswers {
  /** @param {HTMLElement} after what stands before it @param {import("./view.mjs").View} view @param {string} key of a class on the server */
  constructor(after, view, key) {
    Object.assign(this, { view, key, set: null });
    this.details = make("details", { className: "key class-answers", hidden: true, open: Boolean(key) });
    this.details.append(make("summary", { textContent: "Answers of the class" }));
    const body = make("div", {});
    this.about = make("p", {});
    this.lines = make("textarea", { id: `${view.slug}-lines`, rows: 4, spellcheck: false });
    this.lines.addEventListener("input", () => this.#count());
    this.said = make("p", { role: "status" });
    this.table = make("div", {});
    const label = make("label", { htmlFor: this.lines.id, textContent: "Paste the lines of your students here, one below the other" });
    body.append(this.about, ...(view.home.collects ? [this.#collecting()] : []), label, this.lines, this.said, this.table);
    this.details.append(body);
    after.after(this.details);
  }

  /** @param {{code: string, places: string[], title: string} | null} set what is asked now; null: nothing */
  show(set) {
    this.details.hidden = !set;
    if (!set || set.code === this.set?.code) return;
    this.set = set;
    this.about.textContent = `${set.title}, code ${set.code}. Each student presses “Hand in” below the exercise and gives you the line.`;
    this.#count();
    if (this.key) this.#fetch();
  }

  /** What the server holds: a class to begin, its code for the students, and its answers. */
  #collecting() {
    const place = make("p", {});
    this.begin = make("button", { type: "button", textContent: "Begin a class on this server", hidden: Boolean(this.key) });
    this.update = make("button", { type: "button", textContent: "Fetch the answers", hidden: !this.key });
    this.code = make("span", { className: "class-code" });
    this.begin.addEventListener("click", () => this.#ask({ begin: true }));
    this.update.addEventListener("click", () => this.#fetch());
    place.append(this.begin, this.update, " ", this.code);
    return place;
  }

  #fetch() {
    return this.#ask({ key: this.key });
  }

  async #ask(value) {
    try {
      const { download } = await this.view.ask("collect", value);
      const { code, key, lines } = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(download.data), (letter) => letter.charCodeAt(0))));
      const isNew = key !== this.key;
      Object.assign(this, { key, sent: lines });
      this.code.textContent = `Class code: ${code}`;
      [this.begin.hidden, this.update.hidden] = [true, false];
      if (isNew) this.view.rememberAddress();
      this.#count();
    } catch ({ message }) {
      this.said.textContent = message;
      this.begin.hidden = false;
    }
  }

  #count() {
    if (!this.set) return;
    try {
      const pasted = readLines(this.lines.value);
      const sent = readLines((this.sent ?? []).join("\n"));
      const { code, places } = this.set;
      const found = counted([...sent.results, ...pasted.results], code, places.length);
      this.said.textContent = told(found, pasted.damaged);
      this.table.replaceChildren(...(found.results.length ? [histogram(found.results, places)] : []));
    } catch ({ message }) {
      this.said.textContent = message;
      this.table.replaceChildren();
    }
  }
}

/** What there is to say about the lines. */
function told({ results, repeated, changed, others }, damaged) {
  const names = (list) => list.slice(0, MOST_TOLD).join(", ") + (list.length > MOST_TOLD ? ", …" : "");
  const right = results.reduce((sum, { marks }) => sum + [...marks].filter((mark) => mark >= "1" && mark <= "9").length, 0);
  const of = results[0]?.marks.length;
  const sentences = [results.length ? `${results.length} ${results.length === 1 ? "result" : "results"}, on average ${(right / results.length).toFixed(1)} of ${of} right.` : "No results yet."];
  if (repeated.length) sentences.push(`Came more than once and count once: ${names(repeated)}.`);
  if (changed.length) sentences.push(`Came with different answers, of which the last ones count: ${names(changed)}.`);
  for (const [set, count] of others.slice(0, MOST_TOLD)) sentences.push(`${count} of another exercise, ${set}: not counted here.`);
  for (const { number, why, text } of damaged.slice(0, MOST_TOLD)) sentences.push(`Line ${number} is not counted, ${why} (“${text}”).`);
  if (damaged.length > MOST_TOLD) sentences.push(`${damaged.length - MOST_TOLD} more lines are not counted either.`);
  return sentences.join(" ");
}

/** A row for each question; each number stands on a bar as long as its share of the class. */
function histogram(results, places) {
  const table = make("table", { className: "histogram" });
  table.createCaption().textContent = "Answers, question by question";
  const head = table.createTHead().insertRow();
  for (const words of ["Question", ...LOOKS.map(([name]) => name)]) head.append(make("th", { scope: "col", textContent: words }));
  const body = table.createTBody();
  for (const [n, place] of places.entries()) {
    const line = body.insertRow();
    line.append(make("th", { scope: "row", textContent: place }));
    for (const [, counts] of LOOKS) {
      const count = results.filter(({ marks }) => counts(marks[n])).length;
      const cell = line.insertCell();
      cell.textContent = count;
      cell.style.setProperty("--share", `${(100 * count) / results.length}%`);
    }
  }
  return table;
}
