/* A classic script in the head: what belongs to the view in the address alone is on its way at once, its style sheet first. */
(() => {
  const { dataset, src } = document.currentScript;
  const [slugs, styled, files] = [dataset.views, dataset.styled, dataset.files].map((words) => words.split(" ").filter(Boolean));
  const wanted = new URLSearchParams(location.search).get("view");
  const slug = slugs.includes(wanted) ? wanted : slugs[0];
  const add = (path, attributes) => {
    const link = document.createElement("link");
    for (const [name, value] of Object.entries(attributes)) link.setAttribute(name, value);
    link.href = new URL(`../../${path}`, src).href;
    document.head.append(link);
  };
  if (styled.includes(slug)) add(`views/${slug}/own.css`, { rel: "stylesheet", blocking: "render", "data-own": slug });
  for (const kind of files) add(`${slug}.${kind}`, { rel: "preload", as: "fetch", crossorigin: "anonymous" });
})();
