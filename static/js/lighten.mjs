/**
 * Takes work off BokehJS. Beside each glyph that it draws it keeps four more: for what is selected, for what is not, for
 * what is muted, and for coarse drawing while a tool drags. No figure here has tools or selections, so these four need
 * not follow the data: they cost four fifths of every change. Nor does a canvas listen to keys: the plot around it does.
 */

/* global Bokeh */

const SPARE = ["selection_glyph", "nonselection_glyph", "muted_glyph", "decimated_glyph"];
const rest = () => {};
const RESTING = { set_data: rest, set_visuals: rest, after_visuals: rest, after_lazy_visuals: rest, map_data: rest };

/** @param {object[]} roots Bokeh's models of figures that are drawn already */
export function lighten(roots) {
  for (const view of Bokeh.index.roots.filter(({ model }) => roots.includes(model))) {
    if (view.canvas_view) view.canvas_view.events_el.tabIndex = -1;
    for (const renderer of view.renderer_views?.values() ?? []) {
      for (const name of SPARE) if (renderer[name]) Object.assign(renderer[name], RESTING);
    }
  }
}
