/** What was changed in the network, each change with the way back. */
import { make } from "../../../static/js/elements.mjs";
import { button } from "../../units/page/pieces.mjs";

const SHOWN = 12; // changes told one by one

/** @param {HTMLElement} element @param {import("../../../static/js/view.mjs").View} view @param {string} edits the setting */
export function showChanges(element, view, edits) {
  const all = edits.split(";").filter(Boolean);
  element.hidden = !all.length;
  if (element.dataset.edits === edits) return;
  element.dataset.edits = edits;
  const back = all.slice(0, SHOWN).map((edit) => {
    const [place] = edit.split("=");
    const words = place.includes(".off[") ? `${place.replace(".off", "")} off` : edit.replace("=", " = ");
    const made = button(`${words} ✕`, () => view.change("edit", { place, value: null }));
    made.title = "Take it back";
    return made;
  });
  element.replaceChildren(
    make("strong", { textContent: "You changed the network: " }),
    ...back,
    ...(all.length > SHOWN ? [make("span", { textContent: `and ${all.length - SHOWN} more` })] : []),
    button("Restore the trained weights", () => view.change("edits", ""), { className: "restore" }),
  );
}
