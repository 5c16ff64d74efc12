/**
 * The plugin of reveal.js (convoscope-embed.js says how to use it). A key that would turn the slide moves its view to the next
 * stop first; held, or as N and P, it turns the slide at once. The keys are those that reveal.js is configured to, also when they
 * come from its speaker view, whose copies follow this deck (convoscope-copies.js). For printing see convoscope-print.js.
 */
import { copiesOf } from "./convoscope-copies.js";

const PRINTS = /print-pdf|view=print/;
const USUAL = { 32: "next", 33: "prev", 34: "next", 37: "left", 39: "right" }; // key codes of what reveal.js does by itself
const DIRECTIONS = { next: 1, right: 1, prev: -1, left: -1 };
const SPACE = 32;
const SHEET = `.reveal.overview :is(convoscope-view, iframe) { pointer-events: none }
  .convoscope-stops { position: absolute; top: 0; right: 0; z-index: 2; margin: 0 !important; font-size: 14px; line-height: 1.25;
    white-space: pre-line; opacity: 0.75; pointer-events: none }
  .reveal.overview .convoscope-stops, .reveal-print .convoscope-stops, .print-pdf .convoscope-stops { display: none }`;

export const ConvoscopeReveal = {
  id: "convoscope",
  init: (deck) => {
    addSheet(SHEET);
    const config = deck.getConfig();
    const keys = new Keys(deck, copiesOf(deck));
    const usual = config.keyboardCondition;
    config.keyboardCondition = (event) => {
      if (typeof usual === "function" && usual(event) === false) return false;
      if (usual === "focused" && !deck.isFocused()) return false;
      return !keys.take(event);
    };
    addEventListener("convoscope-ready", ({ target }) => {
      if (!target.getAttribute("keys")) target.giveKeysTo("deck").catch(() => {}); // it has been taken away meanwhile
      if (deck.getCurrentSlide()?.contains(target)) tell(target.closest("section"), "slide:start"); // it was not there to hear it
    });
    for (const kind of ["ready", "state"]) addEventListener(`convoscope-${kind}`, ({ target }) => showStops(target));
    deck.on("slidechanged", ({ previousSlide, currentSlide }) => {
      leave(previousSlide);
      tell(previousSlide, "slide:stop");
      tell(currentSlide, "slide:start");
    });
    deck.on("overviewshown", () => leave(deck.getCurrentSlide()));
    if (PRINTS.test(location.search)) deck.on("pdf-ready", async () => (await import("./convoscope-print.js")).prepare());
  },
};

/** Which keys move a view. */
class Keys {
  constructor(deck, copies) {
    Object.assign(this, { deck, copies, held: "" });
  }

  /** @param {KeyboardEvent | {keyCode: number}} event @returns {boolean} whether the key is used up */
  take(event) {
    const { deck } = this;
    const by = this.#direction(event);
    if (!by || event.ctrlKey || event.metaKey || event.altKey || isTyping()) return false;
    if (deck.isOverview() || deck.isPaused() || deck.isOverlayOpen?.()) return false;
    const view = this.#viewFor(by);
    if (event.repeat ? !view && !this.held : !view) {
      this.held = "";
      return false;
    }
    event.preventDefault?.();
    if (!event.repeat) this.copies.step(view, by);
    else if (this.held === "stepped") deck[by > 0 ? "next" : "prev"]({ skipFragments: true });
    this.held = event.repeat ? "turned" : "stepped";
    return true;
  }

  /** 1 or −1 for a key that would turn the slide forward or back, else 0. */
  #direction({ keyCode, shiftKey }) {
    const { keyboard, rtl } = this.deck.getConfig();
    if (!keyboard) return 0;
    const isOwn = typeof keyboard === "object" && Object.hasOwn(keyboard, keyCode);
    if (shiftKey && !isOwn) return keyCode === SPACE ? -1 : 0;
    const action = isOwn ? keyboard[keyCode] : USUAL[keyCode];
    const by = DIRECTIONS[action] ?? 0;
    return rtl && ["left", "right"].includes(action) ? -by : by;
  }

  /** The view of the slide that is to move now: seen, with a stop ahead, and no fragment before it is due first. */
  #viewFor(by) {
    const slide = this.deck.getCurrentSlide();
    const views = viewsOf(slide).filter((view) => isShown(view) && view.stopFrom(by) !== null);
    const view = views.at(by > 0 ? 0 : -1);
    const isDue = (fragment) => view.compareDocumentPosition(fragment) & (by > 0 ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING);
    return view && !nextFragments(slide, by).some(isDue) ? view : undefined;
  }
}

/** The fragments that reveal.js would show next, or hide. */
function nextFragments(slide, by) {
  const ahead = [...slide.querySelectorAll(".fragment")].filter((one) => one.classList.contains("visible") === by < 0);
  const indices = ahead.map((one) => Number(one.dataset.fragmentIndex));
  const next = by > 0 ? Math.min(...indices) : Math.max(...indices);
  return ahead.filter((_, n) => indices[n] === next);
}

/** A fragment has begun to appear as soon as its class says so, though it is still transparent. */
function isShown(view) {
  if (view.closest(".fragment:not(.visible), .fragment.fade-out.visible")) return false;
  return Boolean(view.closest(".fragment")) || view.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}

function isTyping() {
  return Boolean(document.activeElement?.closest("input, select, textarea, [contenteditable]"));
}

export function viewsOf(slide) {
  return [...(slide?.querySelectorAll("convoscope-view") ?? [])];
}

function tell(slide, words) {
  for (const { frame } of viewsOf(slide)) frame?.contentWindow?.postMessage(words, "*");
}

/** Take the focus out of a slide: else its view would get the keys. */
function leave(slide) {
  if (slide?.contains(document.activeElement)) document.activeElement.blur();
}

/** Say on the slide at which stop of how many its view is, and how to go on without them. */
function showStops(view) {
  const slide = view.closest("section");
  if (!slide || viewsOf(slide)[0] !== view) return;
  const { stops, step } = view.state;
  let line = slide.querySelector(":scope > .convoscope-stops");
  if (!line) {
    line = Object.assign(document.createElement("p"), { className: "convoscope-stops" });
    slide.append(line);
  }
  const at = stops?.findLastIndex((stop) => stop <= step) + 1;
  line.textContent = stops?.length > 1 ? `stop ${at} of ${stops.length}\nhold, or N: next slide` : "";
}

export function addSheet(rules) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets.push(sheet);
}
