/** One line about Python: how much of it has arrived, that it works, or why it does not, and what can be done. */
import { make } from "./elements.mjs";

const MEGABYTE = 1_000_000;

export class PythonStatus {
  /** @param {HTMLElement} line */
  constructor(line) {
    this.line = line;
    this.isReady = false;
    this.bar = line.querySelector("progress");
    this.words = line.querySelector(".words");
    this.ways = [];
  }

  progress(loaded, total) {
    this.bar.max = total;
    this.bar.value = loaded;
    this.#say("loading", `Loading Python: ${(loaded / MEGABYTE).toFixed(1)} of ${(total / MEGABYTE).toFixed(1)} MB`);
  }

  ready() {
    this.#say("ready", "Python is ready");
  }

  /** Nobody needs Python here yet. */
  rest() {
    this.#say("resting", "Python comes when you touch the picture");
  }

  restart(why) {
    this.#say("loading", `Python stopped (${why}). It is being started again; your settings are kept.`);
  }

  /** The server is out of reach. @param {string} words @param {(() => void)=} retry if the user must say when @param {string=} link */
  cut(words, retry, link) {
    this.bar.removeAttribute("value");
    this.#say(retry ? "failed" : "loading", words);
    if (!retry) return;
    const button = make("button", { type: "button", textContent: "Try again" });
    button.addEventListener("click", retry);
    this.ways = [button, make("a", { href: link, textContent: "The link that holds what is shown" })];
    this.line.append(...this.ways);
  }

  /** Python may be there, but is not heard at the moment. */
  silent(words) {
    this.line.dataset.state = "loading";
    this.words.textContent = words;
  }

  fail(why) {
    this.#say("failed", why);
  }

  #say(state, words) {
    for (const way of this.ways) way.remove();
    this.ways = [];
    this.isReady = state === "ready";
    this.line.dataset.state = state;
    this.words.textContent = words;
    this.bar.hidden = state !== "loading";
  }
}
