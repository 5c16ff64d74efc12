/**
 * Keeps the site for lecture halls without Wi-Fi. What a page has fetched is kept, and everything when the user asks for it
 * (static/js/offline.mjs). One version, one cache, and each file in it has the sha256 of the list. Pages come from the
 * network if there is one, unless everything is kept: then this version stays until the user asks for a newer one.
 * The build fills in the version and the list (homes/offline.py).
 */

const VERSION = "@@version@@";
const FILES = "@@files@@"; // {path: [sha256 in base64, bytes on the way]}
const ALL = Object.keys(FILES).filter((path) => !(path.endsWith(".gz") && Object.hasOwn(FILES, path.slice(0, -3)))); // each in one form
const OURS = "convoscope-"; // how the names of our caches begin
const WHOLE = "?everything"; // what a cache that holds everything has besides
const AT_ONCE = 6; // fetches

self.addEventListener("install", (event) => event.waitUntil(inherit()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOlder().then(() => self.clients.claim())));
self.addEventListener("message", (event) => {
  if (event.data === "use the new version") return self.skipWaiting();
  return event.waitUntil(answer(event.data, event.ports[0]));
});
self.addEventListener("fetch", (event) => {
  const path = pathOf(event.request);
  if (path !== null) event.respondWith(path.endsWith("/") ? Response.redirect(addressOf(path)) : kept(path, event.request));
});

/** @param {{type: string, paths?: string[], file?: string}} message @param {MessagePort} port hears of what is done */
async function answer({ type, paths, file }, port) {
  switch (type) {
    case "keep":
      return fill(listed(paths), port);
    case "keep everything":
      return fill(ALL, port);
    case "missing":
      return port.postMessage({ missing: bytesOf(await missingOf(ALL)) });
    case "has":
      return port.postMessage({ has: listed([file]).length > 0 });
    default:
      throw new Error(`A page sent a message of unknown type ${type}`);
  }
}

/** Fetch what is not kept yet; says how far it is, and at the end what is missing from the whole, or what went wrong. */
async function fill(paths, port) {
  const waiting = await missingOf(paths);
  const total = bytesOf(waiting);
  let loaded = 0;
  const fetchNext = async () => {
    for (let path = waiting.pop(); path; path = waiting.pop()) {
      await keep(path);
      port.postMessage({ loaded: (loaded += FILES[path][1]), total });
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, fetchNext));
    const missing = bytesOf(await missingOf(ALL));
    if (!missing) await (await ourCache()).put(addressOf(WHOLE), new Response(""));
    port.postMessage({ missing });
  } catch (error) {
    waiting.length = 0;
    port.postMessage({ error: error.message });
  }
}

async function keep(path) {
  const [sha256] = FILES[path];
  try {
    const request = new Request(addressOf(path.replace(/(^|\/)index\.html$/, "$1")), { integrity: `sha256-${sha256}` });
    const response = await fetch(request);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    await (await ourCache()).put(addressOf(path), response);
  } catch (error) {
    throw new Error(`${path} could not be kept (${error.message})`);
  }
}

/** A newer version takes over what has not changed, and fetches the rest if the older one held everything. */
async function inherit() {
  const [cache, names] = [await ourCache(), await caches.keys()];
  let isWhole = false;
  for (const name of names.filter((name) => name.startsWith(OURS) && name !== OURS + VERSION)) {
    const older = await caches.open(name);
    isWhole ||= Boolean(await older.match(addressOf(WHOLE)));
    for (const { url } of await older.keys()) {
      const [path] = listed([url]);
      const response = path && (await older.match(url));
      if (response && (await sha256Of(response.clone())) === FILES[path][0]) await cache.put(url, response);
    }
  }
  if (!isWhole) return;
  for (const path of await missingOf(ALL)) await keep(path);
  await cache.put(addressOf(WHOLE), new Response(""));
}

async function forgetOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== OURS + VERSION).map((name) => caches.delete(name)));
}

/** The path of a file of ours, with / at its end if it is a folder without; null for anything else. ?… is for the page. */
function pathOf({ method, url }) {
  const { origin, pathname } = new URL(url);
  const scope = new URL(self.registration.scope);
  if (method !== "GET" || origin !== scope.origin || !pathname.startsWith(scope.pathname)) return null;
  const path = pathname.slice(scope.pathname.length);
  if (Object.hasOwn(FILES, path)) return path;
  if (path && !path.endsWith("/")) return Object.hasOwn(FILES, `${path}/index.html`) ? `${path}/` : null;
  return Object.hasOwn(FILES, `${path}index.html`) ? `${path}index.html` : null;
}

async function kept(path, request) {
  const cache = await ourCache();
  const there = await cache.match(addressOf(path));
  if (there && (!path.endsWith(".html") || (await cache.match(addressOf(WHOLE))))) return there;
  try {
    const response = await fetch(request);
    if (response.ok && !there && (await sha256Of(response.clone())) === FILES[path][0]) await cache.put(addressOf(path), response.clone());
    return response;
  } catch (error) {
    if (there) return there;
    throw error;
  }
}

/** The paths of files of ours among addresses. */
function listed(addresses) {
  return addresses.map((url) => pathOf({ method: "GET", url })).filter((path) => path && !path.endsWith("/"));
}

async function missingOf(paths) {
  const there = new Set((await (await ourCache()).keys()).map(({ url }) => url));
  return paths.filter((path) => !there.has(addressOf(path)) && !there.has(addressOf(`${path}.gz`)));
}

function bytesOf(paths) {
  return paths.reduce((sum, path) => sum + FILES[path][1], 0);
}

async function sha256Of(response) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
  return btoa(String.fromCharCode(...digest));
}

function ourCache() {
  return caches.open(OURS + VERSION);
}

function addressOf(path) {
  return new URL(path, self.registration.scope).href;
}
