/** What the architectures view has beside every view's: choosing a unit, the table of all layers, the sums of weight sharing. */
import { allOf } from "../../static/js/packet.mjs";
import { FieldUnit } from "./page/field-unit.mjs";
import { LayerTable } from "./page/layer-table.mjs";

/** @param {import("../../static/js/view.mjs").View} view @returns {import("../../static/js/view.mjs").Own} */
export default function own(view) {
  const unit = new FieldUnit(view);
  const table = new LayerTable(view);
  const sums = view.section.querySelector(".architectures-sharing");
  let words = [];
  return {
    enable: (yes) => unit.enable(yes),
    shown: (trace) => {
      words = allOf(trace.still.sharing_words.text);
      table.shown(trace);
      sums.textContent = words[view.player.step] ?? "";
    },
    step: (step) => {
      table.mark(step);
      sums.textContent = words[step] ?? "";
    },
  };
}
