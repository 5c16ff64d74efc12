/**
 * The way to Python in a worker: events go out, packets come back. A dead or stuck worker is replaced, and the
 * settings that the page shows are handed to the new one.
 */
import { Requests } from "./requests.mjs";

const DEADLINE = 10_000; // milliseconds for one answer
const START_DEADLINE = 60_000; // milliseconds without any news of a worker that is starting
const LONGEST_FRAME = 1000; // milliseconds
const MOST_RESTARTS = 3; // in a row without an answer between them; a worker that never came up is not tried again

export class PythonWorker {
  /**
   * @param {object} runtime what the worker loads: {worker, ...} (see homes/site.py)
   * @param {{progress: (loaded: number, total: number) => void, ready: () => void, news: (packet: ArrayBuffer) => void,
   *   lost: (why: string, again: boolean) => void}} tell
   * @param {() => object[]} rebuild the events that bring a new worker to the page's settings
   * @param {boolean} shared whether other pages of this origin may use the same worker; if that fails, this page has its own
   */
  constructor(runtime, tell, rebuild, shared) {
    Object.assign(this, { runtime, tell, rebuild, shared });
    this.restarts = 0;
    this.cameUp = false;
    const late = () => this.#lose(`it did not answer for ${DEADLINE / 1000} seconds`);
    this.requests = new Requests(DEADLINE, (id, event) => this.port.postMessage({ type: "event", id, event }), late);
    this.#start();
  }

  /** @param {object} event @returns {Promise<ArrayBuffer>} the packet that answers it */
  send(event) {
    return this.requests.send(event);
  }

  #start() {
    const url = new URL("./worker.mjs", import.meta.url).href;
    const { worker, port } = (this.shared && sharedWorker(url)) || ownWorker(url);
    this.port = port;
    this.end = () => (port === worker ? worker.terminate() : port.postMessage({ type: "leave" }));
    port.onmessage = ({ data }) => port === this.port && this.#receive(data);
    worker.onerror = (event) => port === this.port && this.#lose(event.message || "the worker script did not load");
    this.#awaitStart();
    port.postMessage({ type: "start", runtime: this.runtime });
  }

  #awaitStart() {
    clearTimeout(this.starting);
    this.starting = setTimeout(() => this.#lose(`nothing came of it for ${START_DEADLINE / 1000} seconds`), START_DEADLINE);
  }

  #receive(message) {
    switch (message.type) {
      case "progress":
        this.#awaitStart();
        return this.tell.progress(message.loaded, message.total);
      case "ready":
        clearTimeout(this.starting);
        this.cameUp = true;
        this.requests.open(this.restarts ? this.rebuild() : []);
        return this.tell.ready();
      case "answer":
        this.restarts = 0;
        return this.requests.answer(message.id, message.packet, message.error);
      case "news":
        this.tell.news(message.packet);
        return whenPainted().then(() => this.port.postMessage({ type: "shown" }));
      case "failed":
        return this.#lose(message.why);
      default:
        throw new Error(`The worker sent a message of unknown type ${message.type}`);
    }
  }

  /** The worker is gone or stuck: start another, unless several in a row came to nothing. */
  #lose(why) {
    clearTimeout(this.starting);
    this.end();
    this.requests.close();
    const again = (this.cameUp || this.shared) && ++this.restarts <= MOST_RESTARTS;
    this.shared = false;
    if (again) this.#start();
    else this.requests.refuseAll(`Python could not be started: ${why}.`);
    this.tell.lost(why, again);
  }
}

/** After the next frame; a hidden page has none, and one that is being hidden may miss it. */
async function whenPainted() {
  if (document.hidden) return;
  await Promise.race([new Promise(requestAnimationFrame), new Promise((resolve) => setTimeout(resolve, LONGEST_FRAME))]);
}

/** One worker for all pages of the origin, where the browser has such and the frame may use them. */
function sharedWorker(url) {
  try {
    const worker = new SharedWorker(url, { type: "module", name: "convoscope" });
    addEventListener("pagehide", () => worker.port.postMessage({ type: "leave" }));
    return { worker, port: worker.port };
  } catch {
    return null;
  }
}

function ownWorker(url) {
  const worker = makeWorker(url);
  return { worker, port: worker };
}

/** A sandboxed iframe may not start a worker from a URL, but from a blob that imports it; what comes early is kept. */
function makeWorker(url) {
  try {
    return new Worker(url, { type: "module" });
  } catch {
    const text = `const early = []; self.onmessage = (event) => early.push(event);
      import(${JSON.stringify(url)}).then(() => early.forEach((event) => self.onmessage(event)));`;
    return new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  }
}
