/** What the certified search knows about a formula, in words. */

import { formatScore } from "./format.js";

/**
 * @typedef {object} Proof
 * @property {boolean} proven
 * @property {number | null} bound no formula of the allowed length has a higher IoU; `null` when no proof was asked for
 * @property {number} length the largest number of concepts that it speaks of
 */

/**
 * @param {Proof | undefined} proof
 * @param {number} iou of the formula that the search found
 * @returns {{text: string, explanation: string} | null} `null` when there is nothing to say
 */
export function proofWords(proof, iou) {
  if (!proof || proof.bound === null) return null;
  const formulas = proof.length === 1 ? "No single concept" : `No formula of up to ${proof.length} different concepts`;
  if (proof.proven) {
    return { text: "proven optimal", explanation: `${formulas} has a higher IoU: the search has proven it.` };
  }
  const gap = formatScore(proof.bound - iou);
  return {
    text: `not proven: at most ${gap} better`,
    explanation: `${formulas} exceeds an IoU of ${formatScore(proof.bound)}. Whether one lies between that and ${formatScore(iou)} is not known: the proof would take longer.`,
  };
}

/**
 * @param {{proven?: boolean}[]} rows of the unit table
 * @returns {string} empty when nothing is proven
 */
export function provenCount(rows) {
  const proven = rows.filter((row) => row.proven).length;
  return proven === 0 ? "" : proven === rows.length ? "all proven optimal" : `${proven} of ${rows.length} proven optimal`;
}
