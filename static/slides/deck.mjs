/** Starts the deck. */
import { ConvoscopeReveal } from "../convoscope-embed.js";
import Notes from "./notes.esm.js";
import Reveal from "./reveal.esm.js";

Reveal.initialize({
  plugins: [ConvoscopeReveal, Notes],
  width: "100%", // as large as the window: what reveal.js scales up is blurred
  height: "100%",
  margin: 0.02,
  center: false,
  display: "flex", // of a slide that is shown, in the overview too
  hash: true,
  pdfSeparateFragments: false, // in print a slide is one page
  viewDistance: 2, // views farther away are not loaded yet
  transition: matchMedia("(prefers-reduced-motion: reduce)").matches ? "none" : "slide",
});
