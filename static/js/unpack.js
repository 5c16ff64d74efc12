/* A classic script in the head of an exported file: unpacks BokehJS and the page's scripts, which stand there as gzip in base64.
   Pages in the cells of one notebook share them (homes/shared_program.py): the one that holds them puts them into the window
   around it, from where the others take them. */
(async () => {
  const PARTS = ["bokeh", "modules"];
  const PATIENCE = 5000; // milliseconds
  const words = (text) => {
    document.querySelector(".python .words").textContent = text;
  };
  const unpacked = (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const run = (type, text) => {
    const script = document.createElement("script");
    script.type = type;
    script.textContent = text;
    document.head.append(script);
  };
  const asAddress = ([name, text]) => [name, `data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`];
  const shared = async (name, own) => {
    try {
      if (own[0]) {
        parent[name] ??= own.join(" ");
        parent.dispatchEvent(new Event(name));
      } else if (!parent[name]) {
        const late = setTimeout(() => words("This view takes its program from the first view of this notebook, which is not there yet: scroll to it or run its cell, or end this cell with .alone()."), PATIENCE);
        await new Promise((resolve) => parent.addEventListener(name, resolve, { once: true }));
        clearTimeout(late);
        words("");
      }
      return own[0] ? own : parent[name].split(" ");
    } catch (error) {
      if (own[0]) return own; // nobody may take it
      throw new Error(`the frames of this notebook may not share a program: end the cell with .alone() and run it again; ${error.message}`);
    }
  };
  if (document.readyState === "loading") await new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
  try {
    const places = PARTS.map((id) => document.getElementById(id));
    const own = places.map(({ textContent }) => textContent);
    const { program } = places[0].dataset;
    const [bokeh, modules] = await Promise.all((program ? await shared(`convoscope ${program}`, own) : own).map(unpacked));
    run("text/javascript", bokeh);
    run("importmap", JSON.stringify({ imports: Object.fromEntries(Object.entries(JSON.parse(modules)).map(asAddress)) }));
    run("module", 'import "convoscope/static/js/main.mjs";');
  } catch (error) {
    words(`This page could not be unpacked (${error.message}). Open it in a current browser.`);
  }
})();
