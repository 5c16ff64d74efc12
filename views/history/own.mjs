/** What only the history view has on the page: links that open the networks in the architectures view. */
import { HAS_ADDRESS } from "../../static/js/address.mjs";
import { make } from "../../static/js/elements.mjs";
import { allOf } from "../../static/js/packet.mjs";

/** @param {import("../../static/js/view.mjs").View} view @returns {import("../../static/js/view.mjs").Own} */
export default function own({ section }) {
  const place = section.querySelector(".history-networks");
  place.hidden = !HAS_ADDRESS; // a page of one file has no other view
  let links = [];

  /** One link for each architecture, by the result that came first. */
  const list = ({ architecture, name }) => {
    const byName = new Map([...architecture].map((one, n) => [one, name[n]]).reverse());
    links = [...byName].reverse().filter(([one]) => one).map(([one, text]) => {
      const href = `?view=architectures&architecture=${one}`;
      return Object.assign(make("a", { href, textContent: text }), { architecture: one });
    }); // prettier-ignore
    place.replaceChildren("Open in Architectures: ", ...links.flatMap((link, n) => (n ? [" · ", link] : [link])));
  };

  let architectures = [];
  const mark = (step) => links.forEach((link) => link.toggleAttribute("data-now", link.architecture === architectures[step]));
  return {
    shown: (trace) => {
      const { architecture, name } = trace.still.results;
      architectures = allOf(architecture);
      list({ architecture: architectures, name: allOf(name) });
    },
    step: mark,
  };
}
