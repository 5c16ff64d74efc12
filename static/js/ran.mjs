/**
 * Definition / What ran here: which functions of the engine were entered for the present settings, as Python recorded it
 * (views/ran.py), each with its source; how far their numbers are from the definition; and, where a view can compute the
 * same in several ways, how these compare. It is asked for when the panel is opened and when what is shown changes.
 */
import { make } from "./elements.mjs";

/**
 * @typedef {{name: string, file: string, line: number, calls: number, caller: string, is_helper: boolean}} Ran
 * @typedef {{name: string, label: string, function: string, difference: string, time: string, note: string}} Way
 */

export class WhatRan {
  /** @param {HTMLElement} section @param {import("./view.mjs").View} view @param {() => void} listed the definition's source is there */
  constructor(section, view, listed) {
    Object.assign(this, { view, listed, panel: section.querySelector(".code"), part: section.querySelector(".ran") });
    this.asking = false;
    /** @type {string | null | undefined} what to ask next: "timed" wants times too */
    this.wish = undefined;
    this.button = this.part.querySelector("[data-part=time]");
    this.button.addEventListener("click", () => this.refresh("timed"));
    this.panel.addEventListener("toggle", () => {
      this.#listDefinition();
      this.refresh();
    });
    section.addEventListener("traceshown", () => {
      this.panel.querySelector(".call").hidden = !view.trace.facts.call;
      this.#showDefinition(view.trace.facts.definition);
      this.refresh();
    });
  }

  /** Ask anew if the panel is open; while an answer is awaited, once more after it. */
  async refresh(value = null) {
    if (!this.panel.open) return;
    this.wish = value;
    if (this.asking) return;
    this.asking = true;
    this.part.setAttribute("aria-busy", "true");
    while (this.wish !== undefined) {
      const wish = this.wish;
      this.wish = undefined;
      await this.#ask(wish);
    }
    this.asking = false;
    this.part.removeAttribute("aria-busy");
  }

  async #ask(value) {
    const where = this.part.querySelector(".where");
    const words = this.view.home.where();
    try {
      const { ran } = await this.view.ask("ran", value);
      this.#show(ran);
      if (where.textContent !== words) where.textContent = words; // else it would be read out again
    } catch (error) {
      where.textContent = error.message;
    }
  }

  /** Of a definition with several cases, the functions of the present one. @param {string | undefined} names */
  #showDefinition(names) {
    if (names === undefined) return;
    for (const listing of this.panel.querySelectorAll(".definition .listing")) {
      listing.hidden = !names.split(" ").includes(listing.dataset.name);
    }
  }

  /** The sources of the definition, fetched when the panel is first opened; one line may be that of the present step. */
  async #listDefinition() {
    if (!this.panel.open) return;
    for (const details of this.panel.querySelectorAll(".definition .listing:not(:has(pre))")) {
      const { label, file, line, marked } = details.dataset;
      await this.#showSource(details, label, file, line);
      if (marked) details.querySelectorAll(".line")[marked]?.setAttribute("data-now", "");
    }
    this.listed();
  }

  /** @param {{functions: Ran[], sentence: string, ways: Way[]}} ran */
  #show({ functions, sentence, ways }) {
    this.part.querySelector(".agreement").textContent = sentence;
    const helpers = functions.filter((one) => one.is_helper);
    this.#fill(this.part.querySelector(".functions"), functions.filter((one) => !one.is_helper));
    const folded = this.part.querySelector(".helpers");
    folded.hidden = !helpers.length;
    folded.querySelector("summary").textContent = `Helpers (${helpers.length}): private functions, properties and checks of what comes in`;
    this.#fill(folded.querySelector("ol"), helpers);
    this.#showWays(ways);
  }

  /** The functions as a list; those that are open and still there stay open. @param {HTMLElement} list @param {Ran[]} functions */
  #fill(list, functions) {
    const kept = new Map([...list.children].map((item) => [item.dataset.place, item]));
    list.replaceChildren(
      ...functions.map((one) => {
        const item = kept.get(`${one.file}:${one.line}`) ?? this.#item(one);
        item.querySelector(".calls").textContent = calls(one);
        item.toggleAttribute("data-inner", Boolean(one.caller));
        return item;
      }),
    );
  }

  /** @param {Ran} one */
  #item({ name, file, line }) {
    const item = make("li", {});
    item.dataset.place = `${file}:${line}`;
    const details = make("details", { className: "listing" });
    const summary = make("summary", {});
    const place = make("span", { className: "place", textContent: `${file}:${line}` });
    summary.append(make("code", { textContent: name }), " ", place, " ", make("span", { className: "calls" }));
    details.append(summary);
    details.addEventListener("toggle", () => this.#showSource(details, `${name}, ${file}`, file, line), { once: true });
    item.append(details);
    return item;
  }

  async #showSource(details, label, file, line) {
    const source = make("pre", { tabIndex: 0 });
    source.setAttribute("role", "region");
    source.setAttribute("aria-label", `Source of ${label}`);
    try {
      this.sources ??= this.view.home.sources();
      source.append(listing((await this.sources)[file][line]));
    } catch (error) {
      this.sources = undefined; // the next one tries again
      source.textContent = `The source could not be loaded: ${error.message}`;
    }
    if (!details.querySelector("pre")) details.append(source);
  }

  /** The ways as a table, and the button that has them timed. @param {Way[]} ways */
  #showWays(ways) {
    const place = this.part.querySelector(".ways");
    place.hidden = !ways.length;
    if (!ways.length) return;
    const table = make("table", {});
    table.append(make("caption", { textContent: `The same output in ${ways.length} ways` }));
    const head = table.createTHead().insertRow();
    for (const title of ["Computed by", "Function", "Compared with the definition", "Time here"]) {
      head.append(make("th", { scope: "col", textContent: title }));
    }
    const body = table.createTBody();
    for (const way of ways) {
      const row = body.insertRow();
      row.append(make("th", { scope: "row", textContent: way.label }));
      const cells = [[way.function, way.note].filter(Boolean).join(", "), way.difference, way.time];
      row.append(...cells.map((textContent) => make("td", { textContent })));
    }
    place.querySelector("table")?.remove();
    place.prepend(table);
    this.button.hidden = this.view.home.isFrozen;
    this.button.disabled = !this.view.controls.enabled;
  }
}

/** @param {Ran} one */
function calls({ calls, caller }) {
  return `${calls.toLocaleString("en")} ${calls === 1 ? "call" : "calls"}, ${caller ? `first by ${caller}` : "by this view"}`;
}

/** A source as homes/listing.py writes it. @param {(string | [string, string])[][]} lines */
function listing(lines) {
  const code = make("code", {});
  for (const pieces of lines) {
    const line = make("span", { className: "line" });
    line.append(...pieces.map((piece) => (typeof piece === "string" ? piece : make("span", { className: piece[0], textContent: piece[1] }))));
    code.append(line);
  }
  return code;
}
