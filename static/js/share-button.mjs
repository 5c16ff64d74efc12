/** The share dialog's program is fetched when a view's Share button is pressed for the first time. */

/** @param {HTMLDialogElement} dialog @param {() => import("./view.mjs").View} current the view that is shown */
export function listenToSharing(dialog, current) {
  let sharing;
  document.addEventListener("click", async ({ target }) => {
    if (!target.closest?.("[data-part=share]")) return;
    const program = await import("./sharing.mjs").catch(() => null);
    if (!program) return current().say(["The share dialog could not be fetched. Load the page again."], true);
    sharing ??= new program.Sharing(dialog, current);
    sharing.open();
  });
}
