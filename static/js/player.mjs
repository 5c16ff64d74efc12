/**
 * The player: it knows how many steps there are and which one is shown, and nothing of what they show.
 * One clock drives every player of the page; it counts time, not frames, and rests while the page is hidden.
 */

const BASE_RATE = 2; // steps a second at speed 1
const LONGEST_PLAY = 60; // seconds at speed 1: longer traces go faster
const LONGEST_FRAME = 100; // milliseconds counted for one frame, so that a pause of the page makes no leap

/** @type {Set<Player>} */
const playing = new Set();
let last = 0;

function tick(now) {
  const elapsed = Math.min(Math.max(now - last, 0), LONGEST_FRAME) / 1000; // a frame may be stamped before play() was called
  last = now;
  for (const player of playing) player.advance(elapsed);
  if (playing.size) requestAnimationFrame(tick);
}

export class Player {
  /** @param {() => void} changed called after every change of step, length, speed or playing */
  constructor(changed) {
    this.changed = changed;
    this.length = 1;
    this.step = 0;
    /** The telling steps, ascending: where the keys of a deck stop. Null: every step is one. @type {number[] | null} */
    this.stops = null;
    this.start = 0; // where a trace begins: not always with its first step
    this.speed = 1;
    this.playing = false;
    /** @type {((step: number) => boolean) | null} whether playing stops there */
    this.stopsAt = null;
    this.loop = false; // whether the end leads back to the start
    this.due = 0; // the share of the next step that has passed
  }

  /** Take a trace of that many steps, keeping the place if it exists and is not just where the last one began. @param {number[] | null} stops */
  load(length, stops = null, start = 0) {
    const isFresh = this.step === this.start && (!this.start || length !== this.length); // another row keeps the place
    Object.assign(this, { length, stops, start: Math.min(start, length - 1) });
    this.step = isFresh ? this.start : Math.min(this.step, length - 1);
    this.changed();
  }

  /** The next stop in that direction, or null. @param {number} by 1 or −1 */
  stopFrom(by) {
    const one = this.step + by;
    if (!this.stops) return one >= 0 && one < this.length ? one : null;
    const ahead = this.stops.filter((stop) => by * (stop - this.step) > 0);
    return ahead.at(by > 0 ? 0 : -1) ?? null;
  }

  go(step) {
    this.due = 0;
    this.step = Math.min(Math.max(Math.round(step) || 0, 0), this.length - 1);
    this.changed();
  }

  setSpeed(speed) {
    this.speed = speed;
    this.changed();
  }

  /** Play from here; from the start if this is the end. */
  play() {
    if (this.step === this.length - 1) this.go(0);
    if (this.length === 1) return;
    this.playing = true;
    this.due = 0;
    if (!playing.size) {
      last = performance.now();
      requestAnimationFrame(tick);
    }
    playing.add(this);
    this.changed();
  }

  pause() {
    this.playing = false;
    playing.delete(this);
    this.changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Steps a second at speed 1. */
  rate() {
    return Math.max(BASE_RATE, this.length / LONGEST_PLAY);
  }

  /** Let time pass. @param {number} seconds */
  advance(seconds) {
    this.due += seconds * this.speed * this.rate();
    const steps = Math.floor(this.due);
    if (!steps) return;
    this.due -= steps;
    if (this.loop && this.step === this.length - 1) return this.go(0);
    const last = Math.min(this.step + steps, this.length - 1);
    do this.step += 1;
    while (this.step < last && !this.stopsAt?.(this.step));
    if (this.stopsAt?.(this.step) || (this.step === this.length - 1 && !this.loop)) this.pause();
    else this.changed();
  }
}
