/**
 * The webcam: asked for only when it is started, stopped when nobody sees it. It hands on one picture after the other, the
 * next when the last was answered, so that nothing ever queues up.
 */
import { make } from "./elements.mjs";

const WANTED = { audio: false, video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "environment" } };
const COUNTED = 2000; // milliseconds over which the rate is taken
const TOLD = 500; // milliseconds between two readings of it
const HIDDEN = "The webcam was stopped when this view was out of sight. Press the button to go on.";

/** Why there is no picture, by the name of the browser's error. */
const REASONS = {
  NotAllowedError: "The browser or you refused the webcam. Allow the camera for this page, mostly by the sign beside its address, and press the button again.",
  NotFoundError: "No camera was found. Connect one, or choose a picture file.",
  NotReadableError: "The camera is in use by another program. Close that and press the button again.",
}; // prettier-ignore
const NOT_SECURE = "Browsers give the camera only to https pages and to this machine (localhost). Choose a picture file instead.";
const NOT_IN_FRAME = 'This page stands in a frame that may not use the camera. Its author can write <iframe allow="camera">; or open the page in a window of its own.';

export class Webcam {
  /**
   * @param {HTMLElement} place the film runs while this is visible
   * @param {{begun: (film: HTMLVideoElement) => void, picture: (film: HTMLVideoElement) => Promise<void>,
   *   rate: (aSecond: number) => void, stopped: (why: string) => void}} tell
   */
  constructor(place, tell) {
    Object.assign(this, { place, tell, stream: null });
    document.addEventListener("visibilitychange", () => document.hidden && this.stop(HIDDEN));
    addEventListener("pagehide", () => this.stop());
  }

  get isOn() {
    return Boolean(this.stream);
  }

  /** Ask for the camera and begin. An error is a sentence. */
  async start() {
    const stream = await asked();
    if (this.isOn || !this.#isSeen()) return end(stream); // asking took its time
    this.stream = stream;
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => this.stop("The camera has gone. Connect it and press the button again."));
    const film = make("video", { muted: true, playsInline: true, srcObject: stream });
    await film.play();
    if (this.stream !== stream) return;
    this.watcher = new IntersectionObserver((entries) => entries.at(-1).isIntersecting || this.stop(HIDDEN));
    this.watcher.observe(this.place.closest(".view"));
    this.tell.begun(film);
    this.#run(stream, film);
  }

  /** @param {string} why a sentence, or nothing if it was the user's wish */
  stop(why = "") {
    const { stream } = this;
    if (!stream) return;
    this.stream = null;
    this.watcher?.disconnect();
    this.tell.stopped(why); // while the film still has its last picture
    end(stream);
  }

  async #run(stream, film) {
    let times = [performance.now()];
    let told = 0;
    for (;;) {
      await nextFrame(film);
      if (this.stream !== stream) return;
      if (!this.#isSeen()) return this.stop(HIDDEN);
      await this.tell.picture(film);
      const now = performance.now();
      times = [...times.filter((time) => time > now - COUNTED), now];
      if (this.stream !== stream || now < told + TOLD || times.length < 2) continue;
      told = now;
      this.tell.rate((1000 * (times.length - 1)) / (now - times[0]));
    }
  }

  /** Another view, another setting or another tab may be shown by now. */
  #isSeen() {
    return !document.hidden && this.place.checkVisibility();
  }
}

async function asked() {
  if (!navigator.mediaDevices) throw new Error(NOT_SECURE);
  if (document.featurePolicy?.allowsFeature("camera") === false) throw new Error(NOT_IN_FRAME);
  try {
    return await navigator.mediaDevices.getUserMedia(WANTED);
  } catch (error) {
    const inFrame = error.name === "NotAllowedError" && window.parent !== window && !document.featurePolicy;
    const reason = REASONS[error.name] ?? `The camera gives no picture (${error.name}). Choose a picture file instead.`;
    throw new Error(inFrame ? `${reason} ${NOT_IN_FRAME}` : reason);
  }
}

/** @param {MediaStream} stream */
function end(stream) {
  for (const track of stream.getTracks()) track.stop();
}

function nextFrame(film) {
  return new Promise((resolve) => (film.requestVideoFrameCallback ? film.requestVideoFrameCallback(resolve) : requestAnimationFrame(resolve)));
}
