/** Files of the user's: a picture of a digit, which becomes ink, and a file of weights, which becomes a network. */
import { labelled, make } from "../../../static/js/elements.mjs";
import { megabytes } from "../../../static/js/numbers.mjs";
import { buildPicture } from "../../../static/js/picture.mjs";

const MOST_BYTES = 8_000_000; // as in engine/weights.py

/** The fields for both, and the event that brings the weights to a new Python. @param {import("../../../static/js/view.mjs").View} view */
export function fileFields(view, form) {
  const picture = buildPicture(
    {
      label: "Picture of a digit",
      help: "PNG, JPEG or WebP, whole: choose, drop or paste it. What stands out from its paper goes on the pad as ink.",
      whole: true,
      get side() {
        return Number(view.trace.facts.picture_side);
      },
    },
    "network-picture",
    (pixels) => view.change("picture", pixels),
  );
  let loaded = null;
  const input = make("input", { id: "network-weights", type: "file", accept: ".npz,.json,.txt" });
  const told = make("p", { className: "help", role: "alert" });
  input.addEventListener("change", async (event) => {
    event.stopPropagation();
    told.textContent = "";
    const [file] = input.files;
    if (!file) return;
    if (file.size > MOST_BYTES) {
      told.textContent = `The file has ${megabytes(file.size)} MB; 8 MB are the most. The network stays as it was.`;
      return;
    }
    const value = { name: file.name, data: await base64(file) };
    await view.change("load", value);
    if (!view.refused) loaded = value;
    input.value = ""; // so that the same file can be chosen again
  });
  const weights = labelled(
    { label: "Weights file", help: "A .npz saved here, or ConvNetJS's JSON. It stays on this machine." }, "network-weights", input,
  );
  weights.append(told);
  form.append(picture.element, weights);
  return {
    enable: (yes) => {
      picture.element.disabled = weights.disabled = !yes;
    },
    rebuild: () => (loaded ? [{ view: view.slug, name: "load", value: loaded }] : []),
  };
}

/** @param {File} file */
function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
