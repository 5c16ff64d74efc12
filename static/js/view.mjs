/**
 * One view on the page: its figures, player, controls, sentence and notices, kept in step with each other.
 * The view writes each event to `send` and does not know who answers.
 */
import { HAS_ADDRESS, lostPlace, readAddress, stopsFrom, writeAddress, writeQuery } from "./address.mjs";
import { BoxPointing } from "./boxes.mjs";
import { Controls } from "./controls.mjs";
import { Extras } from "./extras.mjs";
import { Facts } from "./facts.mjs";
import { answerTo, readPacket } from "./packet.mjs";
import { Painting } from "./painting.mjs";
import { Player } from "./player.mjs";
import { PlayerBar } from "./player-bar.mjs";
import { Pointing } from "./pointing.mjs";
import { Quiz } from "./quiz.mjs";
import { save } from "./saving.mjs";
import { Tables } from "./tables.mjs";
import { Wishes } from "./wishes.mjs";

const DEFAULT_SHOWN = "The default is shown until Python has computed your settings.";
const COMPUTING = "Python is computing this picture.";

/**
 * What only one view has on the page (views/<slug>/own.mjs). enable: Python answers or not; shown: after every new
 * trace; step: after every step shown; rebuild: events that a new Python needs before the settings; isAtWork: whether
 * leaving the page would interrupt something.
 * @typedef {{enable?: (yes: boolean) => void, shown?: (trace: import("./packet.mjs").Trace, settings: object) => void,
 *   step?: (step: number) => void, rebuild?: () => object[], isAtWork?: boolean}} Own
 */

export class View {
  /**
   * @param {HTMLElement} section
   * @param {{slug: string, table: import("./controls.mjs").Row[], rows?: import("./controls.mjs").Row[]}} description table: what
   *   can be set here; rows: every setting of the view, which is more in an exported file
   * @param {import("./figures.mjs").Figures} figures
   * @param {{send: (event: object) => Promise<ArrayBuffer>, sources: () => Promise<object>, where: () => string}} home
   * @param {((view: View) => Own) | null} own makes what only this view has on the page
   */
  constructor(section, { slug, table, rows = table }, figures, home, own) {
    Object.assign(this, { section, slug, table, rows, figures, home, send: home.send, trace: null, settings: {} });
    this.wishes = new Wishes((...wish) => this.#fulfil(...wish), section);
    this.player = new Player(() => this.showStep());
    this.quiz = new Quiz(section, this);
    this.#read(location.search); // before the first step is written back
    this.bar = new PlayerBar(this.#part(".player"), this.player);
    this.controls = new Controls(this.#part(".controls"), table, slug, (name, value) => this.change(name, value));
    this.pointings = [new Pointing(section, this), new BoxPointing(section, this)];
    this.painting = this.#part('[data-part="input"]') && new Painting(this.#part('[data-part="input"]'), this);
    this.tables = new Tables(this.#part(".values"), section, figures, (cell) => this.quiz.hides(cell));
    Object.assign(this, { extras: new Extras(section, this), facts: new Facts(section) });
    this.own = own?.(this);
    this.enable(false);
    new ResizeObserver(() => this.#fit()).observe(this.#part(".stage"));
  }

  /** Ask for one change of settings; what comes back is shown. @returns {Promise<void>} fulfilled when no wish is left */
  change(name, value) {
    return this.wishes.add(name, value);
  }

  /** A setting as it was asked for last, whether Python has answered that or not. */
  latest(name) {
    return this.wishes.latest(name, this.settings);
  }

  /** Ask Python for a file or a report without changing anything. @returns {Promise<import("./packet.mjs").Update>} */
  async ask(name, value = null) {
    const answer = readPacket(await this.send({ view: this.slug, name, value }));
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  async #fulfil(name, value, answered) {
    try {
      const update = await answerTo({ view: this.slug, name, value }, this.trace, this.send);
      answered();
      this.show(update, name);
    } catch (error) {
      answered();
      this.show({ settings: this.settings, notices: [], error: error.message, trace: null }, name);
    }
  }

  /** Take in an update: a new trace if there is one, the settings as they now are, and what there is to say. */
  show({ trace, settings, notices, error, exercise = null, download = null, refused = [] }, asked = "") {
    if (asked !== "news") this.controls.mark(error && !refused.length ? [asked] : refused, asked, error || notices.join(" "));
    if (Object.keys(settings).length) this.settings = settings; // an event that could not be read is answered without
    // What was refused stays in its field, to be mended; and nothing overwrites what was asked for after it.
    if (!error && !this.wishes.isAwaited) this.controls.show(settings);
    if (refused.length) this.controls.offer(this.wanted.settings, refused);
    if (!error && asked && asked !== "news" && asked !== "address") this.restored = true; // the user went on from here
    if (asked !== "news") this.say(error ? [`${error} Nothing was changed.`] : notices, Boolean(error));
    else if (error || notices.length) this.say(error ? [error] : notices, Boolean(error));
    if (download) save(download);
    if (!trace) return;
    this.trace = trace;
    this.quiz.take(exercise);
    this.figures.showStill(trace);
    for (const pointing of this.pointings) pointing.forget();
    this.painting?.refresh();
    this.facts.show(trace.facts);
    this.#part(".player").hidden = trace.length === 1;
    this.player.load(trace.length, stopsFrom(this.wanted.step ?? trace.start, trace.stops), trace.start);
    for (const pointing of this.pointings) pointing.again();
    this.tables.refresh();
    this.own?.shown?.(trace, settings);
    if (asked === "news") return; // news change no sizes
    this.section.dispatchEvent(new CustomEvent("traceshown", { bubbles: true }));
    this.#fit();
  }

  /** Python answers, or does not yet. */
  enable(yes) {
    this.controls.enable(yes);
    if (yes) this.extras.whatRan.refresh(); // what the build recorded gives way to what runs here
    this.own?.enable?.(yes);
  }

  /** The events that bring a new Python to what this page shows. */
  rebuild() {
    return [...(this.own?.rebuild?.() ?? []), { view: this.slug, name: "settings", value: this.settings }];
  }

  /** Sentences for the user: notices, or the reason why something was refused. */
  say(sentences, refused = false) {
    const notices = this.#part(".notices");
    Object.assign(this, { notices: sentences, refused });
    notices.toggleAttribute("data-refused", refused);
    notices.textContent = sentences.join(" ");
  }

  /** The settings and the step, as the outside sees them. */
  state() {
    return { view: this.slug, step: this.player.step, steps: this.trace?.length ?? 0, playing: this.player.playing, ...this.settings };
  }

  /** Go to the step that the address bar names, as far as the trace shown now allows. */
  restoreStep() {
    this.section.toggleAttribute("data-waiting", !this.restored); // an embed shows no other picture meanwhile (embed.css)
    if (!this.restored) this.say([document.body.classList.contains("embed") ? COMPUTING : DEFAULT_SHOWN]);
    this.quiz.restore();
    this.#goToWanted();
  }

  /** What an address asks of this view. */
  #read(query) {
    this.wanted = readAddress(this.table.map(({ name }) => name), query);
    this.quiz.read(query);
    this.restored = !Object.keys(this.wanted.settings).length && !this.quiz.wish;
  }

  /** Take up the state that an entry of the history holds; `restore` shows it. */
  follow(query) {
    this.player.pause();
    this.#read(query);
    this.quiz.leave();
    Object.assign(this, { restored: false, placed: undefined });
  }

  /** Bring the settings and the step of the address onto the page. What is refused stays in the address and in its field. */
  async restore() {
    const { settings } = this.wanted;
    if (this.quiz.wish) await this.change("exercise", this.quiz.wish);
    else if (Object.keys(settings).length || !this.restored) await this.change("address", settings);
    this.quiz.restore();
    this.section.removeAttribute("data-waiting");
    this.restored = !this.refused && !this.controls.isMarked;
    const lost = lostPlace(this.wanted, (this.trace?.length ?? 1) - 1);
    if (lost) this.say([...this.notices, lost], this.refused);
    this.#goToWanted();
  }

  /** Only while the user has not gone elsewhere. */
  #goToWanted() {
    if (!this.player.playing && this.player.step === (this.placed ?? this.player.step)) this.player.go(this.wanted.step ?? (this.quiz.firstStep() || this.player.start));
    this.placed = this.player.step;
  }

  /** Show the step of an output cell for as long as it is pointed at; null goes back to the player's step. */
  preview(index) {
    if (this.player.playing || (index === null ? !this.previewing : !this.holds(index))) return;
    this.previewing = index !== null;
    const step = this.previewing ? index - this.#firstCell() : this.player.step;
    this.figures.showStep(this.trace, step);
    this.quiz.cover(step);
    this.#part(".sentence").textContent = this.quiz.tell(step);
  }

  /** Go to the step of an output cell; on a large image first to its row. @param {import("./pointing.mjs").Cell} cell */
  async goToCell({ row, index }) {
    this.player.pause();
    if (!this.holds(index)) await this.change("row", row);
    if (this.holds(index)) this.player.go(index - this.#firstCell());
  }

  /** Whether an output cell is a step of the trace; on a large image those of one row are. */
  holds(index) {
    return index >= this.#firstCell() && index < this.#firstCell() + this.trace.length;
  }

  #firstCell() {
    return Number(this.trace.facts.first_step ?? 0);
  }

  /** Show the player's step, and all that depends on it. */
  showStep() {
    if (!this.trace) return;
    this.previewing = false;
    const { step, playing } = this.player;
    this.figures.showStep(this.trace, step);
    this.quiz.cover(step);
    const [sentence, words] = [this.#part(".sentence"), this.quiz.tell(step)];
    sentence.setAttribute("aria-live", playing ? "off" : "polite"); // while it plays, nobody could follow the speech
    if (sentence.textContent !== words) sentence.textContent = words; // else it would be read out again
    this.bar.show();
    this.own?.step?.(step);
    this.section.dispatchEvent(new CustomEvent("stepshown", { bubbles: true }));
    if (!playing) this.rememberAddress();
  }

  /** Put the settings and the step into the address bar, unless the address still holds wishes of its own. */
  rememberAddress() {
    if (this.restored && !this.section.hidden) writeAddress(this.#query());
  }

  /** The whole address of what is shown. */
  address() {
    return this.restored && HAS_ADDRESS ? new URL(this.#query(), location.href).href : location.href;
  }

  sentence() {
    return this.#part(".sentence").textContent;
  }

  #query() {
    return writeQuery(this.slug, this.table, this.quiz.seed === null ? this.settings : {}, this.player, this.quiz.query());
  }

  #fit() {
    for (const { dataset, clientWidth, clientHeight } of this.section.querySelectorAll(".plot")) {
      this.figures.wake(dataset.figure, clientWidth > 0);
      this.figures.fitText(dataset.figure, clientWidth, clientHeight);
    }
  }

  #part(selector) {
    return this.section.querySelector(selector);
  }
}
