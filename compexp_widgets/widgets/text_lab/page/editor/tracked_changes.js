/** A sentence with its changes: inserted words underlined, removed ones struck through. */

import { element } from "../../../shared/page/elements/element.js";
import { changedText } from "./word_changes.js";

/** @type {Record<string, {tag: string, title: string | null}>} */
const SHOWN = {
  keep: { tag: "span", title: null },
  insert: { tag: "ins", title: "put in" },
  delete: { tag: "del", title: "taken out" },
};

/**
 * @param {import("./word_changes.js").Run[]} runs
 * @returns {HTMLElement}
 */
export function trackedSentence(runs) {
  const pieces = changedText(runs).flatMap(({ change, text, blank }) => {
    const { tag, title } = SHOWN[change];
    return [blank ? " " : "", element(tag, { class: change === "keep" ? null : `compexp-${change}`, title }, text)];
  });
  return element("span", { class: "compexp-tracked compexp-break" }, ...(pieces.length > 0 ? pieces : [element("span", { class: "compexp-muted" }, "(no words)")]));
}
