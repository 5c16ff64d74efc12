/**
 * Keeps a few things in this browser beyond the page (IndexedDB). A sandboxed frame, a private window or a full disk may
 * forbid that: then nothing is kept and nothing is found, and neither is an error.
 */

const [BASE, STORE] = ["convoscope", "kept"];

/** @param {string} name @param {unknown} value what can be cloned; null removes it @returns {Promise<boolean>} whether it is kept */
export async function keep(name, value) {
  const done = await within("readwrite", (store) => (value === null ? store.delete(name) : store.put(value, name)));
  return done !== null;
}

/** @param {string} name @returns {Promise<any>} what was kept, or null */
export async function kept(name) {
  return (await within("readonly", (store) => store.get(name)))?.result ?? null;
}

/** @returns {Promise<IDBRequest | null>} the request, fulfilled; null if it is forbidden or failed */
async function within(mode, ask) {
  try {
    const opening = indexedDB.open(BASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    await settled(opening);
    const base = opening.result;
    try {
      const request = ask(base.transaction(STORE, mode).objectStore(STORE));
      await settled(request);
      return request;
    } finally {
      base.close();
    }
  } catch {
    return null;
  }
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}
