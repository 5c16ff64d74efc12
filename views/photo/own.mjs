/** What the photo view has beside every view's: the weights' progress, the film, the maps, the folds, the classes, the card. */
import { Card } from "../units/page/card.mjs";
import { ClassSearch } from "./page/classes.mjs";
import { Film } from "./page/film.mjs";
import { Folds } from "./page/folds.mjs";
import { Maps } from "./page/maps.mjs";
import { fetchWeights } from "./page/weights.mjs";

/** @param {import("../../static/js/view.mjs").View} view @returns {import("../../static/js/view.mjs").Own} */
export default function own(view) {
  const { section } = view;
  const maps = new Maps(section, view);
  const film = new Film(section, view);
  const folds = new Folds(section, view);
  const classes = new ClassSearch(section, view);
  const card = new Card(section.querySelector(".asked"), view, maps);
  const parts = [maps, film, folds, classes, card];
  return {
    enable: (yes) => {
      folds.enable(yes);
      classes.enable(yes);
      if (yes) fetchWeights(view);
    },
    shown: (trace, settings) => {
      for (const part of parts) part.shown(trace, settings);
    },
  };
}
