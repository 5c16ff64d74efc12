/**
 * The way to Python on a Panel server: a hidden Bokeh source carries each event over Bokeh's own websocket, and Python
 * puts the answering packet into another, a view's figures into a third (homes/panel_server.py is the other end).
 */
import { Connection } from "./connection.mjs";
import { drawFigures } from "./figures.mjs";
import { readHeader } from "./packet.mjs";
import { Requests } from "./requests.mjs";

const DEADLINE = 60_000; // milliseconds for one answer: the server may have to start a process first
const PIECE = 500_000; // characters: with a message of 1 MiB Bokeh's server closes the websocket

/**
 * @param {string} version of this page
 * @param {() => object[]} rebuild the events that bring a new session to what the page shows
 * @returns the same doors as the static home: open, start, send, sources, where
 */
export async function connectPanel(version, rebuild) {
  let [tell, events] = [null, null];
  const late = (id) => requests.refuse(id, `The server did not answer for ${DEADLINE / 1000} seconds.`);
  const requests = new Requests(DEADLINE, (id, event) => post(events, id, event), late);
  const receive = (packet) => {
    const { id, view } = readHeader(packet).header;
    if (view === "full") return tell ? connection.full() : location.reload();
    return id ? requests.answer(id, packet) : tell?.news(packet);
  };
  const connection = new Connection(version, {
    opened: ([root]) => {
      const [, updates, drawings] = root.tags;
      [events] = root.tags;
      updates.properties.data.change.connect(() => receive(updates.data.packet.slice().buffer));
      drawings.properties.data.change.connect(() => requests.answer(drawings.data.id[0], drawings.data.figures[0]));
      requests.open(tell ? rebuild() : []);
      tell?.ready();
    },
    silent: (words) => tell?.silent(words),
    cut: (words, retry) => {
      requests.close();
      tell?.cut(words, retry);
    },
  });
  await connection.begin();
  return {
    open: async ({ slug }) => {
      const draw = requests.send({ view: slug, name: "draw" });
      const [figures, packet] = await Promise.all([draw, requests.send({ view: slug, name: "reset", value: null })]);
      return [await drawFigures(JSON.parse(figures)), packet];
    },
    start: (told) => {
      tell = told;
      if (requests.isOpen) tell.ready();
    },
    send: (event) => requests.send(event),
    sources: () => requests.send({ view: "sources", name: "draw" }).then(JSON.parse),
    where: () => "Recorded on the server.",
    collects: true, // the results of a class (class-answers.mjs)
  };
}

/** Write an event into its source, a large one in pieces. */
function post(events, id, event) {
  const text = JSON.stringify(event);
  for (let at = 0; at < text.length; at += PIECE) {
    events.data = { id: [id], piece: [text.slice(at, at + PIECE)], last: [at + PIECE >= text.length] };
  }
}
