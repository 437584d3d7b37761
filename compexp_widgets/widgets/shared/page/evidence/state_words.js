/** What there is to be said of a unit besides its formula: its state and its active share, in a student's words. */

import { element } from "../elements/element.js";

/** @typedef {"fires" | "saturated" | "silent" | "constant" | "not finite"} UnitState */

/** @type {Record<string, string>} what the states mean, but for `fires`, which is as asked */
const MEANINGS = {
  saturated:
    "Saturated: more of this neuron’s activations equal its largest one than were asked for, and it cannot go higher. " +
    "It counts as firing where its activation is that largest one.",
  silent: "Silent: it fires at too few places to be explained, or at none.",
  constant: "Constant: it answers the same everywhere, so there is nothing to explain.",
  "not finite": "Not finite: some of its activations are no finite numbers, so it is left out.",
};

/**
 * What a state means; empty for a unit that fires as asked.
 *
 * @param {string | undefined} state
 */
export function stateMeaning(state) {
  return MEANINGS[state ?? ""] ?? "";
}

/**
 * Why a unit has no formula whatever is asked for; `null` where its state does not tell.
 *
 * @param {{unit: number, state?: string}} message a card
 * @param {string} everywhere such as "at every position of these pictures"
 */
export function stateSilence({ unit, state }, everywhere) {
  if (state === "constant") return `Unit ${unit} answers the same ${everywhere}: there is nothing to explain. Choose another unit.`;
  if (state === "not finite") {
    return (
      `Unit ${unit} gives values that are not finite (NaN, or infinite) on some of them, so it is left out. ` +
      "Check the network’s weights and its preprocess, or choose another unit."
    );
  }
  return null;
}

/**
 * Why the table has no formula for a unit, in few words.
 *
 * @param {string | undefined} state
 */
export function missingWords(state) {
  return { silent: "silent: fires too rarely", constant: "constant: never changes", "not finite": "not finite: left out" }[state ?? ""] ?? "no concept fits";
}

/**
 * A share of all positions, with two digits however small it is: `.14 %`, `2.5 %`, `37 %`.
 *
 * @param {number} share
 */
export function shareWords(share) {
  if (!Number.isFinite(share)) return "–";
  const percent = 100 * share;
  if (percent >= 9.95) return `${percent.toFixed(0)} %`;
  return `${String(Number(percent.toPrecision(2))).replace(/^0\./, ".")} %`;
}

/**
 * @param {import("../messages").CertificatePart | undefined} certificate as the kernel tells it
 */
export function certificateMark(certificate) {
  if (!certificate) return "";
  return element("span", { class: "compexp-caption compexp-certificate", title: certificate.details, tabindex: 0 }, certificate.words);
}
