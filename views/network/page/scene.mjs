/**
 * The network as a scene to turn: by drag, by keys and by sliders. Pointing at a unit reads it out, a click asks it, as in
 * the flat drawing. Which sheets stand there is chosen below the picture.
 */
import { rounded, within, write } from "../../../static/js/numbers.mjs";
import { allOf, mapValues } from "../../../static/js/packet.mjs";
import { Surface } from "../../../static/js/surface.mjs";
import { Camera } from "./camera.mjs";
import { Sheets } from "./scene-sheets.mjs";
import { SceneTools } from "./scene-tools.mjs";

const DEGREES_PER_PIXEL = 0.4;
const STEP = 5; // degrees a key
const CLICK = 4; // pixels that a click may move
const KEYS = { ArrowLeft: ["yaw", -STEP], ArrowRight: ["yaw", STEP], ArrowUp: ["pitch", STEP], ArrowDown: ["pitch", -STEP],
  "+": ["zoom", 0.1], "=": ["zoom", 0.1], "-": ["zoom", -0.1] }; // prettier-ignore
const HELP =
  "Arrow keys turn, plus and minus zoom, with Shift the arrow keys choose a unit, Enter asks it, Escape leaves.";

export class SceneView {
  /** @param {HTMLElement} section @param {import("../../../static/js/view.mjs").View} view @param {import("./units.mjs").Units} units */
  constructor(section, view, units) {
    this.units = units;
    this.panel = section.querySelector("[data-part=scene]");
    this.plot = this.panel.querySelector(".plot");
    this.view = view;
    this.bounds = Object.fromEntries(view.rows.filter(({ bounds }) => bounds).map(({ name, bounds }) => [name, bounds]));
    this.pointed = null; // the number of a unit
    this.tools = new SceneTools(this.panel, this.bounds, {
      turning: (angles) => this.#turn({ ...this.angles, ...angles }),
      turned: () => this.#hand(),
      showing: (names) => view.change("layers", names),
    });
    this.#listen();
  }

  enable(yes) {
    this.tools.enable(yes);
  }

  /** A new trace is shown. */
  shown(trace, settings) {
    this.isThere = settings.mode === "3d";
    if (!this.isThere) return;
    const plain = (name) => mapValues(trace.still[name], allOf);
    this.world = { units: plain("scene_units"), tiles: plain("scene_tiles"), corners: plain("scene_corners"), places: plain("scene_places") };
    this.sheets = new Sheets(plain("scene_sheets"));
    this.eye = mapValues(plain("scene_eye"), ([value]) => value);
    [this.pairs, this.chosen] = [plain("scene_pairs"), plain("scene_chosen").number];
    this.words = plain("scene_titles");
    this.brought = plain("scene_links").shade;
    this.tools.sheets(plain("scene_choice"), this.sheets.table.name);
    // Angles that are on their way to Python are newer than those that it answers with.
    this.angles = this.handing ? this.angles : { yaw: settings.yaw, pitch: settings.pitch, zoom: settings.zoom };
    this.asked = settings.unit;
    this.#see();
    this.#point(this.pointed !== null && this.pointed < this.world.units.x.length ? this.pointed : null);
    if (this.handing) this.#draw();
  }

  #listen() {
    new Surface(this.plot, {
      help: HELP,
      key: (event) => this.#key(event),
      hover: (at) => this.isThere && this.#point(this.#under(at)),
      leave: () => this.#point(null),
      press: (_, event) => this.#press(event),
      drag: (_, event) => this.#move(event),
      release: (at) => this.#release(at),
      cancel: () => this.#let(),
    }, this.view.figures.square(this.plot)); // prettier-ignore
  }

  /** @returns {boolean} whether the pointer is followed */
  #press({ clientX, clientY }) {
    if (this.isThere) this.drag = { x: clientX, y: clientY, ...this.angles, moved: false };
    return this.isThere;
  }

  #move({ clientX, clientY }) {
    const { drag } = this;
    const [right, down] = [clientX - drag.x, clientY - drag.y];
    drag.moved ||= Math.hypot(right, down) > CLICK;
    if (!drag.moved) return;
    this.plot.toggleAttribute("data-turning", true);
    this.#turn({ ...this.angles, yaw: drag.yaw + right * DEGREES_PER_PIXEL, pitch: drag.pitch + down * DEGREES_PER_PIXEL });
  }

  #release(at) {
    const { moved } = this.drag;
    this.#let();
    const number = moved ? null : this.#under(at);
    if (number !== null) this.view.change("unit", this.sheets.name(number));
  }

  /** The pointer is gone: what was turned goes to Python. */
  #let() {
    const turned = this.drag?.moved;
    this.drag = null;
    this.plot.removeAttribute("data-turning");
    if (turned) this.#hand();
  }

  /** @returns {boolean} whether the key did something */
  #key(event) {
    if (!this.isThere || event.ctrlKey || event.metaKey || event.altKey) return false;
    const [name, by] = KEYS[event.key] ?? [];
    if (event.shiftKey && event.key.startsWith("Arrow")) this.#point(this.sheets.next(this.pointed ?? this.chosen[0] ?? 0, event.key));
    else if (name) {
      this.#turn({ ...this.angles, [name]: this.angles[name] + by });
      this.#hand();
    } else if (event.key === "Enter" && this.pointed !== null) this.view.change("unit", this.sheets.name(this.pointed));
    else if (event.key === "Escape") this.view.change("unit", "");
    else return false;
    return true;
  }

  /** See the scene from there, with the next frame. */
  #turn({ yaw, pitch, zoom }) {
    this.angles = {
      yaw: ((((yaw + 180) % 360) + 360) % 360) - 180, // once round is where it was
      pitch: within(pitch, ...this.bounds.pitch),
      zoom: within(zoom, ...this.bounds.zoom),
    };
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.#see();
      this.#draw();
    });
  }

  /** Hand the angles to Python, which puts them into the address. */
  async #hand() {
    const { yaw, pitch, zoom } = this.angles;
    this.handing = (this.handing ?? 0) + 1;
    await this.view.change("settings", { yaw: rounded(yaw, 1), pitch: rounded(pitch, 1), zoom: rounded(zoom, 2) });
    this.handing -= 1;
  }

  /** Where everything appears now. */
  #see() {
    this.camera = new Camera(this.eye, this.angles);
    this.order = this.camera.order(this.sheets.table.x);
    this.sides = this.camera.sides;
    this.seen = mapValues(this.world, (points) => this.camera.project(points));
    this.tools.show(this.angles);
  }

  #draw() {
    const { figures } = this.view;
    const { units, corners, places } = this.seen;
    figures.put("scene", this.#painted());
    figures.put("scene_frames", around(corners));
    figures.put("scene_titles", { ...this.words, x: places.x, y: places.y });
    const [from, to] = [this.pairs.from, this.pairs.to];
    const at = (numbers, values) => Float32Array.from(numbers, (number) => values[number]);
    figures.put("scene_links", {
      x: at(from, units.x), y: at(from, units.y), x1: at(to, units.x), y1: at(to, units.y), shade: this.brought,
    }); // prettier-ignore
    figures.put("scene_asked", this.#frame(this.chosen));
    this.#light();
  }

  /** Frames around the unit that is pointed at, and around what it, or else the asked one, reads and sees. */
  #light() {
    const { figures } = this.view;
    figures.put("scene_pointed", this.#frame(this.pointed === null ? [] : [this.pointed]));
    const seen = this.units.sees(this.pointed === null ? this.asked : this.sheets.name(this.pointed));
    for (const [kind, patches] of Object.entries(seen)) {
      const all = { x: [], y: [], z: [] };
      for (const patch of patches) {
        for (const [axis, values] of Object.entries(this.sheets.corners(patch, this.world.units))) all[axis].push(...values);
      }
      figures.put(`scene_${kind}`, around(this.camera.project(all)));
    }
  }

  /** All tiles, far sheets first. */
  #painted() {
    const { x, y, scale } = this.seen.tiles;
    const { side, tall, shade } = this.world.tiles;
    const columns = mapValues({ x, y, w: x, h: x, shade }, () => new Float32Array(x.length));
    const [wide, high] = this.sides.map((length) => length * this.eye.seam);
    let at = 0;
    for (const sheet of this.order) {
      const [first, end] = this.sheets.tiles(sheet);
      for (let n = first; n < end; n++, at++) {
        columns.x[at] = x[n];
        columns.y[at] = y[n];
        columns.w[at] = side[n] * scale[n] * wide;
        columns.h[at] = side[n] * scale[n] * tall[n] * high;
        columns.shade[at] = shade[n];
      }
    }
    return columns;
  }

  /** Frames around units. @param {ArrayLike<number>} numbers */
  #frame(numbers) {
    const { x, y, scale } = this.seen.units;
    const of = (length) => Float32Array.from(numbers, (n) => this.world.units.side[n] * scale[n] * length * this.eye.frame);
    const at = (values) => Float32Array.from(numbers, (n) => values[n]);
    return { x: at(x), y: at(y), w: of(this.sides[0]), h: of(this.sides[1]) };
  }

  /** The nearest unit under the pointer. @returns {number | null} */
  #under({ x, y }) {
    return this.sheets.under([x, 1 - y], this.order, this.seen.units, this.world.units.side, this.sides);
  }

  #point(number) {
    if (!this.world) return;
    this.pointed = number;
    if (this.seen) this.#light();
    const words = number === null ? "" : `${this.sheets.name(number, "title")} = ${write(this.world.units.value[number])}`;
    this.panel.querySelector(".readout").textContent = words;
    this.plot.toggleAttribute("data-pointing", number !== null);
  }
}

/** Figures with four corners each as one line with gaps. */
function around({ x, y }) {
  const line = (values) => {
    const points = new Float32Array((values.length / 4) * 6).fill(NaN);
    for (let i = 0; i < points.length; i++) if (i % 6 < 5) points[i] = values[Math.floor(i / 6) * 4 + ((i % 6) % 4)];
    return points;
  };
  return { x: line(x), y: line(y) };
}
