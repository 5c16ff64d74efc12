/** What the network view has beside every view's: the pad, pointing at units, the card of the unit that is asked. */
import { Pad } from "./pad.mjs";
import { digitTools, drawingTools, stageSwitches } from "./tools.mjs";
import { SceneView } from "./scene.mjs";
import { Units } from "./units.mjs";

/** @param {import("../view.mjs").View} view @returns {import("../view.mjs").Own} */
export default function own(view) {
  const part = (name) => view.section.querySelector(`[data-part=${name}]`);
  const pad = new Pad(part("pad"), view);
  drawingTools(pad, part("pad"));
  const digits = digitTools(view, part("pad"));
  const switches = stageSwitches(view, part("stages"));
  const units = new Units(view.section, view);
  const scene = new SceneView(view.section, view);
  const waiting = [...digits.querySelectorAll("button"), ...switches.element.querySelectorAll("input")];
  return {
    enable: (yes) => {
      scene.enable(yes);
      for (const control of waiting) control.disabled = !yes;
    },
    shown: (trace, settings) => {
      part("narrow").querySelector(".plot").style.aspectRatio = trace.facts.narrow_aspect;
      part("probabilities").querySelector(".size").textContent = trace.facts.answer;
      pad.shown(trace, settings);
      switches.show(settings);
      units.shown(trace, settings);
      scene.shown(trace, settings);
    },
  };
}
