/** `window.convoscope`: the door for tests and for other people's scripts. */

/**
 * Open it. Who reads `ready` wants Python: an embed that only plays does without.
 * @param {string} version @returns {{settle: [Function, Function], wantPython: () => void, wanted: Promise<void>}} settle: of `ready`
 */
export function openDoor(version) {
  let settle, wantPython;
  const ready = new Promise((...both) => (settle = both));
  const wanted = new Promise((resolve) => (wantPython = resolve));
  ready.catch(() => {}); // the status line says it
  window.convoscope = {
    version,
    views: {},
    get ready() {
      wantPython();
      return ready;
    },
  };
  return { settle, wantPython, wanted };
}

/** What scripts may do with a view; everything goes the way that a control's event goes. */
export function doorTo(view) {
  const { figures, player } = view;
  return {
    state: () => view.state(),
    set: (settings) => view.change("settings", settings),
    step: (step) => player.go(step),
    data: (source) => figures.data(source),
    picture: async (kind) => {
      if (kind === "gif") return (await import("./gif.mjs")).gifText(view);
      const { pngText, svgOf } = await import("./snapshot.mjs");
      return kind === "svg" ? svgOf(view) : pngText(view);
    },
  };
}
