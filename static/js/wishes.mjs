/**
 * What was asked for while Python is at work, handed over one by one. Newer wishes replace older ones of the same name, so a
 * dragged control never builds up a queue.
 */
export class Wishes {
  /**
   * @param {(name: string, value: unknown, answered: () => void) => Promise<void>} fulfil
   * @param {HTMLElement} section is busy while there is a wish
   */
  constructor(fulfil, section) {
    Object.assign(this, { fulfil, section, working: null, atWork: null });
    /** @type {Map<string, unknown>} the oldest first */
    this.waiting = new Map();
  }

  get any() {
    return this.waiting.size > 0;
  }

  /** Whether an answer is still to come: until then, news may hold the settings from before the wish. */
  get isAwaited() {
    return this.any || this.atWork !== null;
  }

  /** Whether the answer to a wish of that name is still to come. */
  has(name) {
    return this.waiting.has(name) || this.atWork?.[0] === name;
  }

  /** @returns {Promise<void>} fulfilled when no wish is left */
  add(name, value) {
    const earlier = name === "settings" ? this.waiting.get(name) : {}; // tables of settings add up
    this.waiting.delete(name);
    this.waiting.set(name, name === "settings" ? { ...earlier, ...value } : value);
    this.working ??= this.#work();
    return this.working;
  }

  /** A setting as it was asked for last, or as it is if no answer to that is awaited. @param {Record<string, unknown>} settings */
  latest(name, settings) {
    const newestFirst = [...this.waiting].reverse().concat(this.atWork ? [this.atWork] : []);
    for (const [asked, value] of newestFirst) {
      if (asked === name) return value;
      if (asked === "settings" && value && name in value) return value[name];
    }
    return settings[name];
  }

  async #work() {
    this.section.setAttribute("aria-busy", "true");
    while (this.any) {
      const [[name, value]] = this.waiting;
      this.atWork = [name, value];
      this.waiting.delete(name);
      await this.fulfil(name, value, () => {
        this.atWork = null;
      });
    }
    this.section.removeAttribute("aria-busy");
    this.working = null;
  }
}
