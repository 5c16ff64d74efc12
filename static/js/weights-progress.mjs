/** The network's weights are fetched when the view is first opened and Python is there; a bar shows their bytes. */
import { megabytes } from "./numbers.mjs";

/** @param {import("./view.mjs").View} view whose element .weights-progress holds the bar and its words */
export async function fetchWeights(view) {
  const box = view.section.querySelector(".weights-progress");
  const [bar, words] = box.children;
  const show = ({ detail: { path, loaded, total } }) => {
    box.hidden = false;
    Object.assign(bar, total ? { max: total, value: loaded } : {});
    const share = `${megabytes(loaded)}${total ? ` of ${megabytes(total)}` : ""} MB`;
    words.textContent = `Loading ${path.includes("squeezenet") ? "the network’s weights" : path}: ${share}`;
  };
  document.addEventListener("filefetched", show);
  try {
    await view.ask("open");
  } catch (error) {
    view.say([error.message], true);
  }
  document.removeEventListener("filefetched", show);
  box.hidden = true;
}
