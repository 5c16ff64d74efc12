/** The least page that brings up Pyodide and NumPy in a worker: what benchmarks/page.py compares the site with. */

const worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
const ready = new Promise((resolve, reject) => {
  worker.onmessage = resolve;
  worker.onerror = (event) => reject(new Error(event.message));
});
worker.postMessage(new URL("./pyodide/", import.meta.url).href);
window.convoscope = { ready };
