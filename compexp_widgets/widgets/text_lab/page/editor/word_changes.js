/** What was put into a sentence and taken out of it, word by word. */

import { element } from "../../../shared/page/elements/element.js";
import { blanksBefore } from "../../../shared/page/sentences/sentence_words.js";

/** @typedef {{change: "keep" | "insert" | "delete", tokens: string[]}} Run neighbouring words that have the same fate */

/**
 * The words that two sentences share, in order, as many as possible; the others are deleted or inserted. Case apart: a
 * word that loses its capital because another one stands before it now is kept, and written as it is now.
 *
 * @param {string[]} before
 * @param {string[]} after
 * @returns {Run[]} together the sentence after the change, when the deleted words are left out
 */
export function wordChanges(before, after) {
  const [old, now] = [before, after].map((tokens) => tokens.map((token) => token.toLowerCase()));
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const [rows, columns] = [old.length - head - tail, now.length - head - tail];
  // shared[row][column]: how many words the rest of both sentences can share from there.
  const shared = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      const same = old[head + row] === now[head + column];
      shared[row][column] = same ? shared[row + 1][column + 1] + 1 : Math.max(shared[row + 1][column], shared[row][column + 1]);
    }
  }
  /** @type {Run[]} */
  const runs = [];
  const add = (/** @type {Run["change"]} */ change, /** @type {string} */ token) => {
    const last = runs.at(-1);
    if (last?.change === change) last.tokens.push(token);
    else runs.push({ change, tokens: [token] });
  };
  for (const token of after.slice(0, head)) add("keep", token);
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    if (row < rows && column < columns && old[head + row] === now[head + column]) {
      add("keep", after[head + column]);
      row += 1;
      column += 1;
    } else if (column === columns || (row < rows && shared[row + 1][column] >= shared[row][column + 1])) {
      add("delete", before[head + row]);
      row += 1;
    } else {
      add("insert", after[head + column]);
      column += 1;
    }
  }
  for (const token of after.slice(after.length - tail)) add("keep", token);
  return runs;
}

/**
 * The runs as text, with blanks where English has them; a blank between two runs stands outside both.
 *
 * @param {Run[]} runs
 * @returns {{change: Run["change"], text: string, blank: boolean}[]} `blank`: whether one stands before it
 */
export function changedText(runs) {
  const blanks = blanksBefore(runs.flatMap(({ tokens }) => tokens));
  let place = 0;
  return runs.map(({ change, tokens }) => {
    const first = place;
    place += tokens.length;
    const text = tokens.map((token, offset) => (offset > 0 && blanks[first + offset] ? ` ${token}` : token)).join("");
    return { change, text, blank: blanks[first] ?? false };
  });
}

/**
 * How many words were put in and taken out.
 *
 * @param {Run[]} runs
 */
export function countChanges(runs) {
  const count = (/** @type {Run["change"]} */ wanted) =>
    runs.filter(({ change }) => change === wanted).reduce((sum, { tokens }) => sum + tokens.length, 0);
  return { inserted: count("insert"), deleted: count("delete") };
}

/** @type {Record<string, {tag: string, title: string | null}>} */
const SHOWN = {
  keep: { tag: "span", title: null },
  insert: { tag: "ins", title: "put in" },
  delete: { tag: "del", title: "taken out" },
};

/**
 * @param {Run[]} runs
 * @returns {HTMLElement}
 */
export function trackedSentence(runs) {
  const pieces = changedText(runs).flatMap(({ change, text, blank }) => {
    const { tag, title } = SHOWN[change];
    return [blank ? " " : "", element(tag, { class: change === "keep" ? null : `compexp-${change}`, title }, text)];
  });
  return element("span", { class: "compexp-tracked compexp-break" }, ...(pieces.length > 0 ? pieces : [element("span", { class: "compexp-muted" }, "(no words)")]));
}
