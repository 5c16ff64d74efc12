/* A classic script in the head: the figures and the first packet of the view in the address are on their way at once. */
(() => {
  const { dataset, src } = document.currentScript;
  const slugs = dataset.views.split(" ");
  const wanted = new URLSearchParams(location.search).get("view");
  const slug = slugs.includes(wanted) ? wanted : slugs[0];
  for (const kind of ["json", "packet"]) {
    const link = Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "anonymous" });
    link.href = new URL(`../../${slug}.${kind}`, src).href;
    document.head.append(link);
  }
})();
