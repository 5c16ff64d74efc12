/** What the photo view has beside every view's: the weights' progress, the film, the maps, where a class is seen, the card. */
import { fetchWeights } from "../../static/js/weights-progress.mjs";
import { Card } from "../units/page/card.mjs";
import { ClassSearch } from "./page/classes.mjs";
import { Erasing } from "./page/erasing.mjs";
import { Film } from "./page/film.mjs";
import { Folds } from "./page/folds.mjs";
import { Maps } from "./page/maps.mjs";
import { Seen } from "./page/seen.mjs";

/** @param {import("../../static/js/view.mjs").View} view @returns {import("../../static/js/view.mjs").Own} */
export default function own(view) {
  const { section } = view;
  const maps = new Maps(section, view);
  const film = new Film(section, view);
  const folds = new Folds(section, view);
  const classes = new ClassSearch(section, view);
  const card = new Card(section.querySelector(".asked"), view, maps);
  const waiting = [folds, classes, new Seen(section, view), new Erasing(section, view)]; // for Python
  const parts = [maps, film, card, ...waiting];
  return {
    enable: (yes) => {
      for (const part of waiting) part.enable(yes);
      if (yes) fetchWeights(view);
    },
    shown: (trace, settings) => {
      for (const part of parts) part.shown(trace, settings);
    },
  };
}
