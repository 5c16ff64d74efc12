/** The classes with their examples: a small picture each, a button that adds the picture shown, a field for files. */
import { make } from "../../../static/js/elements.mjs";
import { allOf } from "../../../static/js/packet.mjs";
import { decoded } from "../../../static/js/picture-file.mjs";
import { pixelsOf } from "../../../static/js/pixels.mjs";

const SIDE = 32; // pixels of a small picture
const WHOLE = 224; // pixels of a picture as the network reads it

export class ExampleCards {
  /** @param {HTMLElement} box @param {import("../../../static/js/view.mjs").View} view @param {(words: string) => void} say */
  constructor(box, view, say) {
    Object.assign(this, { box, view, say, isEnabled: false, cards: [] });
    this.last = Promise.resolve(); // what was asked for is done one by one: of two wishes of one name the page keeps the newer
  }

  enable(yes) {
    this.isEnabled = yes;
    for (const one of this.box.querySelectorAll("button, input")) one.disabled = !yes;
  }

  /** A new trace is shown. */
  shown({ still }) {
    const names = allOf(still.class_names.text);
    if (names.join() !== this.cards.map(({ name }) => name).join()) this.#build(names);
    const [numbers, read, pixels] = [still.examples.number.array, still.examples.read.array, still.thumbnails.pixels.array];
    for (const [number, { name, list, count }] of this.cards.entries()) {
      const own = [...numbers.keys()].filter((n) => numbers[n] === number);
      list.replaceChildren(...own.map((n, place) => this.#example(n, `example ${place + 1} of ${name}`, names, number, read[n], pixels)));
      count.textContent = own.length === 1 ? "1 example" : `${own.length} examples`;
    }
    this.enable(this.isEnabled);
  }

  #build(names) {
    this.cards = names.map((name, number) => {
      const card = make("section", { className: "classes-card", ariaLabel: `Class ${name}` });
      const count = make("span", { className: "help" });
      const head = make("h3", { textContent: `${name} ` });
      const add = make("button", { type: "button", textContent: "Add the picture", ariaLabel: `Add the picture to ${name}` });
      const files = make("input", { type: "file", accept: "image/png,image/jpeg,image/webp", multiple: true });
      const label = make("label", { textContent: "or files " });
      const list = make("div", { className: "classes-list" });
      files.ariaLabel = `Files for ${name}`;
      add.addEventListener("click", () => this.#ask("add", number));
      files.addEventListener("change", () => this.#take(files, number));
      head.append(count);
      label.append(files);
      card.append(head, add, label, list);
      return { name, card, list, count };
    });
    this.box.replaceChildren(...this.cards.map(({ card }) => card));
  }

  #example(n, name, names, number, read, pixels) {
    const isWrong = read >= 0 && read !== number;
    const said = isWrong ? `, read as ${names[read]} when it is left out` : "";
    const one = make("button", { type: "button", className: "classes-example", ariaLabel: `Remove ${name}${said}`, title: `${name}${said}` });
    const canvas = make("canvas", { width: SIDE, height: SIDE });
    const image = new ImageData(SIDE, SIDE);
    for (let at = 0; at < SIDE * SIDE; at++) {
      image.data.set(pixels.subarray((n * SIDE * SIDE + at) * 3, (n * SIDE * SIDE + at + 1) * 3), at * 4);
      image.data[at * 4 + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
    one.toggleAttribute("data-wrong", isWrong);
    one.append(canvas);
    one.addEventListener("click", () => this.#ask("remove", n));
    return one;
  }

  /** One picture after the other; of each the largest square in its middle. */
  async #take(input, number) {
    this.say("");
    const files = [...input.files];
    input.value = ""; // the same files may be chosen again
    for (const file of files) {
      try {
        const bitmap = await decoded(file);
        const side = Math.min(bitmap.width, bitmap.height);
        const part = { left: (bitmap.width - side) / 2, top: (bitmap.height - side) / 2, width: side, height: side };
        await this.#ask("put", { class: number, picture: pixelsOf(bitmap, part, WHOLE, WHOLE) });
        bitmap.close();
      } catch (error) {
        this.say(`${file.name}: ${error.message}`); // those before it stay
      }
    }
  }

  #ask(name, value) {
    this.last = this.last.then(() => this.view.change(name, value));
    return this.last;
  }
}
