/**
 * The websocket to a Panel server. A question a second watches it; when it is lost, another is opened, with a session of
 * its own on the server, after pauses that grow. After two minutes the user is asked to say when.
 */

/* global Bokeh */

const BEAT = 1000; // milliseconds between two questions
const SILENCE = 900; // milliseconds without an answer until the user is told
const DEATH = 6000; // milliseconds without an answer until another websocket is tried
const OPENING = 10_000; // milliseconds that opening one may take
const [FIRST_PAUSE, LONGEST_PAUSE] = [500, 8000]; // milliseconds between two tries
const LONGEST_TRYING = 120_000; // milliseconds

const WORDS = {
  silent: "The server does not answer at the moment. Waiting for it.",
  cut: "The connection to the server is lost. It is being opened again; everything on this page is kept.",
  full: "Every place on the server is taken now. Waiting for one; everything on this page is kept.",
  ended: "The server could not be reached for two minutes. Everything on this page is kept: try again, or keep the link.",
  newer: "The server has another version of Convoscope now: open the link to go on with it.",
};

/** @typedef {{opened: (roots: object[]) => void, silent: (words: string) => void, cut: (words: string, retry?: () => void) => void}} Tell */

export class Connection {
  /** @param {string} version of this page's scripts @param {Tell} tell */
  constructor(version, tell) {
    Object.assign(this, { version, tell, session: null, isSilent: false });
    setInterval(() => this.#beat(), BEAT);
    addEventListener("visibilitychange", () => this.#beat());
  }

  /** The first one, with the token that came with the page. */
  async begin() {
    this.#use(await this.#open(tokenOf(document)));
  }

  /** This session is not wanted on the server, because it is full. */
  full() {
    this.#lose(WORDS.full);
  }

  #use(session) {
    this.session = session;
    session.document.on_event("connection_lost", () => session === this.session && this.#lose(WORDS.cut));
    this.tell.opened(session.document.roots());
  }

  /** Ask the server whether it is there. A page that nobody sees asks nothing. */
  #beat() {
    const { session } = this;
    if (!session || document.hidden || this.asking) return;
    this.asking = session;
    const told = setTimeout(() => this.#hush(session, true), SILENCE);
    const dead = setTimeout(() => session === this.session && this.#lose(WORDS.cut), DEATH);
    const done = () => {
      clearTimeout(told);
      clearTimeout(dead);
      if (this.asking === session) this.asking = null;
      this.#hush(session, false);
    };
    session.request_server_info().then(done, done);
  }

  #hush(session, yes) {
    if (session !== this.session || yes === this.isSilent) return;
    this.isSilent = yes;
    this.tell.silent(yes ? WORDS.silent : "");
  }

  /** Give up this websocket and try others. */
  #lose(words) {
    const lost = this.session;
    Object.assign(this, { session: null, asking: null, isSilent: false });
    lost?.close();
    this.tell.cut(words);
    this.#retry();
  }

  async #retry() {
    const end = Date.now() + LONGEST_TRYING;
    for (let pause = FIRST_PAUSE; Date.now() < end; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      await new Promise((resolve) => setTimeout(resolve, pause * (0.75 + 0.5 * Math.random()))); // not all pages at once
      const session = await this.#again().catch(() => null);
      if (session === "newer") return this.tell.cut(WORDS.newer, () => location.reload());
      if (session) return this.#use(session);
    }
    this.tell.cut(WORDS.ended, () => {
      this.tell.cut(WORDS.cut);
      this.#retry();
    });
  }

  /** A session with a token of today, which the server gives with its page. */
  async #again() {
    const response = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(OPENING) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const token = tokenOf(page);
    if (!token) return this.tell.cut(response.ok ? WORDS.full : WORDS.cut);
    if (JSON.parse(page.getElementById("site").textContent).version !== this.version) return "newer";
    return this.#open(token);
  }

  #open(token) {
    const { pull_session: pull } = Bokeh.require("client/connection");
    const url = new URL(`${location.pathname.replace(/\/$/, "")}/ws`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const late = new Promise((_, reject) => {
      setTimeout(() => reject(new Error("The server did not open a websocket.")), OPENING);
    });
    return Promise.race([pull(url.href, token), late]);
  }
}

/** @param {Document} page */
export function tokenOf(page) {
  return page.getElementById("token")?.content ?? "";
}
