/** Is a formula luck? Two figures beside its scores, once that is known. */

import { element } from "../elements/element.js";
import { formatProbability } from "./evidence_words.js";
import { formatScore } from "../elements/format.js";

/**
 * @param {import("../elements/tooltip.js").Tooltip} tooltip
 * @param {import("../explorer/subject_words.js").Subject} subject
 * @returns {{node: HTMLElement, set: (answer: import("../messages").EvidenceMessage | undefined) => void}} `set` takes the answer, if it is known
 */
export function testedScores(tooltip, { examples }) {
  const node = element("div", { class: "compexp-scores compexp-tested", hidden: true });
  const figure = (/** @type {string} */ label, /** @type {string} */ number, /** @type {string} */ explanation) => {
    const words = `${label} ${number}. ${explanation}`;
    const shown = element(
      "div",
      { class: "compexp-score", tabindex: 0, role: "img", "aria-label": words },
      element("span", { class: "compexp-score-number" }, number),
      element("span", { class: "compexp-score-label" }, label),
    );
    tooltip.explain(shown, () => element("div", {}, explanation));
    return shown;
  };
  return {
    node,
    set: (answer) => {
      node.hidden = !answer?.found;
      if (!answer?.found) return;
      const { held_out: apart, p_value: p, q_value: q } = /** @type {import("./evidence_words.js").Tested} */ (answer);
      node.replaceChildren(
        figure("held out", formatScore(apart.held_out_iou), `The IoU on ${examples} that the search did not see, of the formula that it found on the others.`),
        q !== null
          ? figure("q", formatProbability(q), "The p-value corrected for the number of units: how many such formulas are luck.")
          : figure("p", formatProbability(p), `The share of searches in shuffled ${examples} that do as well.`),
      );
    },
  };
}
