/** What the certified search knows about a formula, in words. */

import { formatScore } from "../elements/format.js";

/** @typedef {import("../messages").ProofState} Proof */

/** @typedef {{text: string, explanation: string}} Words */

/** Up to so many concepts a proof is of every formula; with more, of left-deep ones. As `EVERY_FORM` of the search. */
const EVERY_FORM = 3;

/**
 * @param {Proof | undefined} proof
 * @param {number} iou of the formula that the search found
 * @returns {Words | null} `null` when there is nothing to say
 */
export function proofWords(proof, iou) {
  if (!proof) return null;
  if (proof.state === "searching") {
    const asked = proof.bound !== null;
    return {
      text: asked ? "proving …" : "searching …",
      explanation: `This is the best formula found at once. The search goes on: a better one will take its place${asked ? ", or this one is proven to be the best" : ""}.`,
    };
  }
  if (proof.bound === null) return null;
  const formulas = formulasUpTo(proof.length);
  if (proof.proven) {
    const among = proof.length > EVERY_FORM ? " among left-deep formulas" : "";
    return { text: `proven optimal${among}`, explanation: `${formulas} has a higher IoU: the search has proven it.` };
  }
  return {
    text: `not proven: at most ${formatGap(proof.bound - iou)} better`,
    explanation: `${formulas} exceeds an IoU of ${formatScore(proof.bound)}. Whether one lies between that and ${formatScore(iou)} is not known: the proof would take longer.`,
  };
}

/**
 * What a proof speaks of, as the beginning of a sentence.
 *
 * @param {number} length the largest number of concepts
 */
function formulasUpTo(length) {
  if (length === 1) return "No single concept";
  if (length <= EVERY_FORM) return `No formula of up to ${length} concepts that OR, AND and AND NOT can join, whatever its form,`;
  return `No left-deep formula (each concept joined to all before it by OR, AND or AND NOT) of up to ${length} different concepts`;
}

/**
 * The same where there is little room: `proven`, or by how much another may be better, `≤ +.021`.
 *
 * @param {Proof | undefined} proof
 * @param {number} iou
 * @returns {Words | null}
 */
export function shortProofWords(proof, iou) {
  const words = proofWords(proof, iou);
  if (!proof || !words) return null;
  const text = proof.state === "searching" ? "…" : proof.proven ? "proven" : `≤ +${formatGap(/** @type {number} */ (proof.bound) - iou)}`;
  return { text, explanation: words.explanation };
}

/**
 * What is proven of one length of the curve.
 *
 * @param {import("../messages").FormulaOfLength} answer
 * @param {Proof | undefined} proof of the whole search
 * @returns {Proof}
 */
export function proofOfLength({ length, proven, bound }, proof) {
  return { state: proven ? "done" : (proof?.state ?? "done"), proven, bound, length };
}

/**
 * How many units' formulas are proven.
 *
 * @param {{proven?: boolean, formula?: string}[]} rows of the unit table
 * @param {number} units how many there are
 * @returns {Words | null} `null` when nothing is proven
 */
export function provenCount(rows, units) {
  const proven = rows.filter((row) => row.proven).length;
  if (proven === 0) return null;
  const silent = rows.filter((row) => !row.formula).length;
  const open = rows.length - silent - proven;
  const parts = [
    open > 0 ? `${open} have a formula that may not be the best one` : "",
    silent > 0 ? `${silent} never fire or change, or overlap with no concept` : "",
    units > rows.length ? `${units - rows.length} are not explained yet` : "",
  ].filter(Boolean);
  return {
    text: `proven optimal: ${proven} of ${units}`,
    explanation: `For ${proven} of ${units} units it is proven that no formula of the allowed length has a higher IoU: of up to three concepts none of any form, of more no left-deep one.${parts.length > 0 ? ` Of the others, ${parts.join(", ")}.` : ""}`,
  };
}

/**
 * A gap that is not nothing never looks like nothing.
 *
 * @param {number} gap
 */
function formatGap(gap) {
  return gap > 0 && gap < 0.0005 ? ".001" : formatScore(gap);
}
