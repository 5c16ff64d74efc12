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

  /** How long one change of a view's settings takes until its frames are drawn, and the share of the worker in it. */
  async function change(view, settings) {
    const { set } = (await opened).views[view];
    inWorker = 0;
    const start = performance.now();
    await set(settings);
    await painted();
    return { whole: performance.now() - start, worker: inWorker };
  }

  /** How many frames pass while a view plays. @param {string} view @param {number} time milliseconds */
  async function play(view, time) {
    document.querySelector(`[data-view=${view}] [data-part=play]`).click();
    await frame();
    const start = performance.now();
    let frames = 0;
    while (performance.now() - start < time) {
      await frame();
      frames += 1;
    }
    const seconds = (performance.now() - start) / 1000;
    const { playing, step } = (await opened).views[view].state();
    return { frames, seconds, playing, step };
  }

  /** A real mouse draws: from each move's arrival until the frame that shows its ink is drawn. @returns {() => number[]} */
  function watchInk() {
    const plot = document.querySelector("[data-view=network] [data-part=pad] .plot");
    let waiting = [];
    const inks = [];
    plot.addEventListener("pointermove", () => waiting.push(performance.now()), true);
    const { drawImage } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.drawImage = function (...image) {
      drawImage.apply(this, image);
      if (!waiting.length || !isIn(plot, this.canvas)) return;
      const moves = waiting;
      waiting = [];
      setTimeout(() => inks.push(...moves.map((start) => performance.now() - start))); // the frame's drawing is done, too
    };
    benchmark.inks = inks;
  }

  function isIn(element, node) {
    while (node && node !== element) node = node.parentNode ?? node.host;
    return node === element;
  }

  /** One stroke of a pretended pointer: from its end until every layer and the probabilities are drawn. */
  async function stroke() {
    const plot = document.querySelector("[data-view=network] [data-part=pad] .plot");
    plot.setPointerCapture = () => {}; // there is no real pointer
    const box = plot.getBoundingClientRect();
    const send = (type, across, down) => {
      const place = { clientX: box.left + across * box.width, clientY: box.top + down * box.height };
      plot.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, pointerType: "mouse", ...place }));
    };
    send("pointerdown", 0.2, 0.3);
    for (let n = 1; n <= 8; n++) {
      await frame();
      send("pointermove", 0.2 + 0.07 * n, 0.3 + 0.4 * Math.random());
    }
    await painted();
    const start = performance.now();
    send("pointerup", 0.8, 0.5);
    const section = plot.closest(".view");
    while (section.hasAttribute("aria-busy")) await new Promise((resolve) => setTimeout(resolve));
    await painted();
    return performance.now() - start;
  }

  /** Turn the network's scene a little with every frame. @returns frames a second */
  async function turn(frames) {
    const slider = document.querySelector("[data-view=network] [data-part=scene] input[name=yaw]");
    const start = performance.now();
    for (let n = 0; n < frames; n++) {
      slider.value = ((n * 3) % 360) - 180;
      slider.dispatchEvent(new Event("input"));
      await frame();
    }
    return (1000 * frames) / (performance.now() - start);
  }

  window.benchmark = { opened, ready, firstPaint, change, play, watchInk, stroke, turn };
}
