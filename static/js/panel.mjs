/**
 * The way to Python on a Panel server: a hidden Bokeh source carries each event over Bokeh's own websocket, and Python
 * puts the answering packet into another (homes/panel_server.py is the other end).
 */
import { Figures } from "./figures.mjs";
import { readPacket } from "./packet.mjs";

/* global Bokeh */

const LARGEST_MESSAGE = 1_000_000; // characters: with one that is larger Bokeh's server closes the websocket

/** Wait until Bokeh has its document from the server. */
async function serverDocument() {
  while (!Bokeh.documents.length || !Bokeh.documents[0].is_idle) await new Promise(requestAnimationFrame);
  return Bokeh.documents[0];
}

/** @returns the same three doors as the static home: open, start, send */
export async function connectPanel() {
  const roots = (await serverDocument()).roots();
  const { sources } = new Figures(roots);
  const [events, updates] = ["convoscope_events", "convoscope_updates"].map((name) => sources.get(name)[0].source);
  const packet = () => updates.data.packet.slice().buffer;
  let nextId = 0;
  const send = (event) =>
    new Promise((resolve, reject) => {
      const id = ++nextId;
      const text = JSON.stringify({ id, ...event });
      if (text.length > LARGEST_MESSAGE) {
        return reject(new Error("The file is too large for this server (0.7 MB are the most); the static site takes it."));
      }
      const answered = () => {
        const buffer = packet();
        if (readPacket(buffer).id !== id) return;
        updates.properties.data.change.disconnect(answered);
        resolve(buffer);
      };
      updates.properties.data.change.connect(answered);
      events.data = { event: [text] };
    });
  return {
    open: async ({ slug }) => {
      const own = roots.filter(({ name }) => name.startsWith(`${slug}_`));
      return [new Figures(own), await send({ view: slug, name: "reset", value: null })];
    },
    start: (tell) => {
      // News are no answer to an event: their number is 0.
      updates.properties.data.change.connect(() => {
        const buffer = packet();
        if (!readPacket(buffer).id) tell.news(buffer);
      });
      tell.ready();
    },
    send,
  };
}
