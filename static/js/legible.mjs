/**
 * Keeps the letters of drawings large enough to be read. Where those of a whole drawing are too small, an embed shows the
 * part that the present step is about: the trace's source `closeup` says which, as shares of the drawing, y upwards (or
 * closeup_narrow, of the narrow one of two drawings). A panel
 * says how: "square" with what is around it, "alone" without, "free" wider than it is high. On a page the drawing becomes
 * larger than its panel, which then scrolls.
 */
import { leastLetters } from "./letters.mjs";
import { mapValues, rowOf } from "./packet.mjs";

const WHOLE = { x: 0.5, y: 0.5, w: 1, h: 1 };
const NEARLY = 0.02; // of the drawing: a panel has whole pixels
const SPARE = 1.02; // whole pixels may take a little off
const MOST_GROWTH = 2.2; // times the width of its panel; with more, only colours are shown

export class Legible {
  /** @param {import("./view.mjs").View} view */
  constructor(view) {
    this.view = view;
    this.plots = [...view.section.querySelectorAll(".plot:not([data-strip])")];
    /** @type {Set<HTMLElement>} those that show a part */
    this.close = new Set();
    const sizes = new ResizeObserver(() => this.#decide());
    sizes.observe(view.section.querySelector(".stage"));
    for (const plot of this.plots) sizes.observe(plot);
    view.section.addEventListener("traceshown", () => this.#decide());
    view.section.addEventListener("stepshown", () => this.#follow());
  }

  /** Whether each drawing can be read as a whole, and what to do if not. */
  #decide() {
    for (const plot of this.close) plot.classList.remove("close");
    this.close.clear();
    if (!this.view.trace) return;
    for (const plot of this.plots) {
      plot.style.minWidth = "";
      if (!isSeen(plot)) continue;
      const letters = this.#show(plot, WHOLE);
      if (letters >= leastLetters() && !isLost(plot)) continue;
      if (this.#showsParts(plot)) this.close.add(plot);
      else if (!inEmbed()) this.#enlarge(plot, (SPARE * leastLetters()) / letters);
    }
    for (const plot of this.plots) markLarger(plot.closest(".panel"), Boolean(plot.style.minWidth));
    this.#follow();
  }

  #showsParts(plot) {
    const { closeup } = plot.dataset;
    return closeup === "free" || (closeup && inEmbed()) ? Boolean(this.#part(plot)) : false;
  }

  #enlarge(plot, growth) {
    if (growth > MOST_GROWTH) return;
    plot.style.minWidth = `${Math.ceil(plot.clientWidth * growth)}px`;
    this.view.figures.fitText(plot.dataset.figure, plot.clientWidth, plot.clientHeight);
  }

  /** Show the part of the present step. */
  #follow() {
    for (const plot of [...this.close].filter(isSeen)) { // of what was hidden just now nothing could be shown
      const part = this.#part(plot);
      plot.classList.add("close");
      const share = this.#show(plot, part) / leastLetters(); // less of it, larger
      if (share < 1) this.#show(plot, { ...part, w: part.w * share, h: plot.dataset.closeup === "free" ? part.h : part.h * share });
    }
    this.view.section.dispatchEvent(new CustomEvent("partshown"));
  }

  /** What the present step is about, if the trace says it. */
  #part(plot) {
    const { trace, player } = this.view;
    const sources = { ...trace.still, ...trace.steps };
    const closeup = sources[`closeup_${plot.closest(".panel").dataset.only}`] ?? sources.closeup;
    const now = ({ shape, array, ...rest }) => (shape.length > 1 ? rowOf({ shape, array, ...rest }, player.step) : array)[0];
    return closeup && mapValues(WHOLE, (_, name) => now(closeup[name]));
  }

  /** @returns {number} the height of the smallest letters */
  #show(plot, part) {
    const { figures } = this.view;
    const { clientWidth: wide, clientHeight: high } = plot;
    const { figure, closeup } = plot.dataset;
    const shown = shownPart(part, wide, high, closeup === "free" ? 0 : aspectOf(plot), closeup === "alone");
    if (closeup) figures.focus(figure, shown);
    if (closeup === "alone") plot.firstElementChild.style.clipPath = part === WHOLE ? "" : `inset(${edges(part, shown).join(" ")})`;
    return figures.fitText(figure, wide, high);
  }
}

const isSeen = ({ clientWidth, clientHeight }) => clientWidth > 0 && clientHeight > 0;

/** Whether an upright drawing would leave most of a low frame empty. */
function isLost(plot) {
  return plot.dataset.closeup === "alone" && inEmbed() && plot.clientHeight * aspectOf(plot) < plot.clientWidth / 2;
}

/** A panel that scrolls can be scrolled by keys. */
function markLarger(panel, yes) {
  panel.toggleAttribute("data-larger", yes);
  if (yes) panel.tabIndex = 0;
  else panel.removeAttribute("tabindex");
}

const inEmbed = () => document.body.classList.contains("embed");

/** What is seen with this part in the middle, as large as it can be. @param {number} aspect the drawing's width / height, 0: any */
function shownPart({ x, y, w, h }, wide, high, aspect, alone) {
  const pixels = Math.min(wide / w, (high * aspect) / h); // of the drawing's width
  const [width, height] = aspect ? [wide / pixels, (high * aspect) / pixels] : [w, h];
  return { ...side("left", "width", x, width, alone), ...side("top", "height", 1 - y, height, alone) };
}

/** What of a plot is beyond a part: above, right, below, left. */
function edges({ x, y, w, h }, { left, top, width, height }) {
  const beyond = (share, whole) => `${Math.max(2, (100 * share) / whole).toFixed(1)}%`;
  return [beyond(1 - y - h / 2 - top, height), beyond(left + width - x - w / 2, width), beyond(top + height - 1 + y - h / 2, height), beyond(x - w / 2 - left, width)];
}

/** With what is around it, a part is shown within the drawing. */
function side(start, size, middle, share, alone) {
  const shown = Math.abs(share - 1) < NEARLY ? 1 : share;
  const within = shown < 1 ? Math.min(Math.max(middle - shown / 2, 0), 1 - shown) : (1 - shown) / 2;
  const from = alone ? middle - shown / 2 : within;
  return { [start]: from, [size]: shown };
}

/** Width / height of the whole drawing, as its style says. */
function aspectOf({ style }) {
  const [wide, high = 1] = style.aspectRatio.split("/").map(Number);
  return wide / high;
}
