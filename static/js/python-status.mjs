/** One line about Python: how much of it has arrived, that it works, or why it does not. */

const MEGABYTE = 1_000_000;

export class PythonStatus {
  /** @param {HTMLElement} line */
  constructor(line) {
    this.line = line;
    this.isReady = false;
    this.bar = line.querySelector("progress");
    this.words = line.querySelector(".words");
  }

  progress(loaded, total) {
    this.bar.max = total;
    this.bar.value = loaded;
    this.#say("loading", `Loading Python: ${(loaded / MEGABYTE).toFixed(1)} of ${(total / MEGABYTE).toFixed(1)} MB`);
  }

  ready() {
    this.#say("ready", "Python is ready");
  }

  restart(why) {
    this.#say("loading", `Python stopped (${why}). It is being started again; your settings are kept.`);
  }

  fail(why) {
    this.#say("failed", why);
  }

  #say(state, words) {
    this.isReady = state === "ready";
    this.line.dataset.state = state;
    this.words.textContent = words;
    this.bar.hidden = state !== "loading";
  }
}
