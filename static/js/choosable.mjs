/** What an exported file can let choose: the settings with few values (one-file.mjs makes the file). */

const MOST_VALUES = 40;

/** The settings that a file can let choose. @param {import("./controls.mjs").Row[]} table */
export function choosable(table) {
  return table.filter((row) => valuesOf(row).length > 1);
}

/** All values of a setting, or none if there are too many. @param {import("./controls.mjs").Row} row */
export function valuesOf({ kind, choices, bounds }) {
  if (kind === "choice") return choices.map(([label, value]) => ({ label, value }));
  if (kind === "flag") return [false, true].map((value) => ({ label: value ? "on" : "off", value }));
  if (kind !== "integer" || bounds[1] - bounds[0] >= MOST_VALUES) return [];
  return Array.from({ length: bounds[1] - bounds[0] + 1 }, (_, n) => ({ label: String(bounds[0] + n), value: bounds[0] + n }));
}
