/** Test digits with what the network predicts; each is a button that opens it in the network view. */
import { make } from "../../../static/js/elements.mjs";
import { paint, pictureOf, scaleOf } from "./mosaics.mjs";

export const CLASSES = 10;

export class Samples {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.cards = new Cards(section.querySelector(".train-samples"), true);
  }

  /** @param {import("../../../static/js/packet.mjs").Trace} trace */
  show({ still }) {
    this.cards.show(still.samples, still.sample_images);
  }
}

/** Buttons with a digit each, made once and filled again. */
export class Cards {
  /** @param {HTMLElement} parent @param {boolean} withBars whether their probabilities are shown */
  constructor(parent, withBars) {
    Object.assign(this, { parent, withBars, cards: [] });
  }

  show(columns, { image }) {
    const count = columns.index.array.length;
    while (this.cards.length < count) this.cards.push(new Card(this.parent, this.withBars));
    const scale = scaleOf("grey");
    this.cards.forEach((card, n) => {
      card.button.hidden = n >= count;
      if (n < count) card.show(columns, n, pictureOf(image, n), scale);
    });
  }
}

class Card {
  constructor(parent, withBars) {
    this.button = make("button", { type: "button", className: "train-digit" });
    this.canvas = make("canvas", {});
    this.words = make("span", { className: "train-verdict" });
    this.bars = Array.from({ length: withBars ? CLASSES : 0 }, (_, n) => make("i", { textContent: n }));
    const bars = make("span", { className: "train-bars", ariaHidden: "true" });
    bars.append(...this.bars);
    this.button.append(this.canvas, ...(withBars ? [bars] : []), this.words);
    this.button.addEventListener("click", () => openDigit(this.index));
    parent.append(this.button);
  }

  show({ index, label, prediction, probabilities }, n, picture, scale) {
    this.index = index.array[n];
    const [is, predicted] = [label.array[n], prediction.array[n]];
    paint(this.canvas, ...picture, scale);
    this.button.dataset.right = is === predicted;
    this.words.textContent = is === predicted ? `✓ ${predicted}` : `✗ ${predicted}, is ${is}`;
    this.button.ariaLabel = `Digit ${this.index} of the test set: a ${is}, predicted as ${predicted}, ${is === predicted ? "correct" : "wrong"}. Open it in the network view.`;
    this.bars.forEach((bar, digit) => {
      bar.style.setProperty("--share", probabilities.array[n * CLASSES + digit]);
      bar.toggleAttribute("data-label", digit === is);
      bar.toggleAttribute("data-prediction", digit === predicted);
    });
  }
}

function openDigit(digit) {
  const detail = { slug: "network", settings: { image: "digit", digit, network: "trained" } };
  document.dispatchEvent(new CustomEvent("openview", { detail }));
}
