/**
 * Keeps the site for lecture halls without Wi-Fi. One version, one cache: it is filled with every file of the list or not
 * used at all, and each file is checked against its sha256. A newer version waits until the user asks for it.
 * The build fills in the version and the list (homes/offline.py).
 */

const VERSION = "@@version@@";
const FILES = "@@files@@"; // {path: sha256 in base64}
const LATER = "@@later@@"; // the same, of files that are kept when they are first fetched
const OURS = "convoscope-"; // how the names of our caches begin
const AT_ONCE = 6; // fetches

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOlder()));
self.addEventListener("message", ({ data }) => data === "use the new version" && self.skipWaiting());
self.addEventListener("fetch", (event) => {
  const path = pathOf(event.request);
  if (path !== null) event.respondWith(kept(path, event.request));
});

async function fill() {
  const cache = await caches.open(OURS + VERSION);
  const there = new Set((await cache.keys()).map(({ url }) => url));
  const missing = Object.entries(FILES).filter(([path]) => !there.has(addressOf(path)));
  const fetchNext = async () => {
    for (let next = missing.pop(); next; next = missing.pop()) {
      const [path, sha256] = next;
      const request = new Request(addressOf(path), { integrity: `sha256-${sha256}`, cache: "no-cache" });
      await cache.add(request);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fetchNext));
}

async function forgetOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== OURS + VERSION).map((name) => caches.delete(name)));
}

/** The path of a file of ours, or null for anything else. What stands behind ? is for the page, not for the server. */
function pathOf({ method, url }) {
  const { origin, pathname } = new URL(url);
  const scope = new URL(self.registration.scope);
  if (method !== "GET" || origin !== scope.origin || !pathname.startsWith(scope.pathname)) return null;
  const path = pathname.slice(scope.pathname.length) || "index.html";
  return Object.hasOwn(FILES, path) || Object.hasOwn(LATER, path) ? path : null;
}

async function kept(path, request) {
  const cache = await caches.open(OURS + VERSION);
  const there = await cache.match(addressOf(path));
  if (there || !Object.hasOwn(LATER, path)) return there ?? fetch(request);
  const response = await fetch(addressOf(path), { integrity: `sha256-${LATER[path]}` });
  if (response.ok) await cache.put(addressOf(path), response.clone());
  return response;
}

function addressOf(path) {
  return new URL(path, self.registration.scope).href;
}
