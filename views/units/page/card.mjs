/**
 * The card of the unit that is asked: how its number comes about, cell by cell and term by term. Every number of the layer
 * before leads to its own card, every weight can be typed, and a convolution opens in the convolution view.
 */
import { make } from "../../../static/js/elements.mjs";
import { typed } from "../../../static/js/numbers.mjs";
import { allOf, mapValues } from "../../../static/js/packet.mjs";
import { Grids } from "./grids.mjs";
import { button, keyed, tint } from "./pieces.mjs";

export class Card {
  /** @param {HTMLElement} element @param {import("../../../static/js/view.mjs").View} view @param {import("./units.mjs").Units} units */
  constructor(element, view, units) {
    Object.assign(this, { element, view, units, trail: [], group: -1 });
    this.grids = new Grids(this);
    // Numbers that name a unit point at it in the picture.
    for (const [begin, end] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
      element.addEventListener(begin, ({ target }) => target.dataset.unit && units.hover(target.dataset.unit));
      element.addEventListener(end, () => units.hover(""));
    }
  }

  /** A new trace is shown. */
  shown(trace, settings) {
    const { unit } = settings;
    if (unit !== this.trail.at(-1)) this.trail = unit ? [...this.trail, unit].slice(-30) : [];
    this.element.hidden = !unit;
    if (!unit) return;
    const columns = (name) => mapValues(trace.still[name], allOf);
    this.facts = trace.facts;
    this.terms = rowsOf(columns("card_terms"));
    const kept = document.activeElement?.dataset?.key;
    const typed = document.activeElement?.dataset?.place && document.activeElement.value;
    this.grids.take(rowsOf(columns("card_cells")), columns("card_openings"));
    if (!this.grids.has(this.group)) this.group = this.grids.strongest(this.terms);
    this.element.replaceChildren(
      this.#head(settings),
      make("p", { className: "sees", textContent: this.facts.card_sees }),
      this.#body(),
      make("p", { className: "total", textContent: this.facts.card_sum }),
      ...this.#feeds(rowsOf(columns("card_feeds"))),
      ...this.#filter(),
    );
    const same = kept && this.element.querySelector(`[data-key="${CSS.escape(kept)}"]`);
    if (!same) return;
    if (typed) same.value = typed;
    same.focus({ preventScroll: true });
  }

  /** Show the grids of one map of the layer before. */
  open(group) {
    this.group = group;
    this.shown(this.view.trace, this.view.settings);
  }

  #head(settings) {
    const head = make("header", {});
    const title = make("h2", { textContent: `${this.facts.card_title} = ${this.facts.card_value}` });
    const kind = make("p", { className: "kind", textContent: this.facts.card_kind });
    const close = keyed(button("Close", () => this.view.change("unit", "")), "close");
    const back = keyed(button("Back", () => this.#back(), { disabled: this.trail.length < 2 }), "back");
    head.append(title, kind, ...this.#switches(), back, close);
    head.dataset.unit = settings.unit;
    return head;
  }

  /** The way to what the unit's channel looks for, where the page has that view. */
  #filter() {
    const settings = this.facts.card_filter;
    if (!settings || !document.querySelector('.view[data-view="filters"]')) return [];
    const open = () => document.dispatchEvent(new CustomEvent("openview", { detail: { slug: "filters", settings: JSON.parse(settings) } }));
    return [keyed(button("What does this channel look for?", open), "filter")];
  }

  #back() {
    this.trail.pop();
    this.view.change("unit", this.trail.pop());
  }

  /** Switches the unit, or its whole feature map, off and on. */
  #switches() {
    return [["unit", "unit"], ["map", "feature map"]].filter(([kind]) => this.facts[`card_${kind}_switch`]).map(([kind, words]) => {
      const isOff = `card_${kind}_off` in this.facts;
      const place = this.facts[`card_${kind}_switch`];
      const made = button(`Switch ${words} ${isOff ? "on" : "off"}`, () => this.change(place, isOff ? null : true));
      made.ariaPressed = String(isOff);
      return keyed(made, `switch ${kind}`);
    });
  }

  /** @param {string} place such as conv1.weight[0,0,2,2] */
  change(place, value) {
    this.view.change("edit", { place, value });
  }

  #body() {
    const body = make("div", { className: "parts" });
    if (this.terms.length) body.append(this.#sum());
    if (this.grids.any) body.append(this.grids.draw(this.group));
    return body;
  }

  /** The terms of the sum below each other. */
  #sum() {
    const table = make("table", { className: "terms" });
    for (const term of this.terms) {
      const line = table.insertRow();
      line.insertCell().append(this.#name(term));
      line.insertCell().append(term.words, ...(term.place ? [this.weight(term.place, term.value, `Weight of ${term.label}`)] : []));
      const result = line.insertCell();
      result.textContent = `${term.place && !term.words ? "" : "= "}${term.result}`;
      tint(result, term.shade);
    }
    return table;
  }

  #name(term) {
    if (term.group >= 0) {
      const made = keyed(button(term.label, () => this.open(term.group)), `group ${term.group}`);
      made.ariaPressed = String(term.group === this.group);
      return made;
    }
    return term.unit ? this.unit(term.unit, term.label) : make("span", { textContent: term.label });
  }

  /** A button that asks another unit. */
  unit(unit, words) {
    const made = keyed(button(words, () => this.view.change("unit", unit)), unit);
    made.dataset.unit = unit;
    return made;
  }

  /** A field with a weight or a bias. */
  weight(place, value, name) {
    const field = keyed(make("input", { type: "text", inputMode: "decimal", value: typed(value, 4), ariaLabel: name }), place);
    field.dataset.place = place;
    field.title = place;
    field.style.setProperty("--characters", field.value.length);
    field.addEventListener("change", () => this.change(place, field.value));
    return field;
  }

  #feeds(terms) {
    if (!terms.length) return [];
    const list = make("p", { className: "feeds", textContent: "Feeds " });
    list.append(...terms.map((term) => {
      if (!term.unit) return make("span", { textContent: term.label });
      const made = this.unit(term.unit, `${term.label} ${term.result}`);
      made.title = "Its contribution there; for softmax the probability of the class";
      return made;
    }));
    return [list];
  }
}

/** Columns as rows. */
function rowsOf(columns) {
  const names = Object.keys(columns);
  return Array.from(columns[names[0]], (_, n) => Object.fromEntries(names.map((name) => [name, columns[name][n]])));
}
