/**
 * Takes work off BokehJS. Beside each glyph that it draws it keeps four more: for what is selected, for what is not, for
 * what is muted, and for coarse drawing while a tool drags. No figure here has tools or selections, so these four need
 * not follow the data: they cost four fifths of every change. Nor does a canvas listen to keys: the plot around it does.
 * Before each paint it asks the style sheet for a variable of each property of each text and line (--bk-text-color and so
 * on), of which there are none here, and it waits until its last paint is a sixtieth of a second old, which misses a frame.
 */

/* global Bokeh */

const SPARE = ["selection_glyph", "nonselection_glyph", "muted_glyph", "decimated_glyph"];
const rest = () => {};
const RESTING = { set_data: rest, set_visuals: rest, after_visuals: rest, after_lazy_visuals: rest, map_data: rest };

/** @param {object[]} roots Bokeh's models of figures that are drawn already */
export function lighten(roots) {
  Bokeh.require("core/visuals/visual").VisualProperties.prototype._get_css_value = () => "";
  for (const view of Bokeh.index.roots.filter(({ model }) => roots.includes(model))) {
    paintInNextFrame(view);
    if (view.canvas_view) view.canvas_view.events_el.tabIndex = -1;
    for (const renderer of view.renderer_views?.values() ?? []) {
      for (const name of SPARE) if (renderer[name]) Object.assign(renderer[name], RESTING);
    }
  }
}

/** However often a figure is asked to paint, it does so once, in the next frame. */
function paintInNextFrame(view) {
  let asked = null;
  const paint = (done) => {
    asked = null;
    if (!view.is_destroyed) view.repaint();
    done();
  };
  if (view.throttled_paint) view.throttled_paint = () => (asked ??= new Promise((done) => requestAnimationFrame(() => paint(done))));
}
