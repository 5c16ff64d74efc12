/**
 * Python in its own thread: loads Pyodide, NumPy and our package, then answers events. As a shared worker it serves
 * several embeds of one origin: one Pyodide, and for each page an Answerer with settings of its own.
 * Messages in: {type: "start", runtime}, {type: "open", view}, {type: "event", id, event}, {type: "shown"} after each news,
 * {type: "ping"}, {type: "leave"}. Out: begun, progress, ready, answer, news, alive, failed; working and rested around a computation; fetched
 * as the bytes of a file come that an event needs.
 */

import { fetchAhead, fetched, fetchWhole } from "./fetching.mjs";

const LONG_TICK = 500; // milliseconds
const starting = new Set(); // ports that wait for Python
const pages = new Set(); // ports that have it
let later; // what keeps the archives of modules that are imported later
let python; // a promise of Pyodide with our package, begun by the first page that asks

if ("onconnect" in self) self.onconnect = ({ ports: [port] }) => serve(port);
else serve(self);

/** Talk with one page. @param {MessagePort | DedicatedWorkerGlobalScope} port */
function serve(port) {
  let page;
  port.onmessage = async ({ data }) => {
    switch (data.type) {
      case "start":
        try {
          port.postMessage({ type: "begun" });
          starting.add(port);
          python ??= start(data.runtime);
          const loaded = await python;
          page = new Page(port, data.runtime, compute(() => loaded.pyimport("convoscope.views.answer").Answerer()));
          pages.add(port);
          port.postMessage({ type: "ready", fetched: fetched() });
        } catch (error) {
          python = undefined; // the next page tries again
          port.postMessage({ type: "failed", why: reason(error) });
        }
        starting.delete(port);
        break;
      case "event":
        page.take(data.id, data.event);
        break;
      case "open":
        page.open(data.view);
        break;
      case "shown":
        page?.shown();
        break;
      case "ping":
        port.postMessage({ type: "alive" });
        break;
      case "leave":
        pages.delete(port);
        page?.leave();
        break;
      default:
        throw new Error(`The page sent a message of unknown type ${data.type}`);
    }
  };
}

/** Compute what may take long. Meanwhile no page's ping is answered, so they are told. */
function compute(work) {
  for (const port of pages) port.postMessage({ type: "working" });
  try {
    return work();
  } finally {
    for (const port of pages) port.postMessage({ type: "rested" });
  }
}

/** Everything of the start is asked for at once; Pyodide finds it on its way. What Python imports later: homes/later.py. */
async function start(runtime) {
  const tell = (message) => starting.forEach((port) => port.postMessage(message));
  // The page is told at once and takes this worker away; Pyodide would wait, or fill the console. The next page tries again.
  const lost = (why) => {
    tell({ type: "failed", why });
    python = undefined;
  };
  const paths = ["python/views.zip", `python/view-${runtime.view}.zip`]; // what does not come is asked for again
  const modules = paths.map((path) => fetchWhole(runtime.archives + path).catch(() => null));
  fetchAhead(runtime, (loaded, total) => tell({ type: "progress", loaded, total }), lost);
  const [{ loadPyodide }] = await Promise.all([import(runtime.pyodide + "pyodide.mjs"), import(runtime.pyodide + "pyodide.asm.js")]);
  const loaded = await loadPyodide({ indexURL: runtime.pyodide, stdLibURL: runtime.start, stdout: () => {} });
  later = loaded.pyimport("convoscope_later").install();
  for (const [number, archive] of (await Promise.all(modules)).entries()) if (archive) later.put(paths[number], new Uint8Array(archive));
  return loaded;
}

/** One page and Python's Answerer for it (views/answer.py). */
class Page {
  constructor(port, runtime, answerer) {
    Object.assign(this, { port, runtime, answerer });
    this.ticking = false;
    this.ahead = ""; // the file that is being fetched while work goes on
    this.answers = 0;
    this.last = Promise.resolve(); // the event before is answered
    this.newsShown = Promise.resolve();
    this.shown = () => {}; // the page has shown the last news
    this.channel = new MessageChannel();
  }

  /** Answer an event after those that came before it, though one of them may wait for a file. */
  take(id, event) {
    const answered = this.last.then(() => this.#answer(id, event));
    this.last = answered.then(() => {
      this.isLong = true; // the event may have made the ticks longer
      this.#tickAlong();
    });
  }

  /** Let Python import what a view needs before its first event, in turn with the events. @param {string} view */
  open(view) {
    this.last = this.last.then(async () => {
      try {
        for (let needed = this.#import(view); needed; needed = this.#import(view)) await this.#supply(needed);
      } catch (error) {
        this.port.postMessage({ type: "failed", why: reason(error) });
      }
    });
  }

  #import(view) {
    return compute(() => this.answerer.open(view));
  }

  /** Hand one event to Python, fetching what it says it needs, and post the packet it returns. */
  async #answer(id, event) {
    try {
      const text = JSON.stringify(event);
      for (;;) {
        const needed = compute(() => this.answerer.needs(text));
        if (!needed) break;
        await this.#supply(needed);
      }
      const packet = this.#takePacket();
      this.answers++;
      this.port.postMessage({ type: "answer", id, packet }, [packet]);
    } catch (error) {
      if (error.name !== "PythonError") return this.port.postMessage({ type: "failed", why: reason(error) });
      this.port.postMessage({ type: "answer", id, error: `The engine met an unexpected fault (${reason(error)}).` });
    }
  }

  /** Work that goes on by itself, in short pieces: between two of them the events that have come are answered. */
  async #tickAlong() {
    if (this.ticking) return;
    this.ticking = true;
    try {
      while (!this.left && this.answerer.busy()) {
        const needed = this.#tick();
        const packet = needed ? null : this.#takePacket();
        if (needed) await this.#supply(needed);
        else if (packet.byteLength) await this.#tell(packet);
        this.#fetchAhead();
        await this.#nextTask();
      }
    } catch (error) {
      this.port.postMessage({ type: "failed", why: reason(error) });
    }
    this.ticking = false;
  }

  /** A tick is short. Only the first one after an event and those after a long one are told as computations. */
  #tick() {
    const began = performance.now();
    const tick = () => this.answerer.tick();
    const needed = this.isLong ? compute(tick) : tick();
    this.isLong = performance.now() - began > LONG_TICK;
    return needed;
  }

  /** News waits until the page has shown the last: no page is left behind. News older than an answer is none. */
  async #tell(packet) {
    const { answers } = this;
    await this.newsShown;
    if (this.answers !== answers) return;
    this.newsShown = new Promise((resolve) => {
      this.shown = resolve;
    });
    this.port.postMessage({ type: "news", packet }, [packet]);
  }

  /** Fetch what a later piece of work will need. A file that does not come is not tried again: that piece will ask. */
  async #fetchAhead() {
    const path = this.ahead ? "" : this.answerer.next_file();
    if (!path) return;
    this.ahead = path;
    const data = await fetchWhole(this.runtime.data + path).catch(() => null);
    if (!data || this.left) return;
    this.answerer.put(path, new Uint8Array(data));
    this.ahead = "";
  }

  /** The page is gone: its settings and its work go too. */
  leave() {
    this.left = true;
    this.answerer.destroy();
  }

  /** Let the messages be handled that are waiting. */
  #nextTask() {
    return new Promise((resolve) => {
      this.channel.port1.onmessage = resolve;
      this.channel.port2.postMessage(null);
    });
  }

  #takePacket() {
    const proxy = this.answerer.answer();
    const view = proxy.getBuffer("u8");
    const packet = view.data.slice().buffer;
    view.release();
    proxy.destroy();
    return packet;
  }

  /** Data go to the answerer, modules to where Python finds them. */
  async #supply(path) {
    const isCode = path.startsWith("python/");
    const [taker, folder] = isCode ? [later, this.runtime.archives] : [this.answerer, this.runtime.data];
    try {
      const tell = (loaded, total) => this.port.postMessage({ type: "fetched", path, loaded, total });
      taker.put(path, new Uint8Array(await fetchWhole(folder + path, tell)));
    } catch (error) {
      taker.fail(path, `the file ${path} could not be fetched (${error.message}); check the connection and try again`);
    }
  }
}

/** The last line of an error: Python's tracebacks end with what matters. */
function reason(error) {
  return String(error.message ?? error).trim().split("\n").at(-1);
}
