/** The concepts of a card as rows of the lexical table: what the kernel computed, put together. Pure. */

import { readFloats } from "../../shared/page/pictures/overlay.js";

/** What stands in `way` for a concept that the formula has already. */
export const IN_FORMULA = -1;

/**
 * @typedef {object} WordRow
 * @property {number} index into the study's concepts
 * @property {string} name
 * @property {string} category side and kind: `premise token`
 * @property {string} side
 * @property {string} kind
 * @property {number} count positions where it holds
 * @property {number} iou of the concept alone
 * @property {number} precision
 * @property {number} recall
 * @property {number} change IoU lost without it, for a concept of the formula; else gained by the best way to add it
 * @property {number} way index into the study's operators; `IN_FORMULA` for a concept of the formula
 */

/**
 * @param {import("./messages").LexicalConceptPart[]} concepts
 * @param {DataView[]} buffers IoU, precision, recall and change (float32), and the way to add each concept (int8)
 * @returns {WordRow[]}
 */
export function wordRows(concepts, buffers) {
  if (buffers.length !== 5) throw new RangeError(`The lexical table has 5 columns, but ${buffers.length} came.`);
  const [iou, precision, recall, change] = buffers.slice(0, 4).map((buffer) => readFloats(buffer, concepts.length));
  const ways = buffers[4];
  if (ways.byteLength !== concepts.length) throw new RangeError(`${concepts.length} concepts, but ${ways.byteLength} ways to add them.`);
  return concepts.map(({ name, category, side, kind, count }, index) => ({
    index,
    name,
    category,
    side,
    kind,
    count,
    iou: iou[index],
    precision: precision[index],
    recall: recall[index],
    change: change[index],
    way: ways.getInt8(index),
  }));
}

/**
 * The rows of one side and of one kind.
 *
 * @param {WordRow[]} rows
 * @param {string} side empty for all
 * @param {string} kind empty for all
 */
export function ofKind(rows, side, kind) {
  return rows.filter((row) => (side === "" || row.side === side) && (kind === "" || row.kind === kind));
}

/**
 * What a click on a row does, in words.
 *
 * @param {WordRow} row
 * @param {string[]} operators
 * @param {(gain: number) => string} format
 */
export function clickWords({ name, way, change }, operators, format) {
  return way === IN_FORMULA
    ? `Takes ${name} out of the formula: IoU ${format(-change)}`
    : `Puts ${operators[way]} ${name} behind the formula: IoU ${format(change)}`;
}
