/** Where the views' links have no room in a line, a button opens them as a menu (page.css decides where that is). */

const button = document.querySelector(".menu-button");
const menu = document.getElementById("views");

function open(isOpen) {
  button.setAttribute("aria-expanded", String(isOpen));
}

/** The button, the menu and their gap make one place: going elsewhere closes it. @param {EventTarget | null} target */
function isElsewhere(target) {
  return !(target instanceof Node && (menu.contains(target) || button.contains(target)));
}

button?.addEventListener("click", () => open(button.getAttribute("aria-expanded") !== "true"));
menu?.addEventListener("click", ({ target }) => target.closest("a") && open(false));
document.addEventListener("pointerdown", ({ target }) => button && isElsewhere(target) && open(false));
menu?.addEventListener("focusout", ({ relatedTarget }) => isElsewhere(relatedTarget) && open(false));
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || button?.getAttribute("aria-expanded") !== "true") return;
  open(false);
  button.focus();
});
