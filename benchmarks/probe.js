/**
 * Runs in the page before its own scripts and takes the times that benchmarks/page.py asks for, as window.benchmark.
 * Every time is in milliseconds; a moment counts from the start of the navigation.
 */
{
  const frame = () => new Promise(requestAnimationFrame);
  const painted = () => frame().then(() => new Promise((resolve) => setTimeout(resolve))); // the frame's drawing is done, too
  let inWorker = 0; // milliseconds between the last event posted and its answer

  window.Worker = class extends Worker {
    #posted = 0;

    constructor(...options) {
      super(...options);
      this.addEventListener("message", ({ data }) => {
        if (data.type === "answer") inWorker += performance.now() - this.#posted;
      });
    }

    postMessage(message, ...more) {
      this.#posted = performance.now();
      super.postMessage(message, ...more);
    }
  };

  const opened = new Promise((resolve) => {
    const set = (door) => {
      Object.defineProperty(window, "convoscope", { value: door });
      resolve(door);
    };
    Object.defineProperty(window, "convoscope", { set, configurable: true });
  });

  /** The moment when Python is ready. */
  const ready = opened.then(async (door) => {
    await door.ready;
    return performance.now();
  });

  /** The moments of the first contentful paint and of the first frame with a sentence and all figures. */
  async function firstPaint() {
    await opened;
    do await painted();
    while (!document.querySelector(".sentence")?.textContent || !Bokeh.documents.every((figures) => figures.is_idle));
    const shown = performance.now();
    const [first] = performance.getEntriesByName("first-contentful-paint");
    return { first: first.startTime, shown };
  }

  /** How long one change of settings takes until its frames are drawn, and the share of the worker in it. */
  async function change(settings) {
    const { set } = (await opened).views.convolution;
    inWorker = 0;
    const start = performance.now();
    await set(settings);
    await painted();
    return { whole: performance.now() - start, worker: inWorker };
  }

  /** How many frames pass while the view plays. @param {number} time milliseconds */
  async function play(time) {
    document.querySelector("[data-part=play]").click();
    await frame();
    const start = performance.now();
    let frames = 0;
    while (performance.now() - start < time) {
      await frame();
      frames += 1;
    }
    const seconds = (performance.now() - start) / 1000;
    const { playing, step } = (await opened).views.convolution.state();
    return { frames, seconds, playing, step };
  }

  /**
   * One stroke on the network view's pad: how long each sample's handler takes, how long until its ink is drawn, and from
   * the end of the stroke until every layer and the probabilities are drawn.
   */
  async function stroke() {
    const plot = document.querySelector("[data-view=network] [data-part=pad] .plot");
    plot.setPointerCapture = () => {}; // there is no real pointer
    const box = plot.getBoundingClientRect();
    const send = (type, across, down) => {
      const place = { clientX: box.left + across * box.width, clientY: box.top + down * box.height };
      plot.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, pointerType: "mouse", ...place }));
    };
    const samples = [];
    send("pointerdown", 0.2, 0.3);
    for (let n = 1; n <= 8; n++) {
      await frame();
      const start = performance.now();
      send("pointermove", 0.2 + 0.07 * n, 0.3 + 0.4 * Math.random());
      const handled = performance.now();
      await painted();
      samples.push({ handler: handled - start, ink: performance.now() - start });
    }
    const start = performance.now();
    send("pointerup", 0.8, 0.5);
    const section = plot.closest(".view");
    while (section.hasAttribute("aria-busy")) await new Promise((resolve) => setTimeout(resolve));
    await painted();
    return { samples, end: performance.now() - start };
  }

  window.benchmark = { opened, ready, firstPaint, change, play, stroke };
}
