/** What only the backprop view has on the page: a graph that grows with its content, the table, the inputs' fields, dragging. */
import { Beside } from "./page/beside.mjs";
import { InputFields } from "./page/inputs.mjs";
import { NodePointing } from "./page/nodes.mjs";
import { PassTable } from "./page/pass-table.mjs";

export default (view) => new Backprop(view);

class Backprop {
  /** @param {import("../../static/js/view.mjs").View} view */
  constructor(view) {
    const { section } = view;
    const table = section.querySelector(".backprop-table");
    section.querySelector(".stage").append(table);
    section.querySelector(".values").hidden = true; // the table has the numbers
    this.plots = [...section.querySelectorAll(".panel[data-only] .plot")];
    this.fields = new InputFields(section.querySelector(".controls"), view);
    this.table = new PassTable(table, view);
    this.beside = new Beside(table, view);
    this.pointing = this.plots.map((plot) => new NodePointing(plot, view, this.fields));
  }

  enable(yes) {
    this.fields.enable(yes);
  }

  /** @param {import("../../static/js/packet.mjs").Trace} trace */
  shown(trace, settings) {
    for (const plot of this.plots) {
      const [wide, high] = trace.facts[`${plot.closest(".panel").dataset.only}_room`].split(" ");
      plot.style.aspectRatio = `${wide} / ${high}`;
      plot.style.setProperty("--wide", wide);
      plot.style.setProperty("--high", high);
    }
    this.fields.show(trace, settings);
    this.table.show(trace);
    this.beside.show(trace);
  }

  step(step) {
    this.table.step(step);
    this.beside.step(step);
    for (const pointing of this.pointing) pointing.follow(step);
  }
}
