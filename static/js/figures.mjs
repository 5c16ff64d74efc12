/**
 * The only module that knows BokehJS: it finds the figures' sources, replaces their data, and dresses them in the theme.
 * Figures are built once, in Python; here only data and colours change.
 */
import { imageOf, imagesOf, isSame, stillColumn } from "./columns.mjs";
import { Drawn } from "./drawn.mjs";
import { rectangleOf } from "./grid.mjs";
import { fitLetters } from "./letters.mjs";
import { lighten } from "./lighten.mjs";
import { mapValues, rowOf, sameRow } from "./packet.mjs";
import { Parts } from "./parts.mjs";

/* global Bokeh */

const HERE = { sync: false, check_eq: false }; // what the page shows is nobody else's business: nothing goes to a Bokeh server

/**
 * Draw a view's figures into the elements whose ids are the figures' names (static site).
 * @param {{docs: object, roots: Record<string, string>}} drawing the document and {root id: element id}
 * @returns {Promise<Figures>}
 */
export async function drawFigures(drawing) {
  const [docid] = Object.keys(drawing.docs);
  const roots = mapValues(drawing.roots, (name) => document.getElementById(name));
  const [views] = await Bokeh.embed.embed_items(drawing.docs, [{ docid, roots, root_ids: Object.keys(roots) }]);
  return new Figures([...views.roots].map(({ model }) => model));
}

/**
 * The sources and the theme of the figures of one view. Two arrangements of one drawing have sources of the same names;
 * a figure that the page does not show rests, and takes what it missed when it is shown.
 */
export class Figures {
  /** @param {object[]} roots Bokeh's models of the figures */
  constructor(roots) {
    lighten(roots);
    this.drawn = new Drawn(roots);
    this.models = new Set(roots.flatMap((root) => [root, ...root.references()]));
    /** @type {Map<string, {source: object, figures: Set<string>}[]>} the sources of each name, and what they are drawn in */
    this.sources = new Map();
    for (const root of roots) for (const model of new Set([root, ...root.references()])) this.#enter(model, root.name);
    this.resting = new Set();
    this.parts = new Parts();
    /** @type {Map<string, Record<string, unknown>>} what each source shows, or would if it did not rest */
    this.shown = new Map();
    /** @type {Map<string, number>} the step that each moving source shows */
    this.steps = new Map();
    this.still = {};
  }

  #enter(model, figure) {
    if (model.type !== "ColumnDataSource" || !model.name) return;
    const known = this.sources.get(model.name) ?? [];
    const same = known.find(({ source }) => source === model);
    if (same) same.figures.add(figure);
    else this.sources.set(model.name, [...known, { source: model, figures: new Set([figure]) }]);
  }

  /** Whether the page shows a figure. @param {string} figure its name */
  wake(figure, isShown) {
    if (isShown === !this.resting.has(figure)) return;
    if (!isShown) return this.resting.add(figure);
    const missed = [];
    for (const [name, all] of this.sources) {
      for (const one of all) if (one.figures.has(figure) && !this.#isAwake(one) && this.shown.has(name)) missed.push([one.source, this.shown.get(name)]);
    }
    this.resting.delete(figure);
    for (const [source, data] of missed) source.setv({ data }, HERE);
  }

  #isAwake({ figures }) {
    return [...figures].some((figure) => !this.resting.has(figure));
  }

  /** Show what no step of the trace changes; what is the same as in the trace before stays. @param {import("./packet.mjs").Trace} trace */
  showStill(trace) {
    const before = this.trace;
    const stays = (group, name) => isSame(trace[group][name], before?.[group][name]);
    this.trace = trace;
    this.still = mapValues(trace.still, (columns, name) => {
      if (stays("still", name)) return this.still[name];
      return columns.image_rows ? imagesOf(columns) : mapValues(columns, stillColumn);
    });
    for (const name of [...this.steps.keys()]) if (!stays("steps", name) || !stays("still", name)) this.steps.delete(name);
    for (const [name, columns] of Object.entries(this.still)) {
      if (!(name in trace.steps) && this.shown.get(name) !== columns) this.#replace(name, columns);
    }
  }

  /** Show one step; what looks the same as in the step before is left alone. @param {import("./packet.mjs").Trace} trace */
  showStep(trace, step) {
    for (const [name, columns] of Object.entries(trace.steps)) {
      const before = this.steps.get(name);
      const same = before !== undefined && Object.values(columns).every((column) => sameRow(column, before, step));
      if (!same) this.#replace(name, { ...this.still[name], ...mapValues(columns, (column) => rowOf(column, step)) });
      this.steps.set(name, step);
    }
  }

  /**
   * Hide secrets until the next step: of a source with a row for each output cell (the column `seen`) those rows that
   * are secret, of any other all if the present step is: texts become question marks, frames go.
   * @param {string[]} names @param {boolean} here @param {(cell: number) => boolean} isSecret
   */
  mask(names, here, isSecret) {
    for (const name of names) {
      const columns = this.shown.get(name);
      if (columns.seen) this.#replace(name, { ...columns, seen: Array.from(columns.seen, (seen, cell) => (isSecret(cell) ? 0 : seen)) });
      else if (here && columns.text) this.#replace(name, { ...columns, text: Array.from(columns.text, () => "?") });
      else if (here) this.#replace(name, mapValues(columns, () => []));
    }
  }

  /** Show these columns in a source, whatever the trace says: for what a view's own script draws. */
  put(name, columns) {
    this.#replace(name, columns);
  }

  /** Show one image in a source at once. @param {Float32Array} values row by row */
  paint(name, values, rows, columns) {
    const { data } = this.sources.get(name)[0].source;
    this.#replace(name, { ...data, ...this.shown.get(name), image: [imageOf(values, rows, columns)] });
  }

  /** Draw rectangles over cells of a grid. @param {number[][]} cells [row, column] @param {[number, number]} shape */
  light(name, cells, shape) {
    if (!cells.length && !this.shown.get(name)?.x?.length) return; // dark already
    const found = cells.map(([row, column]) => rectangleOf(row, column, shape));
    this.#replace(name, {
      x: found.map(({ left, width }) => left + width / 2), y: found.map(({ top, height }) => 1 - top - height / 2),
      w: found.map(({ width }) => width), h: found.map(({ height }) => height),
    }); // prettier-ignore
  }

  /**
   * Finds where a pointer is in a figure's drawing, in shares from its upper left corner.
   * @param {HTMLElement} plot @returns {(pointer: {clientX: number, clientY: number}) => import("./surface.mjs").Place}
   */
  shares(plot) {
    return ({ clientX, clientY }) => {
      const { left, top, width, height } = this.#viewOf(plot.dataset.figure).frame.bbox;
      const box = plot.getBoundingClientRect();
      const scale = plot.offsetWidth / box.width; // of a page that is shown larger or smaller
      const place = { x: ((clientX - box.left) * scale - left) / width, y: ((clientY - box.top) * scale - top) / height };
      return this.parts.inWhole(plot.dataset.figure, place);
    };
  }

  /** Show a part of a figure's drawing, in shares from its upper left corner. @param {import("./grid.mjs").Rectangle} part */
  focus(figure, part) {
    this.parts.show(this.#modelOf(figure), part);
  }

  /** The same in shares of the unit square, around which a drawing may have a margin. @param {HTMLElement} plot */
  square(plot) {
    const shares = this.shares(plot);
    const { x_range: across, y_range: up } = this.#modelOf(plot.dataset.figure);
    return (pointer) => {
      const { x, y } = shares(pointer);
      return { x: across.start + x * (across.end - across.start), y: 1 - up.end + y * (up.end - up.start) };
    };
  }

  /** Where a rectangle of the unit square is in a figure's drawing. @param {import("./grid.mjs").Rectangle} box */
  inDrawing(figure, { left, top, width, height }) {
    const { x_range: across, y_range: up } = this.#modelOf(figure);
    const [wide, high] = [across.end - across.start, up.end - up.start];
    return { left: (left - across.start) / wide, top: (up.end - 1 + top) / high, width: width / wide, height: height / high };
  }

  #modelOf(figure) {
    return [...this.models].find(({ name }) => name === figure);
  }

  /** What BokehJS made of a figure. */
  #viewOf(figure) {
    return [...Bokeh.index].find(({ model }) => model.name === figure);
  }

  /** What a source shows now: {column: values}. */
  data(name) {
    const awake = this.sources.get(name)?.find((one) => this.#isAwake(one));
    const columns = awake?.source.data ?? this.shown.get(name) ?? this.still[name];
    return columns && mapValues(columns, (column) => Array.from(column, (item) => (ArrayBuffer.isView(item) ? [...item] : item)));
  }

  #replace(name, columns) {
    this.shown.set(name, columns);
    this.steps.delete(name); // its caller knows better
    for (const one of this.sources.get(name) ?? []) if (this.#isAwake(one)) one.source.setv({ data: columns }, HERE);
  }

  /** Show what carries this tag, or hide it. */
  reveal(tag, yes) {
    for (const model of this.models) if (model.tags.includes(tag)) model.setv({ visible: yes }, HERE);
  }

  /** A figure with what its glyphs hold at the call (drawn.mjs). @param {string} name @returns {Promise<SVGSVGElement>} */
  async svg(name) {
    const blob = await this.#viewOf(name).export("svg", false).to_blob();
    const picture = new DOMParser().parseFromString(await blob.text(), "image/svg+xml").documentElement;
    picture.setAttribute("viewBox", `0 0 ${picture.getAttribute("width")} ${picture.getAttribute("height")}`);
    return picture;
  }

  /** Put the present theme's colours where the models' tags ask for them. */
  applyTheme() {
    const style = getComputedStyle(document.documentElement);
    for (const model of this.models) {
      for (const tag of model.tags) {
        const [property, token] = String(tag).split("=");
        if (!token) continue;
        const value = style.getPropertyValue(property === "palette" ? `--palette-${token}` : `--${token}`).trim();
        model.setv({ [property]: property === "palette" ? value.split(",") : value }, HERE);
      }
    }
  }

  /** Fit the letters of a figure of that many pixels to its cells. @returns {number} the height of the smallest */
  fitText(figure, width, height) {
    const part = this.parts.of(figure);
    return fitLetters(this.#modelOf(figure), width / part.width, height / part.height);
  }
}
