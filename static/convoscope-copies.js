/**
 * The speaker view of reveal.js shows the deck twice more, now and next. These copies stand still by themselves: they hand their
 * keys to the deck on the projector, and each of their views follows its original. They talk as windows of one page do, the copy to
 * the window that opened the speaker view.
 */

const HERE = location.origin === "null" || location.protocol === "file:" ? "*" : location.origin;
const NOT_SETTINGS = new Set(["view", "step", "steps", "stops", "playing", "atStart", "atEnd", "address", "sentence"]);

/** @param {object} deck reveal.js @returns {{step: (view: object, by: number) => void}} how a view of this deck is moved by a key */
export function copiesOf(deck) {
  const projector = deck.isSpeakerNotes?.() ? window.parent.opener : null;
  return projector ? copyOf(projector) : original();
}

/** This is a copy. */
function copyOf(projector) {
  const say = (words) => projector.postMessage({ app: "convoscope-deck", ...words }, HERE);
  const waiting = new Map(); // states of views that are not there yet
  addEventListener("message", ({ data, source }) => {
    if (source !== projector || data?.app !== "convoscope-deck" || !data.state) return;
    const view = allViews()[data.view];
    if (view?.state) follow(view, data.state);
    else waiting.set(data.view, data.state);
  });
  addEventListener("convoscope-ready", ({ target }) => {
    target.frame.style.pointerEvents = "none";
    const number = allViews().indexOf(target);
    if (waiting.has(number)) follow(target, waiting.get(number));
    waiting.delete(number);
  });
  say({ hello: true });
  return { step: (view, by) => say({ view: allViews().indexOf(view), by }) };
}

/** This is the deck that the audience sees. */
function original() {
  const copies = new Set();
  const tell = (copy, view) => copy.postMessage({ app: "convoscope-deck", view: allViews().indexOf(view), state: view.state }, HERE);
  addEventListener("message", ({ data, source, origin }) => {
    if (data?.app !== "convoscope-deck" || (HERE !== "*" && origin !== HERE)) return;
    if (data.hello) {
      copies.add(source);
      for (const view of allViews().filter(({ state }) => state)) tell(source, view);
    } else if (copies.has(source)) allViews()[data.view]?.takeStep(data.by);
  });
  for (const kind of ["ready", "state"]) addEventListener(`convoscope-${kind}`, ({ target }) => copies.forEach((copy) => tell(copy, target)));
  return { step: (view, by) => view.takeStep(by) };
}

/** Bring a copy's view to the state of its original. */
async function follow(view, state) {
  const changed = Object.entries(state).filter(([name, value]) => !NOT_SETTINGS.has(name) && `${view.state[name]}` !== `${value}`);
  try {
    if (changed.length) await view.set(Object.fromEntries(changed));
    if (view.state.step !== state.step) await view.step(state.step);
  } catch {
    /* the copy has been taken away, or Python is not there: the next state comes */
  }
}

function allViews() {
  return [...document.querySelectorAll("convoscope-view")];
}
