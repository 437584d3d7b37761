/** The columns of the unit table for sentence-pair networks, on the page and in the exported file. */

import { markWords, saturationMark, shareBar, signedBar } from "../../shared/page/table/cells.js";
import { element } from "../../shared/page/elements/element.js";
import { formatPercent, formatScore, formatSigned } from "../../shared/page/elements/format.js";
import { labelFill, LABELS, tinyLabel } from "../../shared/page/sentences/label_words.js";
import { missingWords, stateMeaning } from "../../shared/page/evidence/state_words.js";

/** @typedef {import("./messages").PairRow} PairRow */
/** @typedef {import("../../shared/page/table/unit_list.js").Entry & {row: PairRow | null}} Entry */

/**
 * @param {number[][] | null} weights of every unit for each label, labels first; `null` where the layer has none
 * @param {string[]} [labels] the network's
 * @returns {import("../../shared/page/table/unit_list.js").UnitColumns}
 */
export function nliColumns(weights, labels = LABELS) {
  return {
    columns: tableColumns(weights, labels),
    tableClass: !weights ? "compexp-pair-units" : weights.length === 2 ? "compexp-two-way-units" : "compexp-weighted-units",
    searchable,
    csvHeader: ["unit", ...CSV, ...(weights ? labels.map((label) => `weight_${label}`) : [])],
    csvRow: (/** @type {Entry} */ { unit, row }) => [unit, ...CSV.map((key) => row?.[key] ?? null), ...(weights ?? []).map((ofLabel) => ofLabel[unit])],
  };
}

const CSV = /** @type {const} */ (["formula", "iou", "precision", "recall", "gain", "share", "silent", "state"]);

/**
 * What the filter searches: the formula and the unit's number.
 *
 * @param {Entry} entry
 */
export function searchable({ unit, row }) {
  return [unit, row?.formula, row?.silent ? "silent" : "", row?.state === "fires" ? "" : row?.state].filter((part) => part || part === 0).join(" ");
}

/**
 * Why a unit has no formula, in few words.
 *
 * @param {PairRow | null} row
 */
export function missingFormula(row) {
  if (!row) return "not explained yet";
  if (row.state === "constant" || row.state === "not finite") return missingWords(row.state);
  if (row.active === 0) return "never fires";
  return missingWords(row.silent ? "silent" : "fires");
}

/**
 * @param {number[][] | null} weights
 * @param {string[]} labels
 * @returns {import("../../shared/page/table/long_table.js").Column[]}
 */
function tableColumns(weights, labels) {
  const largest = Math.max(0, ...(weights ?? []).flat().map(Math.abs));
  return [
    {
      key: "unit",
      title: "unit",
      explanation: "The neuron’s number: a coordinate of the layer",
      value: ({ unit }) => unit,
      first: "ascending",
      number: true,
      cell: ({ unit }) => [String(unit)],
    },
    {
      key: "formula",
      title: "formula",
      explanation: "The formula that fits the unit best; sorts by its text",
      value: ({ row }) => row?.formula?.replace(/^[("]+/, "").toLowerCase() || null,
      first: "ascending",
      cell: ({ row }, filter) => [
        row?.formula
          ? element("span", { class: "compexp-ellipsis", title: row.formula }, ...markWords(row.formula, filter))
          : element("span", { class: "compexp-caption compexp-ellipsis", title: stateMeaning(row?.state) }, missingFormula(row)),
        ...saturationMark(row),
      ],
    },
    {
      key: "iou",
      title: "IoU",
      explanation: "Of all pairs on which the neuron fires or the formula holds: the share that are both",
      value: ({ row }) => (row?.formula ? row.iou : null),
      first: "descending",
      number: true,
      cell: ({ row }) => (row?.formula ? [formatScore(row.iou)] : []),
    },
    ...(weights ?? []).map((ofLabel, label) => weightColumn(ofLabel, labels[label], largest)),
    {
      key: "share",
      title: "fires",
      explanation: "The share of the pairs on which the neuron fires",
      value: ({ row }) => row?.share,
      first: "descending",
      number: true,
      cell: ({ row }) => (row ? [shareBar(row.share), formatPercent(row.share)] : []),
    },
  ];
}

/**
 * @param {number[]} weights of all units
 * @param {string} label
 * @param {number} largest
 * @returns {import("../../shared/page/table/long_table.js").Column}
 */
function weightColumn(weights, label, largest) {
  return {
    key: `weight-${label}`,
    title: tinyLabel(label),
    explanation: `The unit’s weight to ${label}: a bar to the right speaks for it, one to the left against it`,
    value: ({ unit }) => weights[unit],
    first: "descending",
    cell: ({ unit }) => [
      element(
        "span",
        { class: "compexp-weight", role: "img", "aria-label": `${label} ${formatSigned(weights[unit])}`, title: `weight to ${label}: ${formatSigned(weights[unit])}` },
        signedBar(weights[unit], largest, labelFill(label)),
      ),
    ],
  };
}
