/** The share dialog: a link to exactly this state, lines to paste into pages and decks, a QR code and a live preview. */
import { flushAddress, PAGE_KEYS } from "./address.mjs";
import { copy } from "./copying.mjs";
import { linkOf } from "./state-link.mjs";

const PREVIEW_WIDTH = 420; // pixels on the screen; the embed in it has its true size

export class Sharing {
  /** @param {HTMLDialogElement} dialog @param {() => import("./view.mjs").View} current the view that is shown */
  constructor(dialog, current) {
    Object.assign(this, { dialog, current });
    this.#part("close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("input", () => this.#write());
    dialog.addEventListener("close", () => this.#part("preview").replaceChildren()); // else it would go on playing
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog) dialog.close(); // the backdrop
      if (target.dataset.copy) this.#copy(target);
    });
  }

  async open() {
    const view = this.current();
    view.player.pause();
    view.rememberAddress();
    flushAddress();
    Object.assign(this, { href: view.address(), tooLong: "", more: "" });
    await linkOf(view).then((found) => Object.assign(this, found), ({ message }) => Object.assign(this, { tooLong: message }));
    const isOnServer = new URL(this.href).pathname.endsWith("/app"); // a Panel server has the page alone
    this.#part("line-component").hidden = isOnServer;
    this.#say();
    this.dialog.showModal();
    this.#write();
    this.#drawCode();
  }

  /** Which view this is and what its readers can do there, in the words of its lesson.py. */
  #say() {
    const { section } = this.current();
    this.#part("shared-view").textContent = `${section.querySelector("h1").textContent}:`;
    this.#part("activity").textContent = this.tooLong || section.dataset.activity + this.more;
  }

  #write() {
    const lines = this.#lines();
    for (const [name, line] of Object.entries(lines)) this.dialog.querySelector(`[data-line=${name}]`).value = line;
    this.#preview();
  }

  #lines() {
    const { slug, section } = this.current();
    const title = `Convoscope: ${section.querySelector("h1").textContent}`;
    const [width, height] = this.#size();
    const url = this.#embedAddress();
    const attributes = [...url.searchParams].map(([name, value]) => `${name}="${quoted(value)}"`).join(" ");
    const iframe = `<iframe src="${quoted(url.href)}" width="${width}" height="${height}" title="${quoted(title)}"`;
    return {
      link: this.#link().href,
      iframe: `${iframe} loading="lazy" style="border: 0"></iframe>`,
      reveal: `<section><iframe data-src="${quoted(url.href)}" data-preload width="${width}" height="${height}" style="border: 0"></iframe></section>`,
      component: `<script type="module" src="${new URL("convoscope-embed.js", url)}"></script> <convoscope-view ${attributes} width="${width}" height="${height}"></convoscope-view>`,
      notebook: `from IPython.display import IFrame; IFrame(${JSON.stringify(url.href)}, "${width}", ${height})  # ${slug}`,
    };
  }

  /** The explorer with this view in this state. */
  #link() {
    const url = new URL(this.href);
    for (const key of PAGE_KEYS) if (!["view", "theme"].includes(key)) url.searchParams.delete(key);
    if (this.#value("colours")) url.searchParams.set("theme", this.#value("colours"));
    url.searchParams.set("view", this.current().slug);
    url.pathname = url.pathname.replace(/embed\.html$/, "");
    return url;
  }

  #embedAddress() {
    const url = this.#link();
    url.searchParams.delete("theme");
    if (!url.pathname.endsWith("/app")) url.pathname = url.pathname.replace(/[^/]*$/, "embed.html"); // a Panel server has the page alone
    const hidden = [...this.dialog.querySelectorAll("[data-show]:not(:checked)")].map(({ dataset }) => dataset.show);
    const chosen = { hide: hidden.join(","), size: this.#value("letters"), theme: this.#value("colours"), keys: this.#value("keys") };
    for (const [name, value] of Object.entries(chosen)) if (value) url.searchParams.set(name, value);
    for (const name of ["autoplay", "loop"]) if (this.#part(name).checked) url.searchParams.set(name, "1");
    return url;
  }

  #preview() {
    const place = this.#part("preview");
    const address = this.#embedAddress().href;
    const [width, height] = this.#size().map((side) => parseInt(side === "100%" ? 960 : side, 10));
    const frame = place.querySelector("iframe") ?? document.createElement("iframe");
    const scale = Math.min(1, PREVIEW_WIDTH / width);
    Object.assign(frame, { title: "Preview", width, height });
    frame.style.transform = `scale(${scale})`;
    Object.assign(place.style, { width: `${width * scale}px`, height: `${height * scale}px` });
    if (frame.src !== address) frame.src = address;
    if (!frame.isConnected) place.replaceChildren(frame);
  }

  async #drawCode() {
    const image = this.#part("qr");
    image.removeAttribute("src");
    try {
      const { kind, data } = (await this.current().ask("qr", this.#link().href)).download;
      image.src = `data:${kind};base64,${data}`;
    } catch (error) {
      image.alt = error.message;
    }
  }

  #copy(button) {
    const field = this.dialog.querySelector(`[data-line=${button.dataset.copy}]`);
    if (this.tooLong) {
      button.nextElementSibling.textContent = "Not copied, as it would show something else.";
      return null;
    }
    return copy(field.value, field, button.nextElementSibling);
  }

  #size() {
    return this.#value("frame-size").split("x");
  }

  #value(part) {
    return this.#part(part).value;
  }

  #part(name) {
    return this.dialog.querySelector(`[data-part=${name}]`);
  }
}

/** A text inside double quotes of HTML. */
function quoted(text) {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
