/**
 * The way to Python on a Panel server: a hidden Bokeh source carries each event over Bokeh's own websocket, and Python
 * puts the answering packet into another, a view's figures into a third (homes/panel_server.py is the other end).
 */
import { drawFigures } from "./figures.mjs";
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
  const [root] = (await serverDocument()).roots();
  const [events, updates, drawings] = root.tags;
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
  const draw = (view) =>
    new Promise((resolve) => {
      const drawn = () => {
        if (drawings.data.view[0] !== view) return;
        drawings.properties.data.change.disconnect(drawn);
        resolve(JSON.parse(drawings.data.figures[0]));
      };
      drawings.properties.data.change.connect(drawn);
      events.data = { event: [JSON.stringify({ view, name: "draw" })] };
    });
  return {
    open: async ({ slug }) => {
      const [drawing, packet] = await Promise.all([draw(slug), send({ view: slug, name: "reset", value: null })]);
      return [await drawFigures(drawing), packet];
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
