/**
 * The base of all that is pointed at, drawn on or dragged: the one place that listens to mice, fingers, pens and keys.
 *
 * A surface follows one pointer from its press until it is up, wherever it goes, and ignores all others: a palm that rests,
 * a second finger. Only a pen takes over from a finger, for the palm comes down before the pen does. While a pointer is
 * followed nothing is selected, nothing scrolls under it, and the browser drags nothing of its own.
 */

export const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
/** Where a press means something else, so that no stroke begins there. */
const ELSEWHERE = "a, button, input, select, textarea, label, summary, table, .plot, [tabindex]";
const BARE = "html, body, main, .view, .layout, .controls, .control, .stage, .stage *"; // no running text, which one may want to select

/**
 * Where a pointer is: shares of a drawing or of its unit square, from the upper left corner (figures.mjs), below 0 or above
 * 1 beside it; of what is no figure, pixels of the window.
 * @typedef {{x: number, y: number}} Place
 *
 * What a surface does; all but `holds`, `press` and `key` only hear of it.
 * @typedef {object} Gestures
 * @property {string} [help] what keys do, for screen readers
 * @property {(event: KeyboardEvent) => boolean} [key] whether the key did something here: then it does nothing elsewhere
 * @property {(at: Place, event: PointerEvent) => void} [hover] a pointer moves over it, and none is followed
 * @property {() => void} [leave] no pointer is over it any more, and it has not the focus
 * @property {(at: Place, event: PointerEvent) => void} [tap] a finger's click, before `click`: fingers do not hover
 * @property {(at: Place, event: PointerEvent) => void} [click]
 * @property {(at: Place, event: Event) => boolean} [holds] whether a finger there drags, where it scrolls elsewhere
 * @property {(at: Place, event: PointerEvent) => boolean} [press] whether this pointer is followed from here on
 * @property {(at: Place, event: PointerEvent) => void} [drag] the pointer goes there; called for each point the browser knows
 * @property {() => void} [dragged] all points of this moment are told
 * @property {(at: Place, event: PointerEvent) => void} [release] it is up
 * @property {() => void} [cancel] it is gone without being lifted: what was done stays
 * @property {() => void} [revoke] it was a palm: what it did is taken back
 */

export class Surface {
  /**
   * @param {HTMLElement} element
   * @param {Gestures} gestures
   * @param {(pointer: {clientX: number, clientY: number}) => Place} [placeOf]
   */
  constructor(element, gestures, placeOf = ({ clientX, clientY }) => ({ x: clientX, y: clientY })) {
    Object.assign(this, { element, gestures, placeOf });
    /** @type {{id: number, type: string} | null} the pointer that is followed */
    this.followed = null;
    element.addEventListener("pointerdown", (event) => this.press(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#is(event) && this.#end(() => this.#tell("release", event)));
    for (const gone of ["pointercancel", "lostpointercapture"]) {
      element.addEventListener(gone, (event) => this.#is(event) && this.#end(() => gestures.cancel?.()));
    }
    element.addEventListener("pointerleave", () => this.followed || gestures.leave?.());
    element.addEventListener("dragstart", (event) => event.preventDefault());
    element.addEventListener("click", (event) => {
      if (event.pointerType === "touch") this.#tell("tap", event);
      this.#tell("click", event);
    });
    if (gestures.holds) element.addEventListener("touchstart", (event) => this.#hold(event), { passive: false });
    if (gestures.key) this.#listenToKeys();
  }

  /** Strokes also begin beside it: with a mouse on any bare part of the page, with a finger or a pen on this element. */
  alsoFrom(heading) {
    document.addEventListener("pointerdown", (event) => {
      const { target, pointerType } = event;
      const isBare = target.matches(BARE) && !target.closest(ELSEWHERE) && this.element.checkVisibility();
      if (isBare && (pointerType === "mouse" || heading.contains(target))) this.press(event);
    });
  }

  /** @param {PointerEvent} event */
  press(event) {
    const { followed, gestures } = this;
    if (!gestures.press) return;
    const takesOver = followed?.type === "touch" && event.pointerType === "pen";
    if (followed && !takesOver) return event.preventDefault();
    if (takesOver) this.#end(() => gestures.revoke?.());
    if (event.button || !gestures.press(this.placeOf(event), event)) return;
    this.followed = { id: event.pointerId, type: event.pointerType };
    this.element.setPointerCapture(event.pointerId);
    if (event.target === document.activeElement) return; // a field that is typed in keeps its cursor
    event.preventDefault();
    if (this.element.tabIndex >= 0) this.element.focus({ preventScroll: true, focusVisible: false });
    else document.activeElement?.blur(); // as any press would: what was typed is handed in
  }

  #move(event) {
    if (!this.followed) return event.isPrimary && this.#tell("hover", event);
    if (!this.#is(event)) return;
    if (!event.buttons) return this.#end(() => this.gestures.cancel?.()); // it was lifted where nobody could see it
    const points = event.getCoalescedEvents?.() ?? [];
    for (const point of points.length ? points : [event]) this.#tell("drag", point);
    this.gestures.dragged?.();
  }

  #hold(event) {
    const [finger] = event.changedTouches;
    if (this.followed || this.gestures.holds(this.placeOf(finger), event)) event.preventDefault();
  }

  #is({ pointerId }) {
    return this.followed?.id === pointerId;
  }

  /** First the pointer is free, for what follows may lose it once more. */
  #end(tell) {
    const { id } = this.followed;
    this.followed = null;
    if (this.element.hasPointerCapture(id)) this.element.releasePointerCapture(id);
    tell();
  }

  #tell(name, event) {
    this.gestures[name]?.(this.placeOf(event), event);
  }

  #listenToKeys() {
    const { element, gestures } = this;
    element.tabIndex = 0;
    element.setAttribute("role", "application");
    element.ariaLabel += `. ${gestures.help}`;
    element.addEventListener("keydown", (event) => {
      if (!gestures.key(event)) return; // the player's keys work here too
      event.preventDefault();
      event.stopPropagation();
    });
    element.addEventListener("focus", () => element.closest(".panel").querySelector(".readout").setAttribute("aria-live", "polite"));
    element.addEventListener("blur", () => gestures.leave?.());
  }
}
