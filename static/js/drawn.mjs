/**
 * Whether a figure's glyphs hold what its sources do. BokehJS takes new data into them in many small steps, one glyph after
 * the other, so a picture taken right after a change shows some glyphs of this moment and some of the one before.
 */

/* global Bokeh */

const TAKING = ["set_data", "set_visuals"]; // of BokehJS's renderers: asynchronous
const PATIENCE = 20_000; // milliseconds for what takes a few

export class Drawn {
  /** @param {object[]} roots Bokeh's models of figures that are drawn already */
  constructor(roots) {
    this.plots = Bokeh.index.roots.filter(({ model }) => roots.includes(model));
    /** @type {Set<Promise<void>>} what glyphs are taking in */
    this.taking = new Set();
    for (const plot of this.plots) for (const renderer of plot.renderer_views?.values() ?? []) this.#follow(renderer);
  }

  #follow(renderer) {
    for (const name of TAKING.filter((name) => renderer[name])) {
      const take = renderer[name].bind(renderer);
      renderer[name] = (...how) => {
        const work = take(...how);
        const ended = () => this.taking.delete(work);
        this.taking.add(work);
        work.then(ended, ended);
        return work;
      };
    }
  }

  /** Fulfilled when every figure that the page shows has its size and all that its sources hold. */
  whole() {
    return inTime(this.#settled(), "The figures were not drawn in time. Show the whole view, then try again.");
  }

  async #settled() {
    while (this.taking.size) await Promise.allSettled(this.taking);
    if (this.plots.every(({ el, bbox }) => !el.clientWidth || bbox.width)) return;
    await new Promise(requestAnimationFrame); // BokehJS learns sizes with the frames
    await this.#settled();
  }
}

/** A promise that speaks if it takes too long. @template T @param {Promise<T>} promise @param {string} words @returns {Promise<T>} */
export function inTime(promise, words, patience = PATIENCE) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(words)), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
