/** Files of the user's: a picture of a digit, which becomes ink, and a file of weights, which becomes a network. */
import { labelled, make } from "../../../static/js/elements.mjs";
import { buildPicture } from "../../../static/js/picture.mjs";
import { base64, readWeights } from "../../../static/js/weights-file.mjs";

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
    try {
      const value = { name: file.name, data: base64(await readWeights(file)) };
      await view.change("load", value);
      if (!view.refused) loaded = value;
    } catch (error) {
      told.textContent = error.message; // the network that was there stays
    }
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
