/**
 * Python in its own thread: loads Pyodide, NumPy and our package, then answers events.
 * Messages in: {type: "start", runtime}, {type: "event", id, event}. Out: progress, ready, answer, news, failed.
 */

let answerer; // Python's Answerer (views/answer.py)
let runtime;
let ticking = false;

self.onmessage = async ({ data }) => {
  switch (data.type) {
    case "start":
      runtime = data.runtime;
      try {
        await start();
        self.postMessage({ type: "ready" });
      } catch (error) {
        self.postMessage({ type: "failed", why: reason(error) });
      }
      break;
    case "event":
      await answer(data.id, data.event);
      await tickAlong();
      break;
    default:
      throw new Error(`The page sent a message of unknown type ${data.type}`);
  }
};

async function start() {
  countFetches(runtime.bytes);
  const { loadPyodide } = await import(runtime.pyodide + "pyodide.mjs");
  const [python, bundle] = await Promise.all([
    loadPyodide({ indexURL: runtime.pyodide, packages: ["numpy"], stdout: () => {}, checkIntegrity: true }),
    fetchWhole(runtime.bundle),
  ]);
  python.unpackArchive(bundle, "zip", { extractDir: "/lib/convoscope" });
  python.runPython("import sys; sys.path.append('/lib/convoscope')");
  answerer = python.pyimport("convoscope.views.answer").Answerer();
}

/** Hand one event to Python, fetching what it says it needs, and post the packet it returns. */
async function answer(id, event) {
  try {
    const text = JSON.stringify(event);
    for (;;) {
      const needed = answerer.needs(text);
      if (!needed) break;
      await supply(needed);
    }
    const packet = takePacket();
    self.postMessage({ type: "answer", id, packet }, [packet]);
  } catch (error) {
    if (error.name !== "PythonError") return self.postMessage({ type: "failed", why: reason(error) });
    self.postMessage({ type: "answer", id, error: `The engine met an unexpected fault (${reason(error)}).` });
  }
}

/** Work that goes on by itself, in short pieces: between two of them the events that have come are answered. */
async function tickAlong() {
  if (ticking) return;
  ticking = true;
  try {
    while (answerer.busy()) {
      const needed = answerer.tick();
      const packet = needed ? null : takePacket();
      if (needed) await supply(needed);
      else if (packet.byteLength) self.postMessage({ type: "news", packet }, [packet]);
      await nextTask();
    }
  } catch (error) {
    self.postMessage({ type: "failed", why: reason(error) });
  }
  ticking = false;
}

const { port1, port2 } = new MessageChannel();

/** Let the messages be handled that are waiting. */
function nextTask() {
  return new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
}

function takePacket() {
  const proxy = answerer.answer();
  const view = proxy.getBuffer("u8");
  const packet = view.data.slice().buffer;
  view.release();
  proxy.destroy();
  return packet;
}

async function supply(path) {
  try {
    answerer.put(path, new Uint8Array(await fetchWhole(runtime.data + path)));
  } catch (error) {
    answerer.fail(path, `the file ${path} could not be fetched (${error.message}); check the connection and try again`);
  }
}

async function fetchWhole(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${url.split("/").at(-1)}`);
  return response.arrayBuffer();
}

/** Report the bytes of the runtime as they arrive, whoever fetches them. @param {Record<string, number>} bytes by file name */
function countFetches(bytes) {
  const total = Object.values(bytes).reduce((sum, size) => sum + size, 0);
  const plainFetch = self.fetch.bind(self);
  let loaded = 0;
  // Pyodide may wait for ever for a file that does not come, so the page is told at once.
  const lost = (name, why) => self.postMessage({ type: "failed", why: `${name} could not be fetched: ${why}` });
  self.fetch = async (resource, options) => {
    const name = new URL(resource, self.location.href).pathname.split("/").at(-1);
    if (!(name in bytes)) return plainFetch(resource, options);
    const response = await plainFetch(resource, options).catch((error) => {
      lost(name, error.message);
      throw error;
    });
    if (!response.ok) lost(name, `the server answered ${response.status}`);
    const counter = new TransformStream({
      transform(chunk, controller) {
        loaded += chunk.byteLength;
        self.postMessage({ type: "progress", loaded, total });
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(counter), { headers: response.headers, status: response.status });
  };
}

/** The last line of an error: Python's tracebacks end with what matters. */
function reason(error) {
  return String(error.message ?? error).trim().split("\n").at(-1);
}
