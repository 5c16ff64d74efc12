/** What a quiz asks about a cell, from the numbers of the trace. */
import { boxesOf } from "./boxes.mjs";
import { read } from "./numbers.mjs";
import { rowOf } from "./packet.mjs";

const MOST_PRODUCTS = 27; // three 3×3 kernels; more fields than that help nobody

/** @param {HTMLElement} section @param {import("./packet.mjs").Trace} trace @returns {import("./quiz-judge.mjs").Question} */
export function questionOf(section, trace, step, cell, place) {
  const { still, steps, facts } = trace;
  const all = steps.products ? rowOf(steps.products.text, step) : [];
  const texts = all.length <= MOST_PRODUCTS ? all : [];
  const told = trace.sentence(step).split(" = ")[1].split(" + ");
  const terms = steps.products?.terms ? rowOf(steps.products.terms, step) : told;
  return {
    place,
    answers: answersOf(section, trace, cell),
    products: texts.map((text) => read(text)),
    texts,
    terms: terms.length >= texts.length && !terms.includes("…") ? terms : [],
    columns: texts.length ? new Set(still.products.x.array).size : 1,
    groups: facts.product_groups?.split(" ") ?? [],
    then: facts.then ?? "",
  };
}

/** What is to be found: the value of the cell in each panel whose cells are the steps, or in its box of the drawing. */
function answersOf(section, trace, cell) {
  const panels = [...section.querySelectorAll(".panel[data-steps]")];
  const titles = panels.map((panel) => panel.querySelector(".title").textContent);
  const values = panels.map(({ dataset }) => trace.still[dataset.values].value.array[cell]);
  if (panels.length) return values.map((value, n) => ({ value, label: titles.length > 1 ? titles[n] : "" }));
  const boxes = boxesOf(trace, section.querySelector(".panel[data-boxes]").dataset.boxes);
  const box = boxes.find((one) => one.answer && one.first <= cell && cell < one.first + one.values.length);
  return [{ value: box.values[cell - box.first], label: "" }];
}
