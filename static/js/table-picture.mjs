/** The picture of a table that stands beside the figures (data-pictured): whole, also where it scrolls on the page. */
import { place, plain, svg, text, token } from "./svg.mjs";

const LIT = "tr, th, td, div"; // what may have a background and a line below it
const CLEAR = /^(transparent|rgba\(0, 0, 0, 0\))$/;

/** @param {HTMLElement} element with what scrolls in it @param {DOMRect} stage @returns {[SVGElement, number]} it, and where it ends below */
export function tablePicture(element, stage) {
  const scroll = element.querySelector("[role=region]");
  const { scrollTop, scrollLeft } = scroll;
  scroll.scrollTo(0, 0); // nothing is painted before it is back
  const table = place(element.querySelector("table"), stage);
  const frame = { ...place(element, stage), height: table.height + table.y - place(element, stage).y };
  const group = svg("g", {});
  group.append(svg("rect", { ...frame, rx: 6, fill: token("--paper"), stroke: token("--line") }));
  group.append(svg("rect", { x: frame.x, y: frame.y, width: frame.width, height: 4, fill: plain(getComputedStyle(element).borderTopColor) }));
  for (const box of element.querySelectorAll(LIT)) group.append(...background(box, stage));
  const texts = document.createTreeWalker(element.querySelector("table"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) group.append(...wordsOf(texts.currentNode, stage));
  scroll.scrollTo(scrollLeft, scrollTop);
  return [group, frame.y + frame.height];
}

function background(box, stage) {
  const { backgroundColor, borderLeftColor, borderBottomWidth, borderBottomColor } = getComputedStyle(box);
  const { x, y, width, height } = place(box, stage);
  const drawn = [];
  if (!CLEAR.test(backgroundColor)) drawn.push(svg("rect", { x, y, width, height, fill: plain(backgroundColor) }));
  if (box.matches("[data-lit]")) drawn.push(svg("rect", { x, y, width: 4, height, fill: plain(borderLeftColor) }));
  if (parseFloat(borderBottomWidth)) drawn.push(svg("rect", { x, y: y + height - 1, width, height: 1, fill: plain(borderBottomColor) }));
  return drawn;
}

/** The words of a text, each where it stands, for the page may have broken the line anywhere. @param {Text} node */
function wordsOf(node, stage) {
  const { parentElement: like, data } = node;
  if (!like.checkVisibility({ visibilityProperty: true })) return [];
  const range = document.createRange();
  return [...data.matchAll(/\S+/g)].flatMap(({ 0: word, index }) => {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    if (range.getClientRects().length > 1) return lettersOf(node, index, word, stage);
    const { x, y, height } = place(range, stage);
    return [text(word, like, x, y + height / 2)];
  });
}

/** A word that is broken itself. */
function lettersOf(node, start, word, stage) {
  const range = document.createRange();
  return [...word].map((letter, n) => {
    range.setStart(node, start + n);
    range.setEnd(node, start + n + 1);
    const { x, y, height } = place(range, stage);
    return text(letter, node.parentElement, x, y + height / 2);
  });
}
