/**
 * The edits of a picture as the trait `edits` holds them: small JSON values, in order. Pure.
 *
 * Regions are recoloured and removed in the photograph itself, before anything is pasted on it: those edits come first.
 */

import { placementOf, tidied } from "./placement.js";

/** @typedef {import("../messages").PastePatch} Paste */
/** @typedef {Paste | import("../messages").RecolourRegion | import("../messages").RemoveRegion} Edit */

/**
 * @param {Edit} edit
 * @returns {edit is Paste}
 */
export function isPaste(edit) {
  return edit.edit === "paste";
}

/**
 * @param {string} patch its id
 * @param {import("./placement.js").Placement} placement
 * @returns {Paste}
 */
export function pasteOf(patch, placement) {
  return { edit: "paste", patch, ...tidied(placement) };
}

/**
 * The edits with one more: a patch on top of all, a change of a region behind the other changes of regions.
 *
 * @param {Edit[]} edits
 * @param {Edit} edit
 * @returns {{edits: Edit[], place: number}} and where it stands
 */
export function withEdit(edits, edit) {
  const place = isPaste(edit) ? edits.length : edits.filter((one) => !isPaste(one)).length;
  return { edits: [...edits.slice(0, place), edit, ...edits.slice(place)], place };
}

/**
 * @param {Edit[]} edits
 * @param {number} place
 * @returns {Edit[]}
 */
export function withoutEdit(edits, place) {
  return edits.filter((_, index) => index !== place);
}

/**
 * The edits with the patch at `place` lying elsewhere.
 *
 * @param {Edit[]} edits
 * @param {number} place
 * @param {import("./placement.js").Placement} placement
 * @returns {Edit[]}
 */
export function withPlacement(edits, place, placement) {
  return edits.map((edit, index) => (index === place && isPaste(edit) ? pasteOf(edit.patch, placement) : edit));
}

/**
 * Where an edit may go when it is moved one up (later, over others) or down; the same place where it may not.
 *
 * @param {Edit[]} edits
 * @param {number} place
 * @param {1 | -1} by
 */
export function movedPlace(edits, place, by) {
  const target = edits[place + by];
  return target !== undefined && isPaste(target) === isPaste(edits[place]) ? place + by : place;
}

/**
 * @param {Edit[]} edits
 * @param {number} place
 * @param {number} target
 * @returns {Edit[]}
 */
export function withMoved(edits, place, target) {
  const rest = withoutEdit(edits, place);
  return [...rest.slice(0, target), edits[place], ...rest.slice(target)];
}

/**
 * The patches' placements in order, `null` for changes of regions.
 *
 * @param {Edit[]} edits
 * @returns {(import("./placement.js").Placement | null)[]}
 */
export function placementsOf(edits) {
  return edits.map((edit) => (isPaste(edit) ? placementOf(edit) : null));
}

/** @param {Edit[]} edits */
export function regionEdits(edits) {
  return edits.filter((edit) => !isPaste(edit));
}

/** @param {Edit[]} edits */
export function patchIds(edits) {
  return [...new Set(edits.filter(isPaste).map(({ patch }) => String(patch)))];
}
