/** The buttons and fields that stand beside the pictures: drawing tools, the way through the digits, the preparation's switches. */
import { make } from "../../../static/js/elements.mjs";
import { button } from "../../units/page/pieces.mjs";

/** Draw, erase or move; how thick; undo and clear. @param {import("./pad.mjs").Pad} pad */
export function drawingTools(pad, panel) {
  const bar = make("div", { className: "tools", role: "toolbar", ariaLabel: "Drawing tools" });
  const kinds = [["draw", "Draw"], ["erase", "Erase"], ["move", "Move"]].map(([tool, words]) => {
    const made = button(words, () => choose(tool));
    made.dataset.tool = tool;
    return made;
  });
  const choose = (tool) => {
    pad.choose(tool);
    for (const one of kinds) one.ariaPressed = String(one.dataset.tool === tool);
  };
  const brush = make("input", { type: "range", min: 1, max: 5, step: 0.2, value: pad.brush, ariaLabel: "Brush size" });
  brush.addEventListener("input", () => {
    pad.brush = Number(brush.value);
  });
  const undo = button("Undo", () => pad.undo(), { disabled: true });
  undo.dataset.part = "undo";
  bar.append(...kinds, undo, button("Clear", () => pad.clear()));
  const below = make("div", { className: "tools" });
  below.append(brush);
  panel.append(bar, below);
  choose("draw");
}

/** Previous and next digit, beside the brush. @param {import("../../../static/js/view.mjs").View} view @returns {HTMLElement} */
export function digitTools(view, panel) {
  const bar = make("div", { className: "digits", role: "group", ariaLabel: "Test digits" });
  bar.append(
    button("‹", () => view.change("previous", null), { ariaLabel: "Previous digit", title: "Previous digit" }),
    button("›", () => view.change("next", null), { ariaLabel: "Next digit", title: "Next digit" }),
    button("Show a mistake", () => view.change("only", "wrong")),
  );
  panel.querySelector(".tools:last-of-type").append(bar);
  return bar;
}

/** A switch for each stage of the preparation. @returns {{element: HTMLElement, show: (settings: object) => void}} */
export function stageSwitches(view, panel) {
  const bar = make("div", { className: "switches" });
  const boxes = view.table.filter(({ name }) => ["crop", "scale", "centre"].includes(name)).map(({ name, label, help }) => {
    const words = make("label", { title: help });
    const box = make("input", { type: "checkbox", name });
    box.addEventListener("change", () => view.change(name, box.checked));
    words.append(box, label);
    bar.append(words);
    return box;
  });
  bar.prepend(make("span", { textContent: "Drawn" }));
  panel.append(bar);
  const show = (settings) => {
    for (const box of boxes) box.checked = settings[box.name];
  };
  return { element: bar, show };
}
