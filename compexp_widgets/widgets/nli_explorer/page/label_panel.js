/** Gold against predicted labels: on all pairs, on those where the unit fires, and on those where the formula holds. */

import { element } from "../../shared/page/elements/element.js";
import { formatCount, formatPercent, formatPlural } from "../../shared/page/elements/format.js";
import { labelFill, labelMark, labelName, shortLabel, THREE, tinyLabel } from "../../shared/page/sentences/label_words.js";

/** Rows of a table of labels: gold × predicted; the last row has the pairs without a gold label. */
/** @typedef {number[][]} Confusion */

/**
 * Sums of a confusion matrix. Pure.
 *
 * @param {Confusion} confusion
 * @param {import("../../shared/page/sentences/label_words.js").LabelSets} [labels]
 */
export function labelShares(confusion, { answers, gold, agrees } = THREE) {
  const total = confusion.flat().reduce((sum, count) => sum + count, 0);
  const judged = confusion.slice(0, gold.length);
  const right = judged.reduce((sum, row, label) => sum + row.reduce((all, count, answer) => all + (agrees[label][answer] ? count : 0), 0), 0);
  const withGold = judged.flat().reduce((sum, count) => sum + count, 0);
  const share = (/** @type {number} */ count, /** @type {number} */ of) => (of > 0 ? count / of : NaN);
  return {
    total,
    gold: judged.map((row) => share(row.reduce((sum, count) => sum + count, 0), withGold)),
    predicted: answers.map((_, label) => share(confusion.reduce((sum, row) => sum + row[label], 0), total)),
    accuracy: share(right, withGold),
  };
}

export class LabelPanel {
  /** @param {import("../../shared/page/sentences/label_words.js").LabelSets} labels */
  constructor(labels) {
    this.labels = labels;
    this.node = element("div", { class: "compexp-label-panel" });
  }

  /** @param {import("./messages").Confusions} labels */
  show({ all, fires, holds }) {
    const average = labelShares(all, this.labels);
    this.node.replaceChildren(
      block("all pairs", all, average, this.labels),
      block("the neuron fires", fires, average, this.labels),
      block("the formula holds", holds, average, this.labels),
    );
  }
}

/**
 * @param {string} title
 * @param {Confusion} confusion
 * @param {ReturnType<typeof labelShares>} average of all pairs
 * @param {import("../../shared/page/sentences/label_words.js").LabelSets} labels
 */
function block(title, confusion, average, labels) {
  const shares = labelShares(confusion, labels);
  const head = element(
    "div",
    { class: "compexp-label-head" },
    element("h3", {}, title),
    element("span", { class: "compexp-caption" }, formatPlural(shares.total, "pair")),
  );
  if (shares.total === 0) return element("section", {}, head, element("div", { class: "compexp-caption" }, "There are none."));
  return element(
    "section",
    {},
    head,
    shareRows("gold", labels.gold, shares.gold, average.gold),
    shareRows("predicted", labels.answers, shares.predicted, average.predicted),
    matrix(confusion, shares.total, labels),
    element("div", { class: "compexp-caption" }, Number.isFinite(shares.accuracy) ? `The network agrees with people on ${formatPercent(shares.accuracy)}.` : "None has a gold label."),
  );
}

/**
 * @param {string} whose
 * @param {string[]} labels
 * @param {number[]} shares
 * @param {number[]} average
 */
function shareRows(whose, labels, shares, average) {
  return element(
    "div",
    { class: "compexp-shares", role: "group", "aria-label": `${whose} labels` },
    element("span", { class: "compexp-caption" }, whose),
    ...labels.map((name, label) => {
      const fill = element("span", { class: labelFill(name) });
      fill.style.width = `${100 * (Number.isFinite(shares[label]) ? shares[label] : 0)}%`;
      const tick = element("span", { class: "compexp-share-tick" });
      tick.style.left = `${100 * (Number.isFinite(average[label]) ? average[label] : 0)}%`;
      return element(
        "div",
        { class: "compexp-share-row", title: `${name}: ${formatPercent(shares[label])}, of all pairs ${formatPercent(average[label])} (the mark)` },
        labelMark(name, shortLabel(name)),
        element("span", { class: "compexp-share-bar", "aria-hidden": "true" }, fill, tick),
        element("span", { class: "compexp-number" }, formatPercent(shares[label])),
      );
    }),
  );
}

/**
 * @param {Confusion} confusion
 * @param {number} total
 * @param {import("../../shared/page/sentences/label_words.js").LabelSets} labels
 */
function matrix(confusion, total, { answers, gold: ofData, agrees }) {
  const rows = confusion.map((counts, gold) => ({ counts, gold: gold < ofData.length ? gold : -1 }));
  const shown = rows.filter(({ counts, gold }) => gold >= 0 || counts.some((count) => count > 0));
  return element(
    "table",
    { class: "compexp-matrix" },
    element(
      "thead",
      {},
      element("tr", {}, element("th", { scope: "col", title: "rows: what people say; columns: what the network says" }, "gold ↓"), ...answers.map((name) => element("th", { scope: "col" }, labelMark(name, tinyLabel(name))))),
    ),
    element(
      "tbody",
      {},
      ...shown.map(({ counts, gold }) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, gold >= 0 ? labelMark(ofData[gold], tinyLabel(ofData[gold])) : labelMark(undefined, "none")),
          ...counts.map((count, predicted) => {
            const cell = element(
              "td",
              { class: agrees[gold]?.[predicted] ? "compexp-agrees" : null, title: `gold ${labelName(ofData[gold])}, predicted ${answers[predicted]}: ${formatPlural(count, "pair")}, ${formatPercent(count / total)}` },
              formatCount(count),
            );
            cell.style.setProperty("--compexp-share", String(count / total));
            return cell;
          }),
        ),
      ),
    ),
  );
}
