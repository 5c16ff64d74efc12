/**
 * The ways to a worker, the best first. Each gives {worker, port}, or throws, or its worker has an error event at once.
 * One that has begun already comes with what it has said.
 */

/** @param {boolean} mayShare whether other pages of this origin may use the same worker */
export function waysToWorker(mayShare) {
  return [...(window.earlyPython ? [earlyWorker] : []), ...(mayShare ? [sharedWorker] : []), ownWorker, blobWorker];
}

/** The one for which the head has asked (preload.js). */
function earlyWorker() {
  const { worker, said, isRefused } = window.earlyPython;
  delete window.earlyPython;
  if (isRefused) throw new Error("it was refused");
  return { worker, port: worker, said };
}

/** One worker for all pages of the origin, where the browser has such and the frame may use them. */
function sharedWorker(url) {
  const worker = new SharedWorker(url, { type: "module", name: "convoscope" });
  addEventListener("pagehide", () => worker.port.postMessage({ type: "leave" }));
  return { worker, port: worker.port };
}

function ownWorker(url) {
  const worker = new Worker(url, { type: "module" });
  return { worker, port: worker };
}

/**
 * A sandboxed iframe may not start a worker from a URL (Chromium throws, Firefox has an error event), but from a blob
 * that imports it. What comes early is kept; an import that fails has no event of its own, so it is reported.
 */
function blobWorker(url) {
  const text = `const early = []; self.onmessage = (event) => early.push(event);
    import(${JSON.stringify(url)}).then(
      () => early.forEach((event) => self.onmessage(event)),
      (error) => self.postMessage({ type: "failed", why: error.message }),
    );`;
  const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  return { worker, port: worker };
}
