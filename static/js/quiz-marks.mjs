/** What became of each question of a quiz, as text: with which try it was right (1 to 9), r revealed, - not answered. */
import { checksum } from "./result-line.mjs";

export class Marks {
  constructor() {
    this.right = new Set();
    this.revealed = new Set();
    /** @type {Map<number, number>} wrong tries by cell */
    this.tries = new Map();
  }

  clear() {
    for (const one of [this.right, this.revealed, this.tries]) one.clear();
  }

  /** Another wrong try. @param {number} cell */
  miss(cell) {
    this.tries.set(cell, (this.tries.get(cell) ?? 0) + 1);
  }

  /** @param {number[]} cells */
  text(cells) {
    const mark = (cell) => (this.right.has(cell) ? Math.min((this.tries.get(cell) ?? 0) + 1, 9) : this.revealed.has(cell) ? "r" : "-");
    return cells.map(mark).join("");
  }

  /** What `solved` alone does not say; "" if there is nothing. @param {number[]} cells */
  more(cells) {
    const text = this.text(cells);
    return /[2-9r]/.test(text) ? text : "";
  }

  /** Take up what an address holds. @param {string} text @param {number[]} cells */
  restore(text, cells) {
    if (text.length !== cells.length || !/^[1-9r-]*$/.test(text)) return;
    for (const [n, cell] of cells.entries()) {
      if (text[n] === "r") this.revealed.add(cell);
      if (text[n] >= "1" && text[n] <= "9") {
        this.right.add(cell);
        this.tries.set(cell, text[n] - 1);
      }
    }
  }
}

/** The code of a set of questions: its view, its number, and a checksum of its settings and cells. */
export function codeOf({ slug, table, settings }, seed, cells) {
  const plain = table.filter(({ kind }) => kind !== "picture").map(({ name }) => [name, settings[name]]);
  return `${slug}-${seed ?? "own"}-${checksum(JSON.stringify([plain, cells]))}`;
}
