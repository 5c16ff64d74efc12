/** The pieces that cards and tools are made of. */
import { make } from "../../../static/js/elements.mjs";

/** A button with words on it. */
export function button(words, does, properties = {}) {
  const made = make("button", { type: "button", textContent: words, ...properties });
  made.addEventListener("click", does);
  return made;
}

/** So that a card drawn anew keeps the focus where it was. */
export function keyed(element, key) {
  element.dataset.key = key;
  return element;
}

/** Colours a cell by its share of the largest value. @param {number} shade −1..1 */
export function tint(cell, shade) {
  cell.classList.add(shade < 0 ? "negative" : "positive");
  cell.style.setProperty("--share", `${Math.round(Math.abs(shade) * 55)}%`);
}
