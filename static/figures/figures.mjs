/** GIF and SVG of a figure: its embed makes them, as the view's own downloads do. */

const KINDS = { gif: "image/gif", svg: "image/svg+xml" };

for (const button of document.querySelectorAll("button[data-kind]")) {
  button.hidden = false; // without this script there is nothing behind it
  button.addEventListener("click", () => take(button.closest("figure"), button.dataset.kind));
}

/** @param {HTMLElement} figure @param {"gif" | "svg"} kind */
async function take(figure, kind) {
  const embed = figure.querySelector("convoscope-view");
  const said = figure.querySelector("[role=status]");
  const buttons = figure.querySelectorAll("button");
  for (const button of buttons) button.disabled = true; // one at a time
  said.textContent = "Making the file …";
  try {
    await embed.settle();
    save(await picture(embed, kind), KINDS[kind], `${figure.id}.${kind}`);
    said.textContent = "It is with your downloads.";
  } catch ({ message }) {
    said.textContent = message;
  }
  for (const button of buttons) button.disabled = false;
}

/** An SVG of the step that is shown; a GIF of all steps, after which the same step is shown. @returns {Promise<BlobPart>} */
async function picture(embed, kind) {
  const view = embed.frame.contentWindow.convoscope.views[embed.getAttribute("view")];
  if (kind === "svg") return view.picture("svg");
  const { step } = view.state();
  view.step(0);
  const text = await view.picture("gif");
  view.step(step);
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function save(data, type, name) {
  const url = URL.createObjectURL(new Blob([data], { type }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser may still be asking where to put it
}
