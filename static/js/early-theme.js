/* A classic script in the head: what the address says about the looks must hold before anything is painted. */
(() => {
  const root = document.documentElement;
  const parameters = new URLSearchParams(location.search);
  let theme = parameters.get("theme");
  try {
    theme ??= localStorage.getItem("convoscope-theme");
  } catch {
    /* no storage in some iframes: the system's theme it is */
  }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  root.dataset.size = parameters.get("size") ?? "";
  root.dataset.hide = (parameters.get("hide") ?? "").split(",").join(" ");
})();
