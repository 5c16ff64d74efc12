/** The small pieces that controls are made of. */

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {object} properties @returns {HTMLElementTagNameMap[T]} */
export function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

/** A field with its label and its help. @param {import("./controls.mjs").Row} row */
export function labelled(row, id, field) {
  const fieldset = make("fieldset", { className: "control", role: "presentation" });
  fieldset.append(make("label", { htmlFor: id, textContent: row.label }), field, help(row, id));
  fieldset.querySelector(`#${CSS.escape(id)}`).setAttribute("aria-describedby", `${id}-help`);
  return fieldset;
}

/** @param {import("./controls.mjs").Row} row */
export function help(row, id) {
  return make("p", { id: `${id}-help`, className: "help", textContent: row.help });
}
