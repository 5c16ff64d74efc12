/** What stands below the scene: sliders that turn it, and a box for each layer that shows or hides its sheet. */
import { make } from "../../../static/js/elements.mjs";
import { rounded, write } from "../../../static/js/numbers.mjs";

const SLIDERS = { yaw: ["Turn", "°"], pitch: ["Tilt", "°"], zoom: ["Zoom", "×"] };

export class SceneTools {
  /**
   * @param {HTMLElement} panel of the scene
   * @param {Record<string, [number, number]>} bounds of the sliders' settings
   * @param {{turning: (angles: object) => void, turned: () => void, showing: (names: string) => void}} heard
   */
  constructor(panel, bounds, heard) {
    this.heard = heard;
    this.sliders = Object.entries(SLIDERS).map(([name, [label, unit]]) => this.#slider(name, label, unit, bounds[name]));
    this.fields = make("fieldset", { className: "scene-layers" });
    const sliders = make("div", { className: "scene-sliders" });
    sliders.append(...this.sliders.map(({ element }) => element));
    this.element = make("div", { className: "scene-tools" });
    this.element.append(sliders, this.fields);
    panel.append(this.element);
    this.enable(false);
  }

  /** Turning needs no Python, but what Python does not know would be lost. */
  enable(yes) {
    for (const input of this.element.querySelectorAll("input")) input.disabled = !yes;
    this.enabled = yes;
  }

  /** @param {Record<string, number>} angles */
  show(angles) {
    for (const { name, input, output, unit } of this.sliders) {
      if (document.activeElement !== input || Number(input.value) !== angles[name]) input.value = angles[name];
      output.textContent = `${write(rounded(angles[name], name === "zoom" ? 2 : 0))}${unit}`;
    }
  }

  /** @param {{name: string[], title: string[]}} all layers @param {string[]} shown names */
  sheets(all, shown) {
    const key = all.title.join();
    if (this.key !== key) {
      this.key = key;
      this.boxes = all.name.map((name) => make("input", { type: "checkbox", value: name, disabled: !this.enabled }));
      const labels = this.boxes.map((box, n) => {
        const label = make("label", {});
        label.append(box, all.title[n]);
        box.addEventListener("change", () => this.#show(box));
        return label;
      });
      this.fields.replaceChildren(make("legend", { textContent: "Layers shown" }), ...labels);
    }
    for (const box of this.boxes) box.checked = shown.includes(box.value);
  }

  /** The last sheet stays. */
  #show(changed) {
    const names = this.boxes.filter(({ checked }) => checked).map(({ value }) => value);
    if (names.length) this.heard.showing(names.join(","));
    else changed.checked = true;
  }

  #slider(name, label, unit, [min, max]) {
    const input = make("input", { type: "range", min, max, step: name === "zoom" ? 0.05 : 1, name });
    const output = make("output", {});
    input.addEventListener("input", () => this.heard.turning({ [name]: Number(input.value) }));
    input.addEventListener("change", () => this.heard.turned());
    const element = make("label", {});
    element.append(make("span", { textContent: label }), input, output);
    return { name, input, output, unit, element };
  }
}
