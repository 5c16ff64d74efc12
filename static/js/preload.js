/* A classic script in the head: what belongs to the view in the address alone is on its way at once, its style sheet first. */
(() => {
  const { src } = document.currentScript;
  const site = JSON.parse(document.getElementById("site").textContent);
  const query = new URLSearchParams(location.search);
  const view = site.views.find(({ slug }) => slug === query.get("view")) ?? site.views[0];
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
})();
