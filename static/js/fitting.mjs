/**
 * Fits a view into the frame of an embed: the panels as wide as lets the player stay in the frame, and room kept for the
 * longest sentence, so that nothing moves while it plays. The style sheet (embed.css) uses what is measured here.
 */

const SMALLEST = 0.4; // of the frame's width: narrower than this the page may rather scroll
const STEP = 0.05;
const NEAR = 2; // pixels

export class Fitting {
  /** @param {() => import("./view.mjs").View} current the view that is shown */
  constructor(current) {
    this.current = current;
    const again = () => {
      this.fit();
      this.#showEnd();
    };
    addEventListener("resize", again);
    document.addEventListener("traceshown", again);
    document.addEventListener("stepshown", () => this.#showEnd());
    const others = new ResizeObserver(again);
    for (const part of current().section.querySelectorAll(".layout > :not(.stage, .caption)")) others.observe(part);
    others.observe(document.querySelector("footer"));
    this.fit();
  }

  /** Where even the narrowest stage is too high (on a phone, above settings), it has its whole width and the page scrolls. */
  fit() {
    const { section } = this.current();
    section.style.setProperty("--lines", this.#lines());
    const frame = innerHeight - document.querySelector("footer").offsetHeight;
    const stage = section.querySelector(".stage");
    const style = (name, pixels) => section.style.setProperty(name, `${Math.floor(pixels)}px`);
    const bottom = () => {
      const lowest = Math.max(...this.#parts().map((part) => part.getBoundingClientRect().bottom));
      return lowest + scrollY + parseFloat(getComputedStyle(section).paddingBottom);
    };
    const { height } = stage.getBoundingClientRect();
    style("--room", Math.max(0, frame - bottom() + height));
    const fitsAt = (width) => {
      style("--fit", width);
      return bottom() <= frame;
    };
    let share = 1; // going down, for far below buttons wrap and make it high again
    while (share > SMALLEST && !fitsAt(share * innerWidth)) share -= STEP;
    if (share <= SMALLEST) return style("--fit", innerWidth);
    let [fits, tooWide] = [share * innerWidth, (share + STEP) * innerWidth];
    while (share < 1 && tooWide - fits > NEAR) {
      const middle = (fits + tooWide) / 2;
      if (fitsAt(middle)) fits = middle;
      else tooWide = middle;
    }
    style("--fit", fits);
  }

  /** Of a sentence that has no room its end is shown, where the result stands. */
  #showEnd() {
    const sentence = this.current().section.querySelector(".sentence");
    sentence.scrollTop = sentence.scrollHeight;
  }

  /** What has to be in the frame. */
  #parts() {
    return [...this.current().section.querySelectorAll(".stage, .telling")].filter((part) => part.offsetHeight);
  }

  /** How many lines the longest sentence of the trace takes. */
  #lines() {
    const { section, trace } = this.current();
    const shown = section.querySelector(".sentence");
    const sentences = Array.from({ length: trace.length }, (_, step) => trace.sentence(step));
    const longest = sentences.reduce((one, other) => (other.length > one.length ? other : one));
    const trial = shown.cloneNode();
    trial.removeAttribute("role");
    trial.textContent = longest;
    trial.style.cssText = `position: absolute; visibility: hidden; min-height: 0; max-height: none; width: ${shown.clientWidth}px`;
    shown.after(trial);
    const lines = Math.round(trial.clientHeight / parseFloat(getComputedStyle(trial).lineHeight));
    trial.remove();
    return Math.max(1, lines);
  }
}
