/**
 * The address bar: every visible state is in the URL, so that a link shows what its sender saw.
 * Values are only carried here; Python checks them.
 */

import { isOneOf } from "./controls.mjs";

export const LONGEST_QUERY = 2000; // characters; a longer address is no link of ours
const REST = 300; // milliseconds
export const PAGE_KEYS = ["view", "theme", "hide", "origin", "keys", "autoplay", "loop", "speed", "share", "size", "steps"];

/**
 * @param {string[]} names the settings that exist
 * @returns {{step: number | null, settings: Record<string, string>, tooLong: boolean}}
 */
export function readAddress(names, query) {
  const tooLong = query.length > LONGEST_QUERY;
  const parameters = new URLSearchParams(tooLong ? "" : query);
  const settings = {};
  for (const name of names) {
    const value = parameters.get(name);
    if (value !== null) settings[name] = value;
  }
  return { step: parameters.has("step") ? Number(parameters.get("step")) || 0 : null, settings, tooLong };
}

/** The stops of a deck's keys: a view that begins at a step stops there first. @param {number} start @param {number[]} stops */
export function stopsFrom(start, stops) {
  if (pageParameter("steps") === "all") return null;
  return start > 0 && start < stops.at(-1) ? [start, ...stops.filter((stop) => stop > start)] : stops;
}

/** What to say if an address asks for a place that is not there. @param {ReturnType<readAddress>} wanted @param {number} last step */
export function lostPlace({ step, tooLong }, last) {
  if (tooLong) return `The address is longer than ${LONGEST_QUERY.toLocaleString("en")} characters: the defaults are shown.`;
  if (step >= 0 && step <= last) return "";
  return `The steps go from 0 to ${last}: showing the ${step < 0 ? "first" : "last"} step.`;
}

/** A parameter that is no setting of a view: view, theme, hide, and those of an embed. */
export function pageParameter(name) {
  return new URLSearchParams(location.search).get(name) ?? "";
}

/** Whether a switch of the address is on. */
export function isOn(name) {
  return ["1", "true", "on"].includes(pageParameter(name));
}

/**
 * The query that shows this state again: only what differs from the defaults, and no pictures, which are too long.
 * @param {string} slug the view's
 * @param {import("./controls.mjs").Row[]} table the settings table
 * @param {{step: number, start: number}} place the step, and the one with which the trace begins
 * @param {Record<string, unknown>} more what else is to be seen, such as a quiz
 */
export function writeQuery(slug, table, settings, { step, start }, more = {}) {
  const kept = new URLSearchParams(location.search);
  if (kept.has("view")) kept.set("view", slug);
  const parameters = new URLSearchParams();
  for (const key of PAGE_KEYS) if (kept.get(key)) parameters.set(key, kept.get(key));
  for (const [{ name, kind }, value] of keptSettings(table, settings)) if (kind !== "picture") parameters.set(name, asText(value));
  for (const [name, value] of Object.entries(more)) if (value !== "") parameters.set(name, value);
  if (step !== start) parameters.set("step", step);
  return parameters.size ? `?${parameters}` : location.pathname;
}

/** What differs from the defaults and does not follow from the rest. @returns {[import("./controls.mjs").Row, unknown][]} */
export function keptSettings(table, settings) {
  const needed = table.filter(({ name, default: usual, shown_when: shown, follows_unless: follows, starts_with: starts }) => {
    const condition = follows ?? shown;
    const start = starts?.[1][settings[starts[0]]] ?? usual;
    return name in settings && (!condition || isOneOf(settings, condition)) && asText(settings[name]) !== asText(start);
  });
  return needed.map((row) => [row, settings[row.name]]);
}

/** An exported page may stand in a notebook's cell (about:srcdoc) or in a deck (data:), where it has no address of its own. */
export const HAS_ADDRESS = !["about:", "data:", "blob:"].includes(location.protocol);

let pending; // the query that is not in the address bar yet
let timer;
let known = location.search; // the query that is in it, as far as this page knows

/** Put a query into the address bar at once. @param {string} query @param {{isNew?: boolean}} entry whether the history gets one more */
export function enter(query, { isNew = false } = {}) {
  history[isNew ? "pushState" : "replaceState"](null, "", query);
  known = location.search;
}

/** Whether the address bar has another query than when it was last asked: going to another # keeps it. */
export function hasOtherQuery() {
  const before = known;
  known = location.search;
  return known !== before;
}

/** Put a query into the address bar when nothing has changed for a moment: browsers refuse more than 100 writes in 30 seconds. */
export function writeAddress(query) {
  pending = query;
  clearTimeout(timer);
  timer = setTimeout(flushAddress, REST);
}

/** Write nothing of what was to be written: the address bar shows another entry of the history. */
export function forgetAddress() {
  clearTimeout(timer);
  pending = undefined;
}

/** Put the latest query into the address bar now. */
export function flushAddress() {
  clearTimeout(timer);
  if (pending !== undefined && HAS_ADDRESS) enter(pending);
  pending = undefined;
}

addEventListener("pagehide", flushAddress);

/** A setting's value as the URL holds it: a matrix as rows between ; and cells between , */
export function asText(value) {
  return Array.isArray(value) ? value.map((row) => row.join(",")).join(";") : String(value);
}
