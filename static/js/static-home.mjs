/** The static site: figures and first packets are files, Python is a worker. */
import { pageParameter } from "./address.mjs";
import { drawFigures } from "./figures.mjs";
import { PythonWorker } from "./python.mjs";

/** @param {object} site what the page knows of the site (homes/site.py) @param {() => object[]} rebuild events for a new Python @param {() => void} wantPython */
export function staticHome(site, rebuild, wantPython) {
  const mayShare = document.body.classList.contains("embed") && pageParameter("share") !== "false";
  let worker;
  let opened; // the view that is shown
  let start;
  const started = new Promise((resolve) => (start = resolve));
  return {
    open: async ({ slug, figures, first }) => {
      const state = ownState(slug);
      const [drawing, packet] = await Promise.all([get(figures).then((r) => r.json()), state ? unpacked(state) : bytesOf(first)]);
      return [await drawFigures(drawing), packet, Boolean(state)];
    },
    start: (tell) => {
      const runtime = { ...site.runtime, view: opened };
      for (const key of ["pyodide", "start", "archives", "data"]) runtime[key] = absolute(runtime[key]);
      worker = new PythonWorker(runtime, tell, rebuild, mayShare);
      worker.open(opened);
      start();
      return worker;
    },
    opened: (slug) => {
      opened = slug;
      worker?.open(slug);
    },
    send: (event) => {
      // Until Python is here the page shows what the build computed, and the build recorded what ran for it.
      if (event.name === "ran" && !worker?.cameUp) {
        const state = ownState(event.view);
        return state ? unpacked(state) : bytesOf(site.views.find(({ slug }) => slug === event.view).ran);
      }
      if (worker) return worker.send(event);
      if (typeof WebAssembly !== "object") return Promise.reject(new Error("Python is not running."));
      wantPython();
      return started.then(() => worker.send(event));
    },
    sources: () => get(site.sources).then((r) => r.json()),
    where: () => (worker?.cameUp ? "Recorded in this browser." : "Recorded when this site was built."),
  };
}

/** The file with the trace of the state that the address named when the page was loaded, if there is one (preload.js). */
function ownState(slug) {
  return document.querySelector(`link[data-state="${slug}"]`)?.href;
}

function absolute(path) {
  return new URL(path, document.baseURI).href;
}

async function get(path) {
  const response = await fetch(absolute(path));
  if (!response.ok) throw new Error(`The server answered ${response.status} for ${path}. Load the page again.`);
  return response;
}

async function bytesOf(path) {
  return (await get(path)).arrayBuffer();
}

async function unpacked(path) {
  return new Response((await get(path)).body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
