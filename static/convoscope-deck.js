/**
 * The plugin of reveal.js (convoscope-embed.js says how to use it): keys step the view of the slide first, slide:start and
 * slide:stop play and pause it, and for printing every view is drawn as its slide asks (convoscope-print.js).
 */

const PRINTS = /print-pdf|view=print/;

export const ConvoscopeReveal = {
  id: "convoscope",
  init: (deck) => {
    const views = (slide) => [...(slide?.querySelectorAll("convoscope-view") ?? [])];
    const tell = (slide, words) => views(slide).forEach(({ frame }) => frame?.contentWindow?.postMessage(words, "*"));
    const onKey = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea")) return;
      if (deck.isOverview() || !views(deck.getCurrentSlide()).some((view) => view.takeKey(event.key))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    window.addEventListener("keydown", onKey, { capture: true });
    addEventListener("convoscope-ready", ({ target }) => {
      if (deck.getCurrentSlide()?.contains(target)) tell(target.parentNode, "slide:start"); // it was not there to hear it
    });
    deck.on("slidechanged", ({ previousSlide, currentSlide }) => {
      if (previousSlide?.contains(document.activeElement)) document.activeElement.blur(); // else its view would get the keys
      tell(previousSlide, "slide:stop");
      tell(currentSlide, "slide:start");
    });
    if (PRINTS.test(location.search)) deck.on("pdf-ready", async () => (await import("./convoscope-print.js")).prepare());
  },
};
