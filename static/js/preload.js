/* A classic script in the head: Python, and what belongs to the view in the address alone, is on its way at once. */
(() => {
  const { src, dataset } = document.currentScript;
  const site = JSON.parse(document.getElementById("site").textContent);
  const query = new URLSearchParams(location.search);
  const view = site.views.find(({ slug }) => slug === query.get("view")) ?? site.views[0];
  if (dataset.worker && typeof WebAssembly === "object") {
    // What it says before python.mjs listens is kept for it.
    const early = { said: [] };
    try {
      early.worker = new Worker(new URL(dataset.worker, src), { type: "module" });
      early.worker.onmessage = ({ data }) => early.said.push(data);
      early.worker.onerror = () => (early.isRefused = true);
      early.worker.postMessage({ type: "start", runtime: { ...absolute(site.runtime), view: view.slug } });
      window.earlyPython = early;
    } catch {
      /* python.mjs finds out what can be done */
    }
  }
  // The page's first view stands in its markup; until main.mjs has put the wanted one in its place, nothing is seen.
  if (view !== site.views[0]) document.documentElement.dataset.opening = view.slug;
  const add = (address, attributes) => {
    const link = document.createElement("link");
    for (const [name, value] of Object.entries(attributes)) link.setAttribute(name, value);
    link.href = address;
    document.head.append(link);
  };
  const fetched = { rel: "preload", as: "fetch", crossorigin: "anonymous" };
  if (view.style) {
    const sheet = new URL(`../../views/${view.slug}/own.css`, src).href;
    add(sheet, { rel: "stylesheet", blocking: "render", "data-own": view.slug });
  }
  if (!view.figures) return; // only the static site has files
  // The state that the address names, if the build has computed its trace (homes/states.py); main.mjs asks which it is.
  const named = view.table.filter(({ name }) => query.has(name));
  const isNamed = ({ settings }) =>
    Object.keys(settings).length === named.length && named.every(({ name }) => settings[name] === query.get(name));
  const isLeftAlone = location.search.length > 2000; // as address.mjs says
  const state = query.has("exercise") || isLeftAlone ? undefined : view.states.find(isNamed);
  add(view.figures, fetched);
  add(state?.file ?? view.first, state ? { ...fetched, "data-state": view.slug } : fetched);

  function absolute(runtime) {
    const folders = ["pyodide", "start", "archives", "data"].map((key) => [key, new URL(runtime[key], document.baseURI).href]);
    return { ...runtime, ...Object.fromEntries(folders) };
  }
})();
