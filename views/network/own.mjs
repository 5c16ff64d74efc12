/** What the network view has beside every view's: the pad, pointing at units, the card of the unit that is asked, weights. */
import { Card } from "../units/page/card.mjs";
import { showChanges } from "./page/changes.mjs";
import { fileFields } from "./page/files.mjs";
import { Pad } from "./page/pad.mjs";
import { digitTools, drawingTools, stageSwitches } from "./page/tools.mjs";
import { SceneView } from "./page/scene.mjs";
import { Units } from "./page/units.mjs";
import { Weights } from "./page/weights.mjs";

/** @param {import("../../static/js/view.mjs").View} view @returns {import("../../static/js/view.mjs").Own} */
export default function own(view) {
  const { section } = view;
  const part = (name) => section.querySelector(`[data-part=${name}]`);
  const pad = new Pad(part("pad"), view);
  drawingTools(pad, part("pad"));
  const digits = digitTools(view, part("pad"));
  const switches = stageSwitches(view, part("stages"));
  const units = new Units(section, view);
  const scene = new SceneView(section, view, units);
  const card = new Card(section.querySelector(".asked"), view, units);
  const weights = new Weights(part("kernels"), view);
  const files = fileFields(view, section.querySelector(".controls"));
  const waiting = [...digits.querySelectorAll("button"), ...switches.element.querySelectorAll("input")];
  return {
    enable: (yes) => {
      for (const control of waiting) control.disabled = !yes;
      files.enable(yes);
      scene.enable(yes);
    },
    shown: (trace, settings) => {
      part("narrow").querySelector(".plot").style.aspectRatio = trace.facts.narrow_aspect;
      part("probabilities").querySelector(".size").textContent = trace.facts.answer;
      pad.shown(trace, settings);
      switches.show(settings);
      units.shown(trace, settings);
      scene.shown(trace, settings);
      card.shown(trace, settings);
      weights.shown(trace);
      offer(section.querySelector("#network-kernels"), trace.facts.kernels_menu);
      showChanges(section.querySelector(".changes"), view, settings.edits);
    },
    rebuild: files.rebuild,
  };
}

/** The menu of learned weights offers the layers that this network has. @param {HTMLSelectElement} menu @param {string} layers */
function offer(menu, layers) {
  const there = new Set(["none", ...layers.split(",")]);
  for (const option of menu?.options ?? []) option.hidden = option.disabled = !there.has(option.value);
}
