/** What only the features view has on the page: a cell, a patch, a keypoint or a match is chosen in the picture. */
import { allOf, mapValues } from "../../static/js/packet.mjs";
import { Surface } from "../../static/js/surface.mjs";

/** @param {import("../../static/js/view.mjs").View} view @returns {import("../../static/js/view.mjs").Own} */
export default function own(view) {
  const listen = (part, choose) => {
    const plot = view.section.querySelector(`[data-part=${part}] .plot`);
    new Surface(plot, { click: (at) => choose(at) }, view.figures.square(plot));
  };
  listen("photo", (at) => choose(view, at));
  listen("pair", (at) => {
    const { x, y, step } = mapValues(view.trace.still.match_table, allOf);
    const n = nearest(x, y, at);
    if (n < 0) return;
    view.player.pause();
    view.player.go(step[n]);
  });
  return {};
}

/** The cell or the keypoint at a place of the photograph. */
function choose(view, at) {
  const { choices } = view.trace.still;
  if (!choices) return;
  const { x, y, row, column, keypoint } = mapValues(choices, allOf);
  const n = nearest(x, y, at);
  if (n < 0) return;
  if (keypoint[n] >= 0) view.change("keypoint", keypoint[n]);
  else view.change("settings", { row: row[n], column: column[n] });
}

/** The number of the nearest place, y upwards; −1 if there is none. @param {{x: number, y: number}} at y downwards */
function nearest(x, y, at) {
  let [best, least] = [-1, Infinity];
  for (let n = 0; n < x.length; n++) {
    const far = (x[n] - at.x) ** 2 + (y[n] - 1 + at.y) ** 2;
    if (far < least) [best, least] = [n, far];
  }
  return best;
}
