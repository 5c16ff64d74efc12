/**
 * A picture of the user's own in colour: a file by button, drop or paste, or the webcam. The browser decodes it, the user
 * chooses the square that is taken (cropping.mjs), and the pixels of that square go to Python as a setting does; nothing is
 * computed here.
 *
 * A view gets this control from a setting of the kind `Picture` (views/settings.py), with as many pixels as its `side` says:
 *
 *     image = Choice(objects={...photographs, "My own picture": "own"})
 *     picture = Picture(side=224)
 *     shown_when = {"picture": ("image", ("own",))}
 *
 * `images.own_picture(settings.picture, 224)` then gives (224, 224, 3) of uint8. What is dropped on the view or pasted also
 * makes the choice on which the setting depends. The setting comes back with all settings, so a new Python, an export and a
 * notebook have it too; an address has not.
 */
import { Cropping } from "./cropping.mjs";
import { labelled, make } from "./elements.mjs";
import { decoded } from "./picture-file.mjs";
import { pixelsOf } from "./pixels.mjs";
import { Webcam } from "./webcam.mjs";

const ONE_COLOUR = /^(.{4})\1*$/; // in base64 the three bytes of a pixel are four characters
const TYPED_IN = "input:not([type=file]), textarea, [contenteditable]";

/**
 * @param {{name?: string, label: string, help: string, side: number, whole?: boolean}} row side: pixels of the square, or, if
 *   the whole picture is wanted, of its longer side
 * @param {(picture: string | {width: number, height: number, pixels: string}, isNew: boolean) => Promise<void>} wanted isNew:
 *   whether it is another picture, and not another part of the last one or the next of a film
 */
export function buildPicture(row, id, wanted) {
  const picture = new PictureControl(row, id, wanted);
  return { element: picture.element, show: (value) => picture.show(value) };
}

class PictureControl {
  constructor(row, id, wanted) {
    Object.assign(this, { row, wanted });
    this.input = make("input", { id, type: "file", accept: "image/png,image/jpeg,image/webp" });
    this.told = make("p", { className: "help", role: "alert" });
    this.element = labelled({ label: row.label, help: `${row.help} ${whereItGoes(row)}` }, id, this.input);
    this.element.classList.add("own-picture");
    this.element.append(this.told);
    this.input.addEventListener("change", (event) => {
      event.stopPropagation();
      if (this.input.files.length) this.#take(this.input.files[0]);
    });
    for (const type of ["dragover", "drop", "paste"]) document.addEventListener(type, (event) => this.#receive(event));
    if (!row.whole) this.#addSquare();
  }

  /** The settings as they are: if there is no picture any more, none is shown. @param {string} [value] */
  show(value) {
    if (value === "" && !this.webcam?.isOn) this.cropping?.clear();
  }

  #addSquare() {
    this.cropping = new Cropping(() => this.webcam.isOn || this.#send(false));
    this.button = make("button", { type: "button", className: "wide", textContent: "Use the webcam" });
    this.rate = make("p", { className: "help", ariaLive: "off" });
    this.input.after(this.button, this.cropping.canvas, this.rate, this.cropping.words);
    this.webcam = new Webcam(this.element, {
      begun: (film) => {
        this.button.textContent = "Stop the webcam";
        this.cropping.take(film, film.videoWidth, film.videoHeight);
      },
      picture: (film) => {
        const { videoWidth, videoHeight } = film;
        if (videoWidth !== this.cropping.width) this.cropping.take(film, videoWidth, videoHeight); // a phone was turned
        this.cropping.draw();
        return this.#send(false);
      },
      rate: (aSecond) => {
        this.rate.textContent = `Live, ${aSecond.toFixed(aSecond < 10 ? 1 : 0)} pictures a second.`;
      },
      stopped: (why) => this.#stopped(why),
    });
    this.button.addEventListener("click", () => this.#toggle());
  }

  async #toggle() {
    this.told.textContent = "";
    if (this.webcam.isOn) return this.webcam.stop();
    try {
      await this.webcam.start();
    } catch (error) {
      this.told.textContent = error.message;
    }
  }

  /** The last picture of the film stays, so that its square can still be moved. */
  #stopped(why) {
    this.button.textContent = "Use the webcam";
    this.rate.textContent = "";
    this.told.textContent = why;
    const { source, width, height, square } = this.cropping;
    const last = new OffscreenCanvas(width, height);
    last.getContext("2d").drawImage(source, 0, 0, width, height);
    Object.assign(this.cropping, { source: last, square });
  }

  /** @param {DragEvent | ClipboardEvent} event on the view that is shown */
  #receive(event) {
    const carried = event.dataTransfer ?? event.clipboardData;
    const view = this.element.closest(".view");
    if (!view || view.hidden || this.element.disabled || event.defaultPrevented) return;
    if (!carried?.types.includes("Files") || (event.type === "paste" && event.target.closest?.(TYPED_IN))) return;
    if (event.type === "dragover") {
      event.preventDefault(); // so that it can be dropped
      return;
    }
    const file = [...carried.files].find(({ type }) => type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    this.#take(file);
  }

  /** @param {File} file */
  async #take(file) {
    this.told.textContent = "";
    try {
      const bitmap = await decoded(file);
      this.webcam?.stop();
      this.bitmap?.close();
      this.bitmap = bitmap;
      this.cropping?.take(bitmap, bitmap.width, bitmap.height);
      this.#send(true);
    } catch (error) {
      this.told.textContent = error.message; // the picture that was there stays
    }
  }

  #send(isNew) {
    const { side, whole } = this.row;
    const picture = whole ? wholeOf(this.bitmap, side) : pixelsOf(this.cropping.source, this.cropping.part, side, side);
    if (!this.webcam?.isOn && ONE_COLOUR.test(picture)) this.told.textContent = "Every pixel of this picture has the same colour.";
    return this.wanted(picture, isNew);
  }
}

/** The whole picture, its longer side as wanted or less. */
function wholeOf(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((length) => Math.max(1, Math.round(length * scale)));
  return { width, height, pixels: pixelsOf(bitmap, { left: 0, top: 0, width: bitmap.width, height: bitmap.height }, width, height) };
}

/** Where the pixels go in this home. */
function whereItGoes(row) {
  const { home } = JSON.parse(document.getElementById("site").textContent);
  if (home !== "panel") return "Everything stays on this machine.";
  const what = row.whole ? "Its pixels, made fewer," : `Only the ${row.side}×${row.side} pixels of the square`;
  return `${what} go to the server of this page, which forgets them when you leave.`;
}
