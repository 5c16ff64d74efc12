/**
 * The way to Python in a worker: events go out, packets come back. A dead or stuck worker is replaced, and the
 * settings that the page shows are handed to the new one.
 */
import { Requests } from "./requests.mjs";
import { Watchdog } from "./watchdog.mjs";
import { waysToWorker } from "./worker-ways.mjs";

const DEADLINE = 10_000; // milliseconds for one answer
const START_DEADLINE = 60_000; // milliseconds without any news of a worker that is starting
const LONGEST_SILENCE = 5000; // milliseconds without any news of it until the user is told
const LONGEST_FRAME = 1000; // milliseconds
const MOST_RESTARTS = 3; // in a row without an answer between them; a worker that never came up is not tried again
const SLOW = "Python is still starting: nothing new has come for 5 seconds. On a slow connection or computer this is normal; otherwise load the page again.";
const NO_WORKERS = "this browser, or the frame of this page, does not allow web workers; open the page in a window of its own or use a current browser";

export class PythonWorker {
  /**
   * @param {object} runtime what the worker loads: {worker, ...} (see homes/site.py)
   * @param {{progress: (loaded: number, total: number) => void, ready: (fetched: string[]) => void, news: (packet: ArrayBuffer) => void,
   *   fetched: (file: {path: string, loaded: number, total: number}) => void, slow: (words: string) => void, lost: (why: string, again: boolean) => void}} tell
   * @param {() => object[]} rebuild the events that bring a new worker to the page's settings
   * @param {boolean} shared whether other pages of this origin may use the same worker; if that fails, this page has its own
   */
  constructor(runtime, tell, rebuild, shared) {
    Object.assign(this, { runtime, tell, rebuild, shared });
    this.restarts = 0;
    this.cameUp = false;
    const late = () => this.#lose(`it did not answer for ${DEADLINE / 1000} seconds`);
    this.requests = new Requests(DEADLINE, (id, event) => this.port.postMessage({ type: "event", id, event }), late);
    const ping = () => this.port.postMessage({ type: "ping" });
    this.watchdog = new Watchdog(ping, (why) => this.#lose(why));
    this.#start(waysToWorker(shared));
  }

  /** @param {object} event @returns {Promise<ArrayBuffer>} the packet that answers it */
  send(event) {
    return this.requests.send(event);
  }

  /** A view is shown: Python is to import what it needs. @param {string} view */
  open(view) {
    this.view = view;
    if (this.requests.isOpen) this.port.postMessage({ type: "open", view });
  }

  /** Begin a worker in the first way that works: a browser refuses one with an exception, or with an event. */
  #start([way, ...others]) {
    if (!way) return this.#lose(NO_WORKERS, false);
    try {
      this.#use(way(new URL("./worker.mjs", import.meta.url).href), others);
    } catch {
      this.#start(others);
    }
  }

  #use({ worker, port, said }, others) {
    let isHeard = Boolean(said?.length);
    this.port = port;
    this.end = () => (port === worker ? worker.terminate() : port.postMessage({ type: "leave" }));
    port.onmessage = ({ data }) => {
      if (port !== this.port) return;
      isHeard = true;
      this.#receive(data);
    };
    worker.onerror = (event) => {
      if (port !== this.port) return;
      if (isHeard || !others.length) return this.#lose(event.message || "the worker script did not load");
      this.end();
      this.#start(others);
    };
    this.#awaitStart();
    if (!said) return port.postMessage({ type: "start", runtime: this.runtime });
    for (const message of said) if (port === this.port) this.#receive(message);
  }

  #awaitStart() {
    this.#hear();
    this.starting = setTimeout(() => this.#lose(`nothing came of it for ${START_DEADLINE / 1000} seconds`), START_DEADLINE);
    this.silent = setTimeout(() => this.tell.slow(SLOW), LONGEST_SILENCE);
  }

  #hear() {
    clearTimeout(this.starting);
    clearTimeout(this.silent);
  }

  #receive(message) {
    this.watchdog.heard();
    switch (message.type) {
      case "begun":
        return this.#awaitStart();
      case "progress":
        this.#awaitStart();
        return this.tell.progress(message.loaded, message.total);
      case "ready":
        this.#hear();
        this.cameUp = true;
        this.watchdog.begin();
        if (this.view) this.port.postMessage({ type: "open", view: this.view });
        this.requests.open(this.restarts ? this.rebuild() : []);
        return this.tell.ready(message.fetched);
      case "answer":
        this.restarts = 0;
        return this.requests.answer(message.id, message.packet, message.error);
      case "news":
        this.tell.news(message.packet);
        return whenPainted().then(() => this.port?.postMessage({ type: "shown" }));
      case "fetched":
        this.requests.extend();
        return this.tell.fetched(message);
      case "alive":
        return;
      case "working":
      case "rested":
        return this.watchdog.working(message.type === "working");
      case "failed":
        return this.#lose(message.why);
      default:
        throw new Error(`The worker sent a message of unknown type ${message.type}`);
    }
  }

  /** The worker is gone or stuck: start another, unless several in a row came to nothing. */
  #lose(why, mayTry = this.cameUp || this.shared) {
    this.#hear();
    this.watchdog.end();
    this.end?.();
    this.port = null; // what the lost one still says is not heard
    this.requests.close();
    const again = mayTry && ++this.restarts <= MOST_RESTARTS;
    this.shared = false;
    if (!again) this.requests.refuseAll(`Python could not be started: ${why}.`);
    this.tell.lost(why, again);
    if (again) this.#start(waysToWorker(false));
  }
}

/** After the next frame; a hidden page has none, and one that is being hidden may miss it. */
async function whenPainted() {
  if (document.hidden) return;
  await Promise.race([new Promise(requestAnimationFrame), new Promise((resolve) => setTimeout(resolve, LONGEST_FRAME))]);
}
