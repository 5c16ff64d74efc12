/**
 * Convoscope in your own page or deck. One line brings it:
 *   <script type="module" src="https://YOUR-CONVOSCOPE/convoscope-embed.js"></script>
 * Then
 *   <convoscope-view view="rgb" step="4"></convoscope-view>
 * stands for an iframe of that view; every setting of the view is an attribute. In reveal.js also
 *   import { ConvoscopeReveal } from "https://YOUR-CONVOSCOPE/convoscope-embed.js";
 *   Reveal.initialize({ plugins: [ConvoscopeReveal] });
 * so that arrows and a presenter's remote move the view from stop to stop, and the deck when the view is at its end.
 */

export { ConvoscopeReveal } from "./convoscope-deck.js";

const SITE = new URL("./", import.meta.url);
const TIMEOUT = 15_000; // milliseconds for the answer to a command
const PATIENCE = 120_000; // milliseconds for one that may have to wait until Python has come
const OWN_ATTRIBUTES = new Set(["id", "class", "style", "slot", "title", "width", "height", "loading", "sandbox"]);
const IS_COPY = /receiver/i.test(location.search); // of reveal.js's speaker view: it follows the projector and plays nothing by itself
const FORWARD = ["ArrowRight", "PageDown", " "];
const BACK = ["ArrowLeft", "PageUp"];

/** An iframe with one view, its state and its commands. Fires convoscope-ready, convoscope-state and convoscope-key. */
export class ConvoscopeView extends HTMLElement {
  #waiting = new Map();
  #isThere = false; // whether its page listens
  #nextId = 0;
  #keyId = 0; // the command of the last key, until it is answered
  #hear = (event) => this.#receive(event);

  connectedCallback() {
    addEventListener("message", this.#hear);
    this.frame ??= this.#makeFrame();
    this.frame.src = this.state?.address ?? this.address; // what was set survives being taken out and put back
    this.replaceChildren(this.frame);
  }

  disconnectedCallback() {
    removeEventListener("message", this.#hear);
    this.#isThere = false;
    this.#keyId = 0;
  }

  /** The address of the view as the attributes describe it. */
  get address() {
    const url = new URL("embed.html", SITE);
    url.searchParams.set("origin", location.origin);
    for (const { name, value } of this.attributes) {
      if (IS_COPY && name === "autoplay") continue;
      if (!OWN_ATTRIBUTES.has(name) && !name.startsWith("data-")) url.searchParams.set(name, value);
    }
    return url.href;
  }

  get() {
    return this.#command("get");
  }

  set(settings) {
    return this.#command("set", { settings });
  }

  /** @param {number} step */
  step(step) {
    return this.#command("step", { step });
  }

  /** @param {number} by how many steps from here, back if negative */
  stepBy(by) {
    return this.#command("step", { by });
  }

  play() {
    return this.#command("play");
  }

  pause() {
    return this.#command("pause");
  }

  reset() {
    return this.#command("reset");
  }

  /** Answered when the view shows what its attributes ask for, drawn whole and at rest: on slow machines this takes a while. */
  settle() {
    return this.#command("settle", {}, PATIENCE);
  }

  /** Let a key move the view to its next stop, unless its `keys` say otherwise or there is none. @returns {boolean} whether it does */
  takeKey(key) {
    const by = FORWARD.includes(key) - BACK.includes(key);
    return by !== 0 && this.takeStep(by);
  }

  /** The same for a direction. @param {1 | -1} by */
  takeStep(by) {
    const stop = this.stopFrom(by);
    if (stop === null) return false;
    this.state = { ...this.state, step: stop }; // the next key may come before the answer
    this.step(stop);
    this.#keyId = this.#nextId;
    return true;
  }

  /** The step to which a key leads, or null. @param {1 | -1} by */
  stopFrom(by) {
    if (!this.state || this.getAttribute("keys") === "deck") return null;
    const { step, steps, stops } = this.state;
    const all = stops ?? Array.from({ length: steps }, (_, n) => n);
    return all.filter((stop) => by * (stop - step) > 0).at(by > 0 ? 0 : -1) ?? null;
  }

  /** Who has the keys while the focus is in the view: "deck", "view" or "view-then-deck". */
  giveKeysTo(keys) {
    return this.#command("keys", { keys });
  }

  /** What it shows, as an SVG. @returns {Promise<string>} */
  picture() {
    return this.#command("picture", {}, PATIENCE);
  }

  #makeFrame() {
    const frame = document.createElement("iframe");
    frame.title = this.title || `Convoscope: ${this.getAttribute("view") ?? "convolution"}`;
    frame.loading = this.getAttribute("loading") ?? "lazy";
    frame.allow = `clipboard-write; fullscreen; ${this.getAttribute("allow") ?? ""}`; // "camera" for the webcam
    if (this.hasAttribute("sandbox")) frame.sandbox = this.getAttribute("sandbox");
    frame.style.cssText = "width: 100%; height: 100%; border: 0; color-scheme: normal";
    this.style.display ||= "block";
    this.style.width ||= length(this.getAttribute("width"), "100%");
    this.style.height ||= length(this.getAttribute("height"), "520px");
    return frame;
  }

  #command(cmd, more = {}, patience = TIMEOUT) {
    const id = ++this.#nextId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#answer(id, () => reject(new Error(`The embed did not answer “${cmd}”.`))), patience);
      this.#waiting.set(id, { resolve, reject, timer });
      const to = this.hasAttribute("sandbox") ? "*" : SITE.origin; // a sandboxed frame has no origin
      const send = () => this.frame.contentWindow?.postMessage({ app: "convoscope", v: 1, cmd, id, ...more }, to);
      if (this.#isThere) send();
      else this.addEventListener("convoscope-ready", send, { once: true });
    });
  }

  #receive({ data, source, origin }) {
    if (source !== this.frame?.contentWindow || (origin !== SITE.origin && origin !== "null")) return;
    if (data?.app !== "convoscope" || data.v !== 1) return;
    if (data.event === "ready") this.#isThere = true;
    if (data.event === "done") this.#answer(data.id, ({ resolve }) => resolve(data.picture ?? data.state));
    if (data.event === "error") this.#answer(data.id, ({ reject }) => reject(new Error(data.message)));
    // What was said before the last key came must not lead the next one back.
    if (data.state) this.state = this.#keyId ? { ...data.state, step: this.state.step } : data.state;
    if (!["done", "error"].includes(data.event)) this.dispatchEvent(new CustomEvent(`convoscope-${data.event}`, { detail: data, bubbles: true }));
  }

  #answer(id, settle) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    if (id === this.#keyId) this.#keyId = 0;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    settle(waiting);
  }
}

function length(value, usual) {
  if (!value) return usual;
  return /^\d+$/.test(value) ? `${value}px` : value;
}

if (!customElements.get("convoscope-view")) customElements.define("convoscope-view", ConvoscopeView);
