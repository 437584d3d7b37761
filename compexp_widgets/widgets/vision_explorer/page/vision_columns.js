/** The columns of the unit table for vision networks, on the page and in the exported file. */

import { markWords, saturationMark, shareBar } from "../../shared/page/table/cells.js";
import { categoryMark } from "../../shared/page/elements/colour.js";
import { element } from "../../shared/page/elements/element.js";
import { formatGain, formatScore } from "../../shared/page/elements/format.js";
import { missingWords, stateMeaning } from "../../shared/page/evidence/state_words.js";

/** @typedef {import("../../shared/page/table/unit_list.js").Entry} Entry */

/**
 * @param {string[]} categories
 * @param {boolean} named whether units have names, as directions do
 * @returns {import("../../shared/page/table/unit_list.js").UnitColumns}
 */
export function visionColumns(categories, named) {
  return {
    columns: tableColumns(categories, named),
    tableClass: named ? "compexp-named" : "",
    searchable: searchableText,
    csvHeader: csvHeader(named),
    csvRow: (entry) => csvRow(entry, named),
  };
}

/**
 * @param {string[]} categories
 * @param {boolean} named
 * @returns {import("../../shared/page/table/long_table.js").Column[]}
 */
function tableColumns(categories, named) {
  return [
    {
      key: "unit",
      title: "unit",
      explanation: named ? "The number of the direction" : "The neuron’s number: a channel of the layer",
      value: ({ unit }) => unit,
      first: "ascending",
      number: true,
      cell: ({ unit }) => [String(unit)],
    },
    ...(named ? [NAME_COLUMN] : []),
    {
      key: "formula",
      title: "formula",
      explanation: "The formula that fits the unit best; sorts by its text",
      value: ({ row }) => row?.formula?.replace(/^[("]+/, "").toLowerCase(),
      first: "ascending",
      cell: ({ row }, filter) => [
        row?.formula
          ? element("span", { class: "compexp-ellipsis", title: row.formula }, ...markWords(row.formula, filter))
          : element("span", { class: "compexp-caption compexp-ellipsis", title: stateMeaning(row?.state) }, row ? missingWords(row.state) : "not explained yet"),
        ...saturationMark(row),
      ],
    },
    {
      key: "iou",
      title: "IoU",
      explanation: "Of all positions where the neuron fires or the formula holds: the share that are both",
      value: ({ row }) => row?.iou,
      first: "descending",
      number: true,
      cell: ({ row }) => (row?.formula ? [shareBar(row.iou), formatScore(row.iou)] : []),
    },
    {
      key: "gain",
      title: "gain",
      explanation: "How much IoU the formula gains over the best single concept",
      value: ({ row }) => row?.gain,
      first: "descending",
      number: true,
      cell: ({ row }) => (row?.formula ? [formatGain(row.gain)] : []),
    },
    {
      key: "category",
      title: "category",
      explanation: "The kind of the best single concept",
      value: ({ row }) => row?.category,
      first: "ascending",
      cell: ({ row }) =>
        row?.formula
          ? [
              element(
                "span",
                { class: "compexp-category", title: `${row.category}: best single concept ${row.single}` },
                categoryMark(categories, row.category),
                element("span", { class: "compexp-ellipsis" }, row.category),
              ),
            ]
          : [],
    },
  ];
}

/** @type {import("../../shared/page/table/long_table.js").Column} */
const NAME_COLUMN = {
  key: "name",
  title: "name",
  explanation: "What the direction is called",
  value: ({ name }) => name?.toLowerCase(),
  first: "ascending",
  cell: ({ name }, filter) => [element("span", { class: "compexp-ellipsis", title: name }, ...markWords(name ?? "", filter))],
};

/**
 * What the filter searches: the formula, the unit's number and its name, and its state where it is not simply firing.
 *
 * @param {Entry} entry
 */
export function searchableText({ unit, name, row }) {
  return [unit, name, row?.formula, row?.state === "fires" ? "" : row?.state].filter((part) => part || part === 0).join(" ");
}

const CSV_SCORES = /** @type {const} */ (["formula", "iou", "precision", "recall", "state", "active_share", "gain", "category", "single"]);

/** @param {boolean} named whether units have names */
export function csvHeader(named) {
  return ["unit", ...(named ? ["name"] : []), ...CSV_SCORES];
}

/**
 * @param {Entry} entry
 * @param {boolean} [named]
 * @returns {(string | number | null)[]}
 */
export function csvRow({ unit, name, row }, named = false) {
  return [unit, ...(named ? [name ?? ""] : []), ...CSV_SCORES.map((key) => row?.[key] ?? null)];
}
