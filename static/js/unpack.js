/* A classic script in the head of an exported file: unpacks BokehJS and the page's scripts, which stand there as gzip in base64. */
(async () => {
  const unpacked = (id) => {
    const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const run = (type, text) => {
    const script = document.createElement("script");
    script.type = type;
    script.textContent = text;
    document.head.append(script);
  };
  const asAddress = ([name, text]) => [name, `data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`];
  if (document.readyState === "loading") await new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
  try {
    const [bokeh, modules] = await Promise.all(["bokeh", "modules"].map(unpacked));
    run("text/javascript", bokeh);
    run("importmap", JSON.stringify({ imports: Object.fromEntries(Object.entries(JSON.parse(modules)).map(asAddress)) }));
    run("module", 'import "convoscope/static/js/main.mjs";');
  } catch (error) {
    const words = `This page could not be unpacked (${error.message}). Open it in a current browser.`;
    document.querySelector(".python .words").textContent = words;
  }
})();
