/** What PasteLab says of edits, outcomes and progress, in plain words. Pure. */

import { formatCount, formatPercent, formatPlural } from "../../shared/page/elements/format.js";
import { leftWords } from "../../shared/page/protocol/job.js";

/** The basic colours, as they are named: what regions can be given. */
export const COLOURS = /** @type {[string, [number, number, number]][]} */ ([
  ["red", [200, 40, 40]],
  ["orange", [235, 130, 30]],
  ["yellow", [240, 210, 60]],
  ["green", [60, 150, 60]],
  ["blue", [45, 100, 200]],
  ["purple", [130, 70, 170]],
  ["pink", [235, 150, 180]],
  ["brown", [120, 75, 40]],
  ["black", [20, 20, 20]],
  ["grey", [128, 128, 128]],
  ["white", [245, 245, 245]],
]);

/**
 * The name of the basic colour nearest to a colour.
 *
 * @param {number[]} colour red, green, blue, 0 … 255
 */
export function colourName(colour) {
  const distance = (/** @type {number[]} */ other) => other.reduce((sum, value, channel) => sum + (value - colour[channel]) ** 2, 0);
  return COLOURS.reduce((best, one) => (distance(one[1]) < distance(best[1]) ? one : best))[0];
}

/**
 * What an edit does: `paste igloo`, `make water blue`, `remove window`.
 *
 * @param {import("./stage/edit_list.js").Edit} edit
 * @param {(patch: string) => {name: string} | undefined} patchOf
 */
export function editWords(edit, patchOf) {
  if (edit.edit === "paste") return `paste ${patchOf(edit.patch)?.name ?? "a patch"}`;
  if (edit.edit === "recolour") return `make ${edit.formula} ${colourName(edit.colour)}`;
  return `remove ${edit.formula}`;
}

/**
 * What the edits did to the prediction, as one sentence.
 *
 * @param {object} change
 * @param {string} change.from the class predicted for the picture as it was
 * @param {string} change.to the class predicted now
 * @param {boolean} change.flipped
 * @param {boolean} change.reached whether that is the class that was wanted
 * @param {string | null} change.target its name; `null` where any other class will do
 * @param {number} change.edits how many there are
 */
export function verdictWords({ from, to, flipped, reached, target, edits }) {
  if (edits === 0) return `The picture as it is. ${target === null ? "Any other class will do." : `Wanted: ${target}.`}`;
  if (!flipped) return `Not flipped: it still says ${from}.`;
  if (reached) return target === null ? `Flipped from ${from} to ${to}.` : `Flipped from ${from} to ${to}, as wanted.`;
  return `Flipped from ${from} to ${to}, not to ${target}.`;
}

/**
 * How a formula's truth changed with the edits.
 *
 * @param {number} before share of the positions where it held
 * @param {number} after
 */
export function truthWords(before, after) {
  if (before === 0 && after > 0) return `now true, on ${formatPercent(after)} of the picture`;
  if (after === 0 && before > 0) return `no longer true, was on ${formatPercent(before)} of the picture`;
  return `true on ${formatPercent(before)} → ${formatPercent(after)} of the picture`;
}

/**
 * `unit 8`, `units 8, 32, 51 and 4 more`.
 *
 * @param {number[]} units
 */
export function unitsWords(units) {
  const more = units.length > 4 ? ` and ${units.length - 3} more` : "";
  return `unit${units.length === 1 ? "" : "s"} ${units.slice(0, more ? 3 : 4).join(", ")}${more}`;
}

/**
 * What a sweep found, in words.
 *
 * @param {import("./messages").Counts} counts
 * @param {number} total placements of the whole grid
 * @param {string | null} target
 * @param {string} original
 */
export function sweepWords({ success, partial, failure }, total, target, original) {
  const done = success + partial + failure;
  const tried = done < total ? `${formatCount(done)} of ${formatCount(total)} placements tried` : formatPlural(total, "placement");
  if (target === null) return `${tried}: ${formatCount(success)} turn it into another class than ${original}, ${formatCount(failure)} do not.`;
  return (
    `${tried}: ${formatCount(success)} reach ${target} (success), ${formatCount(partial)} some other class than ${original} (partial), ` +
    `${formatCount(failure)} change nothing or only show the patch (failure).`
  );
}

/** @type {Record<string, {mark: string, words: string}>} outcomes by the letter that the kernel sends; "" not tried yet */
export const OUTCOMES = {
  s: { mark: "●", words: "success" },
  p: { mark: "○", words: "partial success" },
  f: { mark: "", words: "failure" },
  "": { mark: "", words: "not tried yet" },
};

/**
 * How far something in the background is.
 *
 * @param {Pick<import("../../shared/page/messages").Progress, "done" | "total" | "seconds_left"> & {succeeded?: number}} progress
 * @param {string} noun what is counted
 * @param {boolean} finished
 */
export function progressWords({ done, total, succeeded, seconds_left: left }, noun, finished) {
  const flipped = succeeded === undefined ? "" : ` · flipped ${formatCount(succeeded)}`;
  if (finished) return `tried ${formatPlural(done, noun)}${done < total ? ` of ${formatCount(total)}, then stopped` : ""}${flipped}`;
  if (total === 0) return "starting …";
  return `tried ${formatCount(done)} of ${formatPlural(total, noun)}${flipped}${leftWords(left)}`;
}
