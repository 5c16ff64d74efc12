/**
 * The size of the letters in a figure: that of its cells, but never below what can be read where there is room for it.
 * Texts for which there is no room at all are left out: they would lie over each other.
 */

const LEAST = { embed: 9, page: 10, phone: 11 }; // pixels
const PHONE = 600; // pixels: the width of a page below which it is read on one
const ROUNDING = 0.05; // pixels
const USUAL_LETTERS = 16; // pixels
const WIDTH = 1; // of a cell that a text may fill
const HEIGHT = 0.97; // digits are lower than their letters' height
const MOST_GROWTH = 1.4; // of a text without a cell
const CELL_HEIGHT = 0.4; // LABEL_HEIGHT and LABEL_WIDTH of grid.py, by which Python chose the size
const CELL_WIDTH = 1.45;
const MOST_TEXTS = 300;
const HEAD = 1.3; // the height of a line above a bar, in letters
const MOST_HEAD = 0.6; // of a drawing's height
const NARROW_LEGEND = 330; // pixels: below it, the entries of a legend stand closer
const HERE = { sync: false, check_eq: false };

const pen = document.createElement("canvas").getContext("2d");
const widths = new Map();

const isEmbed = () => document.body.classList.contains("embed");

/** The height of the smallest letters that can be read here, in pixels. */
export function leastLetters() {
  return LEAST[isEmbed() ? "embed" : innerWidth < PHONE ? "phone" : "page"];
}

/**
 * Fit the letters of every labelled source. @param {object} plot Bokeh's model
 * @param {number} width of the whole drawing, in pixels @param {number} height @returns {number} the height of the smallest letters
 */
export function fitLetters(plot, width, height) {
  const least = leastLetters();
  let smallest = Infinity;
  const letters = Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL_LETTERS); // a projector's
  for (const renderer of plot.renderers) {
    const [, largest, column = "size", how] = renderer.tags.find((tag) => tag.startsWith("fit "))?.split(" ") ?? [];
    const [size] = renderer.data_source.data[column] ?? [];
    if (!largest || !size) continue;
    const usual = size * width;
    const room = usual < least ? Math.max(usual, how === "freely" ? least : Math.min(least, roomOf(renderer, size, width, height))) : usual;
    const pixels = Math.min(Number(largest) * letters, room);
    const counts = how !== "optional" && Array.from(renderer.data_source.data.text ?? ["-"]).some(Boolean);
    if (counts) smallest = Math.min(smallest, pixels);
    const isShown = pixels > least - ROUNDING;
    const wanted = { text_font_size: { value: `${pixels.toFixed(1)}px` }, text_alpha: { value: Number(isShown) } };
    const { glyph } = renderer;
    if (glyph.text_font_size.value !== wanted.text_font_size.value || glyph.text_alpha.value !== wanted.text_alpha.value) glyph.setv(wanted, HERE);
    if (how === "heads") makeHeadroom(plot.y_range, (pixels * HEAD - glyph.y_offset.value) / height);
  }
  for (const legend of plot.above.filter(({ type }) => type === "Legend")) fitLegend(legend, width < NARROW_LEGEND);
  return smallest + ROUNDING;
}

/** Let the range end so far above 1 that words above it are not cut. @param {number} share of the height that they need */
function makeHeadroom(range, share) {
  const room = Math.min(share, MOST_HEAD);
  const end = (1 - room * range.start) / (1 - room);
  if (Math.abs(range.end - end) > 0.001) range.end = end;
}

/** The largest letters with which every text of a source stays in its cell. */
function roomOf({ glyph, data_source: { data } }, size, width, height) {
  const [wide, high] = ["w", "h"].map((side) => least(data[glyph.x.field.replace(/x$/, side)]));
  if (!wide || !high) return MOST_GROWTH * size * width;
  const longest = size < CELL_HEIGHT * wide * 0.99 ? (CELL_WIDTH * wide) / size : 1; // characters, in any step
  const usual = widthOf("0") * (longest - 1) + widthOf(".");
  const now = Math.max(...Array.from(data.text).slice(0, MOST_TEXTS).map(widthOf), longest > 1 ? usual : 0, widthOf("0"));
  return Math.min((WIDTH * wide * width) / now, HEIGHT * high * height);
}

function least(sizes) {
  return sizes?.length ? Math.min(...Array.from(sizes).slice(0, MOST_TEXTS)) : 0;
}

/** How wide a text is, in heights of its letters. @param {string} text */
function widthOf(text) {
  if (!widths.has(text)) {
    if (widths.size > 5000) widths.clear();
    pen.font = "100px system-ui";
    widths.set(text, pen.measureText(text).width / 100);
  }
  return widths.get(text);
}

function fitLegend(legend, isNarrow) {
  const { label_text_font_size: size, glyph_width: sample, spacing } = legend;
  legend.own ??= { label_text_font_size: size, glyph_width: sample, spacing };
  const wanted = isNarrow ? { label_text_font_size: `${leastLetters()}px`, glyph_width: 10, spacing: 4 } : legend.own;
  if (wanted.glyph_width !== sample) legend.setv(wanted, HERE);
}
