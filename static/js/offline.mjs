/**
 * What was opened is kept on this machine once Python runs, and everything when the user asks for it, so that it works
 * without a network afterwards (service-worker.js). Never reloads the page by itself: a newer version is offered.
 */

const MEGABYTE = 1_000_000;

/** @param {HTMLElement} place with the offers @param {string[]} fetched what Python's worker has fetched */
export async function keepForOffline(place, fetched) {
  if (window.parent !== window || !navigator.serviceWorker) return; // a frame leaves that to the page itself, and a sandboxed one must
  try {
    const registration = await navigator.serviceWorker.register("service-worker.js");
    const waitingOne = () => registration.waiting && navigator.serviceWorker.controller && offerNewer(place, registration.waiting);
    waitingOne();
    registration.addEventListener("updatefound", () => registration.installing.addEventListener("statechange", waitingOne));
    const { active } = await navigator.serviceWorker.ready;
    const here = performance.getEntriesByType("resource").map(({ name }) => name);
    const said = await ask(active, { type: "keep", paths: [location.href, ...here, ...fetched] });
    if (said.missing) offerEverything(place.querySelector("[data-part=keep]"), active, said.missing);
  } catch {
    /* no secure context, or a browser that forbids it: the site works as long as there is a network */
  }
}

/** Ask the service worker. @param {(said: object) => void} [tell] hears how far it is @returns {Promise<object>} its last word */
function ask(worker, message, tell = () => {}) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => ("loaded" in data ? tell(data) : resolve(data));
    worker.postMessage(message, [port2]);
  });
}

function offerEverything(part, worker, missing) {
  const [button, progress, said] = ["button", "progress", ".said"].map((selector) => part.querySelector(selector));
  const name = (bytes) => {
    button.textContent = `Keep everything offline: ${Math.ceil(bytes / MEGABYTE)} MB`;
  };
  name(missing);
  part.hidden = false;
  button.addEventListener("click", async () => {
    button.hidden = true;
    progress.hidden = false;
    said.textContent = "Fetching what is not kept yet …";
    const last = await ask(worker, { type: "keep everything" }, ({ loaded, total }) => {
      Object.assign(progress, { max: total, value: loaded });
    });
    progress.hidden = true;
    button.hidden = !last.error;
    said.textContent = last.error
      ? `Not everything could be kept: ${last.error}. What has come stays; try again.`
      : "Everything is kept: all views and the slides work without a network.";
  });
}

async function offerNewer(place, worker) {
  const { has } = await ask(worker, { type: "has", file: import.meta.url });
  if (has) return worker.postMessage("use the new version"); // this page is of that version already
  const button = place.querySelector("[data-part=renew]");
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    worker.postMessage("use the new version");
  });
}
