/**
 * What an embed does beyond the page: it plays by itself if its address says so, rests while nobody sees it, scrolls
 * only after a click, and gives back to the deck the keys that it has no use for. frame.mjs is how its frame talks to it.
 */
import { isOn, pageParameter } from "./address.mjs";
import { Fitting } from "./fitting.mjs";
import { Frame } from "./frame.mjs";

/** What reveal.js and its like call the keys of a deck. */
const DECK_KEYS = { Escape: 27, PageUp: 33, PageDown: 34, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40 };
for (const letter of "bfnopsv") DECK_KEYS[letter] = letter.toUpperCase().charCodeAt(0); // black, full screen, next, overview, …
const TURN = { 1: "n", [-1]: "p" }; // the keys that turn the slide at once
const FORWARD = ["ArrowRight", "PageDown"]; // a presenter's remote sends PageUp and PageDown
const BACK = ["ArrowLeft", "PageUp"];
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const REDUCED = matchMedia("(prefers-reduced-motion: reduce)");

export class Embed {
  /** @param {() => import("./view.mjs").View} current the view that is shown */
  constructor(current) {
    this.current = current;
    this.keys = pageParameter("keys") || "view-then-deck";
    this.seen = false;
    /** Fulfilled when the embed is seen for the first time: until then it costs no Python. */
    this.firstSeen = new Promise((resolve) => {
      this.tellSeen = resolve;
    });
    for (const part of document.documentElement.dataset.hide.split(" ").filter(Boolean)) {
      document.querySelector(`.view:not([hidden]) .panel[data-part="${CSS.escape(part)}"]`)?.toggleAttribute("data-away", true);
    }
    new Fitting(current);
    this.frame = new Frame(this);
    this.#setPlayer();
    new IntersectionObserver((entries) => this.#see(entries.at(-1).isIntersecting)).observe(document.querySelector("main"));
    addEventListener("keydown", (event) => this.#key(event), { capture: true });
    for (const kind of ["pointerdown", "click"]) addEventListener(kind, (event) => this.#pick(event), { capture: true });
    for (const touch of ["pointerdown", "focusin"]) {
      addEventListener(touch, () => document.documentElement.toggleAttribute("data-awake", true), { once: true });
    }
  }

  /** Whether it shows what the build has computed and has no controls: then it needs Python only when it is touched. */
  get onlyPlays() {
    return document.documentElement.dataset.hide.split(" ").includes("controls") && !this.current().section.hasAttribute("data-waiting");
  }

  /** The picture is touched, or pointed at if more can be done on it than elsewhere. @param {() => void} tell */
  whenTouched(tell) {
    const { section, own } = this.current();
    const listen = ({ target }) => target.closest(".player") || tell();
    for (const touch of ["pointerdown", "focusin", ...(own ? ["pointerover"] : [])]) section.addEventListener(touch, listen, { capture: true });
  }

  /** Play, as autoplay or the deck asks for it; never against the wish for less motion. */
  start() {
    this.tellSeen();
    if (!REDUCED.matches) this.current().player.play();
  }

  #setPlayer() {
    const { player } = this.current();
    player.loop = isOn("loop");
    const speed = Number(pageParameter("speed"));
    if (SPEEDS.includes(speed)) {
      player.setSpeed(speed);
      document.querySelector(".view:not([hidden]) [data-part=speed]").value = speed;
    }
  }

  /** Off the screen nothing moves; what moved goes on when it is back. */
  #see(isSeen) {
    const { player } = this.current();
    if (isSeen === this.seen) return;
    this.seen = isSeen;
    if (isSeen) {
      if (this.moved ?? isOn("autoplay")) this.start();
      this.tellSeen();
    } else {
      this.moved = player.playing;
      player.pause();
    }
  }

  /** A click in the overview of a deck picks the slide, also where the frame is a plain one; only the deck's own site can tell. */
  #pick(event) {
    const slide = window.frameElement?.closest(".reveal.overview section");
    if (!slide) return;
    event.stopPropagation();
    event.preventDefault();
    if (event.type !== "click") return;
    window.frameElement.blur();
    slide.click();
  }

  #key(event) {
    const code = DECK_KEYS[event.key];
    const field = event.target.closest?.("input, select, textarea, [contenteditable], [data-keys]");
    if (!code || field || event.ctrlKey || event.metaKey || event.altKey || window.parent === window) return;
    event.stopPropagation();
    event.preventDefault();
    const by = FORWARD.includes(event.key) - BACK.includes(event.key);
    if (by && event.repeat && this.keys !== "view") return this.#skip(by);
    this.hasSkipped = false;
    if (!this.step(event.key) && this.keys !== "view") this.frame.giveKey(event.key, code);
  }

  /** A key that is held turns the slide, once. */
  #skip(by) {
    if (!this.hasSkipped && !this.frame.isLeft) this.frame.giveKey(TURN[by], DECK_KEYS[TURN[by]]);
    this.hasSkipped = true;
  }

  /** Let a key of the deck move the view to its next stop; not in a slide that was left. @returns {boolean} whether it did */
  step(key) {
    const { player } = this.current();
    const by = FORWARD.includes(key) - BACK.includes(key);
    const stop = by && this.keys !== "deck" && !this.frame.isLeft ? player.stopFrom(by) : null;
    if (stop === null) return false;
    player.pause();
    player.go(stop);
    return true;
  }
}
