/** Light, dark, or what the system says: the button that chooses, and word to whoever draws. */

const dark = matchMedia("(prefers-color-scheme: dark)");
/** @type {Set<() => void>} */
const followers = new Set();

/** Call `redraw` after every change of theme. */
export function followTheme(redraw) {
  followers.add(redraw);
}

function changed() {
  for (const redraw of followers) redraw();
}

function choose(theme) {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("convoscope-theme", theme);
  } catch {
    /* no storage in some iframes: the choice lasts as long as the page */
  }
  changed();
}

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : dark.matches;
}

dark.addEventListener("change", changed);
document.querySelector(".theme-button")?.addEventListener("click", () => choose(isDark() ? "light" : "dark"));
