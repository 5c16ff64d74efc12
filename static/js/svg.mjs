/** Pieces of an SVG that looks like elements of the page: places within the stage, texts in their own fonts and colours. */

export function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Where an element or a range stands. @param {Element | Range} element @param {DOMRect} stage */
export function place(element, stage) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left - stage.left, y: top - stage.top, width, height };
}

/** Words by their left end and middle height. @param {Element} like whose looks they have */
export function text(words, like, x, y) {
  const { fontSize, fontWeight, color, fontFamily } = getComputedStyle(like);
  const made = svg("text", { x, y, fill: plain(color), "dominant-baseline": "central", "font-size": fontSize, "font-weight": fontWeight, "font-family": fontFamily });
  made.textContent = words;
  return made;
}

/** A computed colour as every program that shows SVG can read it. */
export function plain(colour) {
  const parts = /^color\(srgb ([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(colour);
  return parts ? `rgb(${parts.slice(1).map((part) => Math.round(255 * part)).join(", ")})` : colour;
}

export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
