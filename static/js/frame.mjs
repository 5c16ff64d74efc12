/**
 * The messages between an embed and the page that frames it (README: "Drive an embed from your page").
 * Commands are taken from the frame's own window alone, and only if the address names its origin: ?origin=https://my.deck
 * Without that there are only reveal.js's slide:start and slide:stop, which play and pause.
 */
import { isOn, pageParameter } from "./address.mjs";

const STATES_WHILE_PLAYING = 250; // milliseconds between two messages about the step

export class Frame {
  /** @param {import("./embed.mjs").Embed} embed */
  constructor(embed) {
    this.embed = embed;
    this.origin = exactOrigin(pageParameter("origin"));
    this.lastState = 0;
    if (window.parent === window) return;
    addEventListener("message", (event) => this.#receive(event));
    if (!this.origin) return;
    this.#say({ event: "ready", version: window.convoscope.version, state: this.#state() });
    document.addEventListener("stepshown", () => this.#tellState());
  }

  /** Give a key to the deck: reveal.js presses it, other decks hear of it. */
  giveKey(key, code) {
    window.parent.postMessage(JSON.stringify({ method: "triggerKey", args: [code] }), "*"); // holds nothing of ours
    if (this.origin) this.#say({ event: "key", key });
  }

  #receive({ data, origin, source }) {
    if (source !== window.parent) return;
    if (data === "slide:start") return this.#arrive();
    if (data === "slide:stop") return this.#leave();
    if (origin !== this.origin || data?.app !== "convoscope" || "event" in data) return;
    this.#obey(data);
  }

  /** Its slide is shown: it plays if its address asks for it, or goes on if it moved when it was left. */
  #arrive() {
    const moves = this.moved ?? isOn("autoplay");
    this.onSlide = true;
    this.isLeft = false;
    return moves ? this.embed.start() : this.embed.tellSeen();
  }

  #leave() {
    const { player } = this.embed.current();
    if (this.onSlide) this.moved = player.playing; // decks may say it twice
    this.onSlide = false;
    this.isLeft = true; // from now on no key is its own
    player.pause();
    if (document.hasFocus()) window.parent.focus();
  }

  async #obey({ v, cmd, id = null, ...more }) {
    const refuse = (message) => this.#say({ event: "error", id, cmd: String(cmd), message, state: this.#state() });
    if (v !== 1) return refuse(`These messages are version 1, not ${v}; send v: 1.`);
    const command = COMMANDS[cmd];
    if (!Object.hasOwn(COMMANDS, cmd)) return refuse(`There is no command “${cmd}”; the commands are ${Object.keys(COMMANDS).join(", ")}.`);
    this.embed.tellSeen(); // who is driven is wanted, even behind another slide
    try {
      const answer = await command(this.embed.current(), more, this.embed);
      this.#say({ event: "done", id, cmd, state: this.#state(), ...answer });
    } catch (error) {
      refuse(error.message);
    }
  }

  #tellState() {
    const now = performance.now();
    if (this.embed.current().player.playing && now - this.lastState < STATES_WHILE_PLAYING) return;
    this.lastState = now;
    this.#say({ event: "state", state: this.#state() });
  }

  #state() {
    const view = this.embed.current();
    const { step, length, stops } = view.player;
    const pictures = view.rows.filter(({ kind }) => kind === "picture").map(({ name }) => [name, undefined]); // they stay here
    const place = { stops, atStart: step === 0, atEnd: step === length - 1 };
    return { ...view.state(), ...Object.fromEntries(pictures), ...place, address: view.address(), sentence: view.sentence() };
  }

  #say(message) {
    const to = this.origin === "null" ? "*" : this.origin; // a page opened from a file has no origin to be named
    window.parent.postMessage({ app: "convoscope", v: 1, ...message }, to);
  }
}

/** An origin as browsers write it, or "" for anything else. "null" is that of a page opened from a file. */
function exactOrigin(text) {
  return text === "null" || (URL.canParse(text) && new URL(text).origin === text) ? text : "";
}

/**
 * What a command does; it fails with a sentence.
 * @type {Record<string, (view: import("./view.mjs").View, more: object, embed: import("./embed.mjs").Embed) => unknown>}
 */
const COMMANDS = {
  get: () => {},
  keys: (view, { keys }, embed) => {
    if (!["deck", "view", "view-then-deck"].includes(keys)) throw new Error('Keys are "deck", "view" or "view-then-deck".');
    embed.keys = keys;
  },
  play: (view) => void view.player.play(),
  pause: (view) => void view.player.pause(),
  picture: async (view) => {
    const { svgOf } = await import("./snapshot.mjs");
    return { picture: await svgOf(view) };
  },
  settle: async (view) => {
    if (view.section.hasAttribute("data-waiting")) await window.convoscope.ready;
    view.player.pause();
    await view.figures.drawn.whole();
  },
  step: (view, { step, by = 0 }) => {
    const to = step ?? view.player.step + by;
    if (!Number.isInteger(to)) throw new Error(`A step is a whole number, not ${to}; send step: 4 or by: 1.`);
    view.player.pause();
    view.player.go(to);
  },
  set: (view, { settings }) => {
    if (typeof settings !== "object" || settings === null) throw new Error('Settings are a table such as {"stride": 2}.');
    return changed(view, "settings", settings);
  },
  reset: (view) => changed(view, "reset", null),
};

async function changed(view, name, value) {
  await window.convoscope.ready;
  await view.change(name, value);
  if (view.refused) throw new Error(view.notices.join(" "));
}
