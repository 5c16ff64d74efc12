/**
 * The page: shows a view at once from what the build computed, then brings Python up so that every control works.
 * `window.convoscope` is the door for tests and for other people's scripts.
 */
import { enter, flushAddress, forgetAddress, hasOtherQuery, pageParameter } from "./address.mjs";
import { doorTo, openDoor } from "./door.mjs";
import { keepForOffline } from "./offline.mjs";
import { Legible } from "./legible.mjs";
import { readPacket } from "./packet.mjs";
import "./menu.mjs";
import { listenToKeys } from "./player-bar.mjs";
import { PythonStatus } from "./python-status.mjs";
import { listenToSharing } from "./share-button.mjs";
import { followTheme } from "./theme.mjs";
import { View } from "./view.mjs";

const site = JSON.parse(document.getElementById("site").textContent);
const status = new PythonStatus(document.querySelector(".python"));
/** @type {Map<string, View>} */
const views = new Map();
const isEmbed = document.body.classList.contains("embed");
let current;
const { settle, wantPython, wanted } = openDoor(site.version);

const rebuild = () => [...views.values()].flatMap((view) => view.rebuild());
const homes = {
  panel: () => import("./panel.mjs").then(({ connectPanel }) => () => connectPanel(site.version, rebuild)),
  file: () => import("./file-home.mjs").then(({ fileHome }) => fileHome),
  static: () => import("./static-home.mjs").then(({ staticHome }) => () => staticHome(site, rebuild, wantPython)),
};
let home;
try {
  const openHome = await homes[site.home]();
  document.querySelector(".unloaded")?.remove(); // this program has started; without its home it would not have
  home = await openHome();
} catch (error) {
  status.fail(error.message);
  settle[1](error);
  throw error;
}

/** Bring a view onto the page; the others rest. */
async function open(description) {
  current?.player.pause();
  const section = document.querySelector(`[data-view="${description.slug}"]`);
  for (const other of document.querySelectorAll("[data-view]")) other.hidden = other !== section;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.slug === description.slug) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `Convoscope: ${description.title}`;
  delete document.documentElement.dataset.opening;
  if (!views.has(description.slug)) {
    const [[figures, packet, isOwn = false], own] = await Promise.all([home.open(description), ownScript(description), ownStyle(section, description)]);
    const view = new View(section, description, figures, home, own);
    new Legible(view);
    views.set(description.slug, view);
    window.convoscope.views[description.slug] = doorTo(view);
    figures.applyTheme();
    view.show(readPacket(packet));
    view.restored ||= isOwn;
    followTheme(() => figures.applyTheme());
    view.enable(status.isReady);
  }
  current = views.get(description.slug);
  home.opened?.(description.slug);
}

/** What only this view does on the page, if there is such a script: a function of the view. */
async function ownScript({ slug, script }) {
  return script ? (await import(`../../views/${slug}/own.mjs`)).default : null;
}

/** Fetch the view's own style sheet; until it is there nobody sees the view. The head has asked for the first one (preload.js). */
async function ownStyle(section, { slug, style, title }) {
  if (!style || site.home === "file") return; // a file has it inside
  let link = document.querySelector(`link[data-own="${slug}"]`);
  if (!link) {
    const href = new URL(`../../views/${slug}/own.css`, import.meta.url).href;
    link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    link.dataset.own = slug;
    document.head.append(link);
  }
  if (link.sheet) return;
  section.style.visibility = "hidden";
  await new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", () => reject(new Error(`The style sheet of ${title} did not come. Load the page again.`)));
  });
  section.style.visibility = "";
}

/** What the page knows of a view. @param {string} wanted its slug */
function viewOf(wanted) {
  return site.views.find(({ slug }) => slug === wanted);
}

/** The view that the address names, or the first one. */
function addressed() {
  return viewOf(pageParameter("view")) ?? site.views[0];
}

/** Going from view to view keeps Python and everything that was set. */
function listenToNavigation() {
  document.querySelector("nav")?.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-slug]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    flushAddress();
    enter(link.href, { isNew: true });
    await open(addressed());
    current.rememberAddress();
  });
  window.addEventListener("popstate", async () => {
    if (!hasOtherQuery()) return; // what is shown stays; a state behind the # is opened below
    forgetAddress();
    const { search } = location;
    await open(addressed());
    if (search !== location.search) return; // the user has gone on meanwhile
    current.follow(search);
    if (status.isReady) await current.restore();
  });
  document.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
  document.addEventListener("drop", (event) => {
    const file = [...(event.dataTransfer?.files ?? [])].find(({ name }) => name.endsWith(".json"));
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    openState(({ stateInFile }) => stateInFile(file));
  });
  addEventListener("hashchange", () => openState(({ stateIn }) => stateIn(location.hash)));
  document.addEventListener("openview", async ({ detail: { slug, settings } }) => {
    flushAddress();
    enter(`?view=${slug}`, { isNew: true });
    await open(addressed());
    await current.change("settings", settings);
  });
}

/** Show a state that came behind the # of a link or as a file. @param {(ways: object) => Promise<object | null>} read */
async function openState(read) {
  try {
    const state = await read(await import("./state-link.mjs"));
    if (!state) return;
    if (!viewOf(state.view)) throw new Error(`There is no view “${state.view.slice(0, 40)}” here.`);
    await window.convoscope.ready;
    flushAddress();
    enter(`?view=${state.view}`);
    await open(addressed());
    await current.change("address", state.settings);
    current.restored = true;
    current.player.go(state.step);
  } catch (error) {
    current.say([error.message], true);
  }
}

/** Closing the tab would end a training. An embed leaves with its page, which knows better. */
function askBeforeLeaving() {
  if (isEmbed) return;
  addEventListener("beforeunload", (event) => {
    if ([...views.values()].some((view) => view.own?.isAtWork)) event.preventDefault();
  });
}

/** Python will not come: say why; what the build computed is all there is. */
function giveUp(why) {
  status.fail(why);
  for (const view of views.values()) {
    if (!view.section.hasAttribute("data-waiting")) continue;
    view.section.removeAttribute("data-waiting");
    view.say(["The default is shown, because Python could not compute your settings."]);
  }
}

async function bringUpPython() {
  if (typeof WebAssembly !== "object") {
    giveUp("This browser has no WebAssembly, so nothing can be computed anew. Playing works; for the rest use a current browser.");
    throw new Error("no WebAssembly");
  }
  await new Promise((resolve, reject) => {
    home.start({
      progress: (loaded, total) => status.progress(loaded, total),
      ready: (fetched) => {
        status.ready();
        if (site.home === "static") keepForOffline(document.querySelector("footer"), fetched);
        for (const view of views.values()) view.enable(true);
        resolve();
      },
      news: (packet) => {
        const update = readPacket(packet);
        views.get(update.view)?.show(update, "news");
      },
      fetched: (detail) => document.dispatchEvent(new CustomEvent("filefetched", { detail })),
      slow: (words) => status.silent(words),
      silent: (words) => (words ? status.silent(words) : status.ready()),
      cut: (words, retry) => {
        for (const view of views.values()) view.enable(false);
        status.cut(words, retry, current.address());
      },
      lost: (why, again) => {
        for (const view of views.values()) view.enable(false);
        if (again) return status.restart(why);
        giveUp(`Python could not be started: ${why}. Playing still works; load the page again for the rest.`);
        return reject(new Error(why));
      },
    });
  });
  for (const view of views.values()) await view.restore();
}

const behind = location.hash; // which the first step overwrites
try {
  await open(addressed());
  listenToKeys(() => current.player);
  listenToNavigation();
  listenToSharing(document.querySelector("dialog.share"), () => current);
  current.restoreStep();
  const asked = pageParameter("view");
  if (asked && asked !== current.slug) {
    const titles = site.views.map(({ slug }) => slug).join(", ");
    current.say([`There is no view “${asked.slice(0, 40)}”; the views are ${titles}.`]);
  }
  askBeforeLeaving();
  if (isEmbed) {
    const embed = new (await import("./embed.mjs")).Embed(() => current);
    await embed.firstSeen;
    if (site.home === "static" && embed.onlyPlays && !behind) {
      status.rest();
      embed.whenTouched(wantPython);
      await wanted;
    }
  }
  bringUpPython().then(...settle);
  if (behind) openState(({ stateIn }) => stateIn(behind));
} catch (error) {
  status.fail(error.message);
  settle[1](error);
}
