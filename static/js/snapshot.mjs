/**
 * A picture of what a view shows at this step: the panels with their titles, sizes and colour scales, a table beside them if
 * there is one, and the sentence below, as one SVG; a PNG is that SVG painted twice as fine.
 */
import { inTime } from "./drawn.mjs";
import { place, svg, text, token } from "./svg.mjs";
import { tablePicture } from "./table-picture.mjs";

const FINE = 2; // pixels of the PNG for each of the page's
const MARGIN = 16;
const LAST_FRAME = 1000; // milliseconds that a film stays at its end
const LINE = 1.4; // line height, in letters

/** Waits until all of this step is drawn. @param {import("./view.mjs").View} view @returns {Promise<string>} the SVG */
export async function svgOf(view) {
  await view.figures.drawn.whole();
  const stage = view.section.querySelector(".stage");
  const box = stage.getBoundingClientRect();
  const panels = [...stage.querySelectorAll(".panel")].filter((panel) => panel.checkVisibility());
  const taken = panels.map((panel) => panelSvg(panel, box, view.figures)); // all of them now, before the next step
  const sentence = view.section.querySelector(".sentence");
  const tables = [...stage.querySelectorAll("[data-pictured]")].filter((table) => table.checkVisibility()).map((table) => tablePicture(table, box));
  const bottom = Math.max(box.height, ...tables.map(([, end]) => end));
  const [below, height] = paragraph(view.sentence(), sentence, box.width, bottom + MARGIN);
  const drawn = await inTime(Promise.all(taken), "The picture was not made in time. Try again.");
  const size = [box.width + 2 * MARGIN, bottom + MARGIN + height + 2 * MARGIN];
  const root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: size[0], height: size[1], viewBox: `0 0 ${size.join(" ")}` });
  const shift = svg("g", { transform: `translate(${MARGIN} ${MARGIN})` });
  shift.append(...drawn, ...tables.map(([table]) => table), below);
  root.append(svg("rect", { width: size[0], height: size[1], fill: token("--paper") }), shift);
  return new XMLSerializer().serializeToString(root);
}

/** @param {import("./view.mjs").View} view @returns {Promise<Blob>} */
export async function pngOf(view) {
  const canvas = await painted(await svgOf(view));
  return canvas.convertToBlob({ type: "image/png" });
}

/** The same as text in base64. @param {import("./view.mjs").View} view @returns {Promise<string>} */
export async function pngText(view) {
  const bytes = new Uint8Array(await (await pngOf(view)).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/**
 * A film of the view from this step to the last, at the player's speed. It is filmed as it plays, so it takes as long.
 * @param {import("./view.mjs").View} view @param {(done: number, wanted: number) => void} told @param {AbortSignal} signal
 * @returns {Promise<Blob>} WebM
 */
export async function filmOf(view, told, signal) {
  if (typeof MediaRecorder !== "function") throw new Error("This browser cannot film a page. Use `convoscope export` for a GIF or MP4.");
  const { player } = view;
  const [first, last] = stepsToFilm(player);
  player.pause();
  player.go(first);
  const screen = document.createElement("canvas");
  const draw = async () => {
    const picture = await painted(await svgOf(view));
    if (!screen.width || player.step === first) Object.assign(screen, { width: picture.width, height: picture.height });
    screen.getContext("2d").drawImage(picture, 0, 0);
  };
  await draw();
  const recorder = new MediaRecorder(screen.captureStream(30), { mimeType: "video/webm" });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const ended = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  recorder.start();
  for (let step = first; step <= last && !signal.aborted; step++) {
    told(step - first + 1, last - first + 1);
    player.go(step);
    await draw();
    await rest(1000 / (player.rate() * player.speed));
  }
  if (!signal.aborted) await rest(LAST_FRAME);
  recorder.stop();
  await ended;
  if (signal.aborted) throw new Error("Stopped; nothing was saved.");
  return new Blob(pieces, { type: "video/webm" });
}

/** From this step to the last, or all if this is the last. @param {import("./player.mjs").Player} player */
export function stepsToFilm({ step, length }) {
  return [step === length - 1 ? 0 : step, length - 1];
}

function rest(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Paint an SVG. @param {string} text @returns {Promise<OffscreenCanvas>} */
export async function painted(text, fine = FINE) {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  image.src = url;
  await image.decode();
  const canvas = new OffscreenCanvas(Math.ceil(image.width * fine), Math.ceil(image.height * fine));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return canvas;
}

async function panelSvg(panel, stage, figures) {
  const group = svg("g", {});
  const at = place(panel, stage);
  group.append(svg("rect", { ...at, rx: 6, fill: "none", stroke: token("--line") }));
  group.append(svg("rect", { x: at.x, y: at.y, width: at.width, height: 4, fill: getComputedStyle(panel).borderTopColor }));
  for (const words of panel.querySelectorAll(".title, .size, .legend > [data-fact], .note")) {
    if (!words.textContent || !words.checkVisibility()) continue;
    const at = place(words, stage);
    if (words.matches(".note")) group.append(svg("g", { transform: `translate(${at.x} 0)` }, paragraph(words.textContent, words, at.width, at.y)[0]));
    else group.append(text(words.textContent, words, at.x, at.y + at.height / 2));
  }
  const ramp = panel.querySelector(".ramp");
  if (ramp?.checkVisibility()) group.append(...scale(ramp, stage));
  const plot = panel.querySelector(".plot");
  const picture = await figures.svg(plot.dataset.figure);
  for (const [name, value] of Object.entries(place(plot, stage))) picture.setAttribute(name, value);
  group.append(picture);
  return group;
}

/** A colour scale: its colours side by side. */
function scale(ramp, stage) {
  const { x, y, width, height } = place(ramp, stage);
  const legend = ramp.parentElement.dataset.palette;
  const colours = token(legend === "grey" ? "--palette-grey" : "--palette-signed").split(",");
  const shown = legend === "positive" ? colours.slice(colours.length / 2) : colours;
  const wide = width / shown.length;
  return shown.map((fill, n) => svg("rect", { x: x + n * wide, y, width: wide + 0.5, height, fill: fill.trim() }));
}

/** Words in lines as wide as the stage. @returns {[SVGElement, number]} them and their height */
function paragraph(words, like, width, top) {
  const { fontSize, fontWeight, fontFamily } = getComputedStyle(like);
  const measure = new OffscreenCanvas(1, 1).getContext("2d");
  measure.font = `${fontWeight} ${fontSize} ${fontFamily}`;
  const lines = [""];
  for (const word of words.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (measure.measureText(longer).width > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  const high = parseFloat(fontSize) * LINE;
  const group = svg("g", {});
  group.append(...lines.map((line, n) => text(line, like, 0, top + (n + 0.5) * high)));
  return [group, lines.length * high];
}
