/**
 * Compares what a student typed with the numbers that the engine computed. Nothing is computed anew here.
 *
 * @typedef {{label: string, value: number}} Answer what is to be found; label is "" if there is only one
 * @typedef {{place: string, answers: Answer[], products: number[], terms: string[], texts: string[], columns: number,
 *   groups: string[], then: string}} Question products are the terms of the sum and texts the same as written; terms tell
 *   how each comes about, such as 2×(−1); columns is how many stand in a row; groups are the names of equal parts of the
 *   products, such as the channels; then is what else happens to the sum, in words
 * @typedef {{right: boolean, words: string, wrong: number}} Verdict wrong counts the fields, products first
 */

import { read } from "./numbers.mjs";

const SLACK = 0.0006; // the engine's texts are rounded to three decimals

/**
 * @param {string[]} typed one text a field: the products, then the answers
 * @param {Question} question
 * @param {number} tries how often an answer was wrong before
 * @returns {Verdict}
 */
export function judge(typed, question, tries) {
  const { products, answers } = question;
  const texts = typed.map((text) => text.trim());
  const given = texts.slice(products.length);
  const unread = texts.findIndex((text) => text && read(text) === null);
  if (unread >= 0) return fault(unread, `“${texts[unread]}” is no number; type one such as 2, −1, 0.5 or 1/2.`);
  const wrong = products.findIndex((product, n) => texts[n] && !same(texts[n], product));
  if (wrong >= 0) return fault(wrong, `${capital(placeOf(wrong, question))}: ${question.terms[wrong] ?? "the product"} is not ${texts[wrong]}.`);
  const filled = texts.slice(0, products.length).filter(Boolean).length;
  const failed = answers.findIndex(({ value }, n) => given[n] && !same(given[n], value));
  if (failed >= 0) return fault(products.length + failed, whyWrong(nameOf(answers[failed], given[failed]), filled, question, tries));
  const missing = given.indexOf("");
  if (missing >= 0) return fault(products.length + missing, askFor(answers[missing], filled, question));
  return { right: true, words: "Right.", wrong: -1 };
}

function fault(wrong, words) {
  return { right: false, words, wrong };
}

function capital(words) {
  return words[0].toUpperCase() + words.slice(1);
}

function nameOf({ label }, text) {
  return label ? `${label} ${text}` : text;
}

function askFor({ label }, filled, { products }) {
  if (!products.length) return label ? `The ${label.toLowerCase()} is still missing.` : "Type the value.";
  if (!filled) return "Type the value, or first the products.";
  return filled < products.length ? "Right so far. Fill in the others, or the value." : "All products are right. Now add them up.";
}

function whyWrong(answer, filled, { products, texts, then }, tries) {
  const again = `add them again${then ? `, ${then}` : ""}.`;
  if (!products.length) return `${answer} is not right. Try again.`;
  if (filled === products.length) return `All products are right, but ${answer} is not: ${again}`;
  if (tries) return `${answer} is not right either. The products are ${texts.join(", ")}: ${again}`;
  return `${answer} is not right. Fill in the products to see where it goes wrong, or try once more.`;
}

/** Where a product stands: Row 2, column 1, and before it the name of its group if there are any. */
export function placeOf(n, { columns, products, groups }) {
  const size = products.length / (groups.length || 1);
  const group = groups[Math.floor(n / size)];
  const place = `row ${Math.floor((n % size) / columns) + 1}, column ${(n % columns) + 1}`;
  return group ? `${group}, ${place}` : place;
}

/** Whether typed text means this number, as exactly as it is written: 0.11 will do for a ninth, 0.1 will not. */
function same(text, number) {
  const decimals = /[.,](\d+)$/.exec(text)?.[1].length ?? 0;
  return Math.abs(read(text) - number) <= SLACK + (decimals >= 2 ? 0.5 * 10 ** -decimals : 0);
}
