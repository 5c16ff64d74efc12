/**
 * Numbers as the page writes and reads them. Sentences, labels and cards come from Python with their numbers written
 * (views/numbers.py); what is left is what one points at, and what one types.
 */

const DIGITS = 6; // significant ones: what a float32 holds for certain
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** A number to be read, with the minus that is spoken as one. @param {number} value */
export function write(value) {
  return typed(value).replaceAll("-", "−");
}

/** A number as one would type it, for fields and for copying: 0.1111 for a ninth with four digits. @param {number} value */
export function typed(value, digits = DIGITS) {
  return String(Number(value.toPrecision(digits)));
}

/** What a person may write for a number: 3, −1, 0,5 or 3/4 (as views/reading.py). @param {string} text @returns {number | null} */
export function read(text) {
  const parts = text.trim().replaceAll("−", "-").replaceAll(",", ".").split("/");
  if (parts.length > 2 || !parts.every((part) => NUMBER.test(part.trim()))) return null;
  const value = parts.map(Number).reduce((above, below) => above / below);
  return Number.isFinite(value) ? value : null;
}

/** To so many decimals. @returns {number} */
export function rounded(value, decimals) {
  return Number(value.toFixed(decimals));
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return (bytes / 1_000_000).toFixed(1);
}

/** The nearest number that is not below low and not above high. */
export function within(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
