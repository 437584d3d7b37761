/** The best score by formula length, one bar a length; a bar is a button that shows its formula. */

import { element } from "./element.js";
import { formatScore } from "./format.js";

/**
 * @typedef {object} LengthAnswer
 * @property {number} length
 * @property {string} text
 * @property {number} iou
 */

/**
 * @param {import("./tooltip.js").Tooltip} tooltip
 * @param {(answer: LengthAnswer) => void} onChoose
 * @returns {{node: HTMLElement, set: (answers: LengthAnswer[], shownText: string) => void}}
 */
export function lengthCurve(tooltip, onChoose) {
  const bars = element("div", { class: "compexp-curve-bars", role: "group", "aria-label": "IoU of the best formula of each length" });
  const node = element("div", { class: "compexp-curve" }, bars, element("span", { class: "compexp-caption" }, "IoU by length"));
  /** @type {LengthAnswer[]} */
  let shown = [];

  const build = (/** @type {number} */ count) => {
    bars.replaceChildren(
      ...Array.from({ length: count }, (_, place) => {
        const bar = element(
          "button",
          { type: "button", class: "compexp-curve-bar", on: { click: () => onChoose(shown[place]) } },
          element("span", { class: "compexp-curve-number" }),
          element("span", { class: "compexp-curve-column" }),
          element("span", { class: "compexp-curve-length" }),
        );
        tooltip.explain(bar, () => `Best of length ${shown[place].length}: ${shown[place].text}`);
        return bar;
      }),
    );
  };

  return {
    node,
    set: (answers, shownText) => {
      shown = answers;
      node.hidden = answers.length === 0;
      // Bars that stay keep the focus while the scores under them change.
      if (bars.children.length !== answers.length) build(answers.length);
      const highest = Math.max(1e-9, ...answers.map(({ iou }) => iou));
      answers.forEach(({ length, text, iou }, place) => {
        const bar = bars.children[place];
        const [number, column, foot] = bar.children;
        number.textContent = formatScore(iou);
        column.style.height = `${Math.max(2, Math.round((36 * iou) / highest))}px`;
        foot.textContent = String(length);
        bar.setAttribute("aria-pressed", String(text === shownText));
        bar.setAttribute("aria-label", `length ${length}: ${text}, IoU ${formatScore(iou)}`);
      });
    },
  };
}
