/** How the worker fetches: whole files, and what Python starts with, asked for at once and counted as it arrives. */

const plainFetch = self.fetch.bind(self);
const notTaken = new Set(); // addresses whose answers were not needed

/** The addresses of all that this worker has fetched. */
export function fetched() {
  return performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => !notTaken.has(name));
}

/** A whole file. @param {(loaded: number, total: number) => void} [tell] hears of its bytes as they come; total is 0 if unknown */
export async function fetchWhole(url, tell) {
  const response = await plainFetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${url.split("/").at(-1)}`);
  if (!tell) return response.arrayBuffer();
  const isPlain = !encodingOf(response); // else the length is that of the packed bytes
  const total = isPlain ? Number(response.headers.get("content-length")) : 0;
  let loaded = 0;
  const counter = counting((bytes) => tell((loaded += bytes), total));
  return new Response(response.body.pipeThrough(counter)).arrayBuffer();
}

/**
 * Ask for the program of Python and for the archive of the start, which Pyodide fetches on its way and then finds here.
 * @param {{pyodide: string, start: string, bytes: Sizes}} runtime
 * @param {(loaded: number, total: number) => void} tell hears of the bytes as they come
 * @param {(why: string) => void} lost hears that a file does not come; whoever wants it then waits for ever
 * @typedef {Record<string, Record<string, number>>} Sizes bytes on the way, of each file by its name, under each content encoding
 */
export function fetchAhead({ pyodide, start, bytes }, tell, lost) {
  const program = `${pyodide}pyodide.asm.wasm`;
  const arrivals = new Arrivals(bytes, tell);
  const refuse = (url) => (error) => {
    lost(`${url.split("/").at(-1)} could not be fetched: ${error.message}`);
    return new Promise(() => {});
  };
  const ready = new Map([
    [program, arrivals.take(program, smallest(program), "application/wasm").catch(refuse(program))],
    [start, arrivals.take(start, smallest(start), "application/zip").catch(refuse(start))],
  ]);
  self.fetch = (resource, options) => {
    const url = new URL(resource, self.location.href).href;
    const response = ready.get(url) ?? plainFetch(resource, options);
    ready.delete(url);
    return response;
  };
}

/** Counts the bytes of several files on their way. */
class Arrivals {
  constructor(bytes, tell) {
    Object.assign(this, { bytes, tell, loaded: 0 });
    this.sizes = Object.fromEntries(Object.entries(bytes).map(([name, sizes]) => [name, sizes.gzip ?? sizes[""]]));
  }

  /** A file whose bytes are counted, as Pyodide takes it. @param {Promise<Arrival>} arriving @param {string} type */
  async take(url, arriving, type) {
    const { response, encoding, isPacked } = await arriving;
    const name = url.split("/").at(-1);
    const sizes = this.bytes[name];
    this.sizes[name] = sizes[encoding] ?? sizes[""];
    const share = isPacked || !encoding ? 1 : this.sizes[name] / sizes[""]; // the browser has unpacked what is counted
    const counted = response.body.pipeThrough(
      counting((more) => {
        this.loaded += more * share;
        this.tell(this.loaded, Object.values(this.sizes).reduce((sum, size) => sum + size, 0));
      }),
    );
    const body = isPacked ? counted.pipeThrough(new DecompressionStream("gzip")) : counted;
    return new Response(body, { headers: { "Content-Type": type } });
  }
}

/** @typedef {{response: Response, encoding: string, isPacked: boolean}} Arrival isPacked: it is left to us to unpack it */

/** A large file: where a server does not compress it, it lies compressed beside it. @returns {Promise<Arrival>} */
async function smallest(url) {
  const response = await answered(url).catch((error) => error);
  const encoding = response instanceof Error ? "" : encodingOf(response);
  if (encoding) return { response, encoding, isPacked: false };
  const packed = await answered(`${url}.gz`).catch(() => null);
  if (packed) {
    response.body?.cancel();
    notTaken.add(url);
    return { response: packed, encoding: "gzip", isPacked: !encodingOf(packed) };
  }
  if (response instanceof Error) throw response;
  return { response, encoding, isPacked: false };
}

async function answered(url) {
  const response = await plainFetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response;
}

function encodingOf(response) {
  return response.headers.get("content-encoding") ?? "";
}

function counting(tell) {
  return new TransformStream({
    transform(chunk, controller) {
      tell(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
}
