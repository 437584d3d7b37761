/** Undo and redo. Pure: a history is a value, and so is what it holds. */

/** How many steps back are kept. */
const KEPT = 200;

/** Steps of one kind that follow each other within this many milliseconds are undone together. */
const TOGETHER = 1000;

/**
 * @template State
 * @typedef {object} History
 * @property {State[]} past from the oldest
 * @property {State} present
 * @property {State[]} future the next to redo first
 * @property {string} kind of the last step; empty when nothing may join it
 * @property {number} at when it was done, in milliseconds
 */

/**
 * @template State
 * @param {State} present
 * @returns {History<State>}
 */
export function newHistory(present) {
  return { past: [], present, future: [], kind: "", at: 0 };
}

/**
 * The history after one more step; what had been undone can no longer be redone. A step that changes nothing is none.
 *
 * @template State
 * @param {History<State>} history
 * @param {State} present
 * @param {{kind?: string, at?: number}} [step] steps of the same kind in quick succession, such as those of a key held
 *   down, become one
 * @returns {History<State>}
 */
export function stepped(history, present, { kind = "", at = 0 } = {}) {
  if (same(present, history.present)) return history;
  const joins = kind !== "" && kind === history.kind && at - history.at < TOGETHER;
  const past = joins ? history.past : [...history.past, history.present].slice(-KEPT);
  return { past, present, future: [], kind, at };
}

/**
 * @template State
 * @param {History<State>} history
 * @returns {History<State>} the same when there is nothing to undo
 */
export function undone(history) {
  if (history.past.length === 0) return history;
  const future = [history.present, ...history.future];
  return { past: history.past.slice(0, -1), present: /** @type {State} */ (history.past.at(-1)), future, kind: "", at: 0 };
}

/**
 * @template State
 * @param {History<State>} history
 * @returns {History<State>} the same when there is nothing to redo
 */
export function redone(history) {
  if (history.future.length === 0) return history;
  const past = [...history.past, history.present];
  return { past, present: history.future[0], future: history.future.slice(1), kind: "", at: 0 };
}

/**
 * Whether two states say the same.
 *
 * @param {unknown} one
 * @param {unknown} other
 */
export function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
