/** Starts the deck. */
import { ConvoscopeReveal } from "../convoscope-embed.js";
import Reveal from "./reveal.esm.js";

Reveal.initialize({
  plugins: [ConvoscopeReveal],
  width: 1280,
  height: 720,
  margin: 0.03,
  center: false,
  hash: true,
  viewDistance: 2, // views farther away are not loaded yet
  transition: matchMedia("(prefers-reduced-motion: reduce)").matches ? "none" : "slide",
});
