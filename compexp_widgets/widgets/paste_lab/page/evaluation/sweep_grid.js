/** The placements of a sweep as maps, one a size: where each cell stands, and what it says. Pure. */

import { formatPercent } from "../../../shared/page/elements/format.js";
import { OUTCOMES } from "../paste_words.js";

/** @typedef {Pick<import("../messages").Sweep, "lefts" | "tops" | "sizes" | "outcomes" | "target">} Sweep as far as it is */

/**
 * The number of a placement: sizes are outermost, lefts innermost.
 *
 * @param {Sweep} sweep
 * @param {number} size
 * @param {number} row
 * @param {number} column
 */
export function cellIndex({ lefts, tops }, size, row, column) {
  return (size * tops.length + row) * lefts.length + column;
}

/**
 * What stands in a cell.
 *
 * @param {Sweep} sweep
 * @param {number} index
 * @returns {{outcome: string, probability: number | null}} `""` and `null` where it was not tried yet
 */
export function cellAt({ outcomes, target }, index) {
  return { outcome: outcomes[index] ?? "", probability: target[index] ?? null };
}

/**
 * A cell in words.
 *
 * @param {Sweep} sweep
 * @param {number} size
 * @param {number} row
 * @param {number} column
 * @param {string} wanted what the probability is of
 */
export function cellWords(sweep, size, row, column, wanted) {
  const { outcome, probability } = cellAt(sweep, cellIndex(sweep, size, row, column));
  const place = `${sweep.sizes[size]} pixels large at x ${sweep.lefts[column]}, y ${sweep.tops[row]}`.replaceAll("-", "−");
  return `${place}: ${OUTCOMES[outcome].words}${probability === null ? "" : `, ${wanted} ${formatPercent(probability)}`}`;
}

/**
 * Where a patch lies at a cell: its longer side has the cell's size, and its sides keep their ratio.
 *
 * @param {Sweep} sweep
 * @param {number} size
 * @param {number} row
 * @param {number} column
 * @param {import("../stage/placement.js").Placement} placement whose rotation, flip and opacity stay
 * @param {import("../stage/placement.js").Size} patch in its own pixels
 * @returns {import("../stage/placement.js").Placement}
 */
export function cellPlacement({ lefts, tops, sizes }, size, row, column, placement, patch) {
  const factor = sizes[size] / Math.max(patch.width, patch.height);
  return { ...placement, left: lefts[column], top: tops[row], width: Math.round(patch.width * factor), height: Math.round(patch.height * factor) };
}

/** Five samples of cividis (Nuñez, Anderton and Renslow, 2018): even in lightness, told apart with any colour vision. */
const CIVIDIS = [
  [0, 34, 78],
  [64, 77, 107],
  [124, 123, 120],
  [188, 175, 111],
  [254, 232, 56],
];

/**
 * The colour of a probability.
 *
 * @param {number} probability 0 … 1
 * @returns {{fill: string, dark: boolean}} and whether it is a dark one, on which marks are light
 */
export function probabilityColour(probability) {
  const place = Math.min(1, Math.max(0, probability)) * (CIVIDIS.length - 1);
  const first = Math.min(CIVIDIS.length - 2, Math.floor(place));
  const mixed = CIVIDIS[first].map((value, channel) => Math.round(value + (CIVIDIS[first + 1][channel] - value) * (place - first)));
  return { fill: `rgb(${mixed.join(", ")})`, dark: place < 2.2 };
}

/** The colours as a CSS gradient, for a legend. */
export function probabilityGradient() {
  return `linear-gradient(to right, ${CIVIDIS.map((colour) => `rgb(${colour.join(", ")})`).join(", ")})`;
}
