/**
 * A student's result as one line of text, such as CQ1|convolution-7-3kd0|1-r2|Ada|x4fz: the exercise (its view, its number, a
 * checksum of its settings), a mark for each question, the name as typed, and a checksum that finds damage, not cheating.
 * homes/collecting.py reads the same lines.
 *
 * @typedef {{set: string, marks: string, name: string}} Result marks: with which try it was right, r revealed, - not answered
 * @typedef {{number: number, why: string, text: string}} Damage of a line, counted from 1
 */

export const MOST_QUESTIONS = 60;
export const LONGEST_NAME = 40; // characters
export const MOST_LINES = 2000;
export const LONGEST_TEXT = 200_000; // characters pasted at once
const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"; // none that looks like another one
const LINE = /CQ1\|([a-z]{1,20}-(?:\d{1,4}|own)-[0-9a-z]{4})\|([1-9r-]{1,60})\|([^|]{1,80})\|([0-9a-z]{4})/g;
const SHOWN = 40; // characters of a line that cannot be read

/** @param {Result} result */
export function write({ set, marks, name }) {
  const text = ["CQ1", set, marks, cleaned(name)].join("|");
  return `${text}|${checksum(text)}`;
}

/** A name without what is not seen, or would turn the words around it. */
export function cleaned(name) {
  const seen = name.normalize("NFC").replace(/[\p{C}|]/gu, " ").replace(/\s+/gu, " ").trim();
  return [...seen].slice(0, LONGEST_NAME).join("").trim();
}

/** 20 bits of a text (FNV-1a, folded) as four letters. */
export function checksum(text) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  const folded = (hash ^ (hash >>> 20)) & 0xfffff;
  return [15, 10, 5, 0].map((shift) => LETTERS[(folded >>> shift) & 31]).join("");
}

/**
 * Read many lines, whatever stands around them: quotation marks, the name of a chat.
 * @param {string} text @returns {{results: Result[], damaged: Damage[]}} Throws an Error with a sentence if it is too much
 */
export function readLines(text) {
  const lines = text.split(/\r\n|\r|\n/);
  if (text.length > LONGEST_TEXT || lines.length > MOST_LINES) {
    throw new Error(`At most ${MOST_LINES.toLocaleString("en")} lines and ${LONGEST_TEXT.toLocaleString("en")} characters are read at once. Paste the lines of one class.`);
  }
  const read = { results: [], damaged: [] };
  for (const [n, line] of lines.entries()) {
    if (!line.trim()) continue;
    const found = [...line.normalize("NFC").matchAll(LINE)];
    const good = found.filter(([whole, , , name, sum]) => checksum(whole.slice(0, -5)) === sum && cleaned(name) === name);
    for (const [, set, marks, name] of good) read.results.push({ set, marks, name });
    if (good.length && good.length === found.length) continue;
    const why = found.length ? "it is damaged: its checksum does not fit" : "there is no result in it";
    read.damaged.push({ number: n + 1, why, text: [...cleaned(line)].slice(0, SHOWN).join("") });
  }
  return read;
}

/**
 * What a class answered: of each name the last result counts.
 * @param {Result[]} results @param {string} set the exercise that is counted @param {number} questions how many it has
 */
export function counted(results, set, questions) {
  const own = results.filter((one) => one.set === set && one.marks.length === questions);
  const byName = new Map();
  const [repeated, changed] = [new Set(), new Set()];
  for (const one of own) {
    const before = byName.get(one.name);
    if (before) (before.marks === one.marks ? repeated : changed).add(one.name);
    byName.set(one.name, one);
  }
  const others = new Map();
  for (const one of results) if (!own.includes(one)) others.set(one.set, (others.get(one.set) ?? 0) + 1);
  return { results: [...byName.values()], repeated: [...repeated], changed: [...changed], others: [...others] };
}
