/**
 * Keeps the site on this machine once Python runs, so that it works without a network afterwards. Never reloads the page
 * by itself: a newer version is offered, and taken when the user says so.
 */

/** @param {HTMLElement} place where the offer goes */
export async function keepForOffline(place) {
  if (window.parent !== window || !navigator.serviceWorker) return; // a frame leaves that to the page itself, and a sandboxed one must
  try {
    const registration = await navigator.serviceWorker.register("service-worker.js");
    const waitingOne = () => registration.waiting && navigator.serviceWorker.controller && offer(place, registration.waiting);
    waitingOne();
    registration.addEventListener("updatefound", () => registration.installing.addEventListener("statechange", waitingOne));
  } catch {
    /* no secure context, or a browser that forbids it: the site works as long as there is a network */
  }
}

function offer(place, worker) {
  const button = place.querySelector("[data-part=renew]");
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    worker.postMessage("use the new version");
  });
}
