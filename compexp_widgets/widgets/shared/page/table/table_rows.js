/** Which rows of a unit table are shown, and in which order. Pure. */

/**
 * The rows that contain every word of the filter.
 *
 * @template Row
 * @param {Row[]} rows
 * @param {string} filter words separated by blanks; case does not matter
 * @param {(row: Row) => string} searchable the text of a row that is searched
 * @returns {Row[]}
 */
export function filterRows(rows, filter, searchable) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = searchable(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/**
 * The rows in the order of a column; rows without a value come last either way, ties keep their order.
 *
 * @template Row
 * @param {Row[]} rows
 * @param {(row: Row) => string | number | null | undefined} value
 * @param {"ascending" | "descending"} direction
 * @returns {Row[]}
 */
export function sortRows(rows, value, direction) {
  const sign = direction === "ascending" ? 1 : -1;
  const missing = (/** @type {any} */ key) => key === null || key === undefined || Number.isNaN(key);
  return rows
    .map((row, place) => ({ row, place, key: value(row) }))
    .sort((one, other) => {
      if (missing(one.key) || missing(other.key)) {
        return Number(missing(one.key)) - Number(missing(other.key)) || one.place - other.place;
      }
      return sign * compare(one.key, other.key) || one.place - other.place;
    })
    .map(({ row }) => row);
}

/**
 * @param {any} one
 * @param {any} other
 */
function compare(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  const left = String(one);
  const right = String(other);
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The span of rows that a scrolled list shows, with a few beyond each edge.
 *
 * @param {number} scrollTop
 * @param {number} viewHeight
 * @param {number} rowHeight
 * @param {number} count
 * @param {number} [margin]
 * @returns {{first: number, end: number}} end is one past the last
 */
export function visibleSpan(scrollTop, viewHeight, rowHeight, count, margin = 6) {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - margin);
  const end = Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + margin);
  return { first: Math.min(first, count), end: Math.max(end, Math.min(first, count)) };
}

/**
 * Where a key moves the selection in a list, or `null` for another key.
 *
 * @param {string} key
 * @param {number} current -1 when nothing is selected
 * @param {number} count
 * @param {number} page how many rows a page has
 * @returns {number | null}
 */
export function moveSelection(key, current, count, page) {
  const target = {
    ArrowUp: current < 0 ? count - 1 : current - 1,
    ArrowDown: current + 1,
    PageUp: current - page,
    PageDown: Math.max(0, current) + page,
    Home: 0,
    End: count - 1,
  }[key];
  return target === undefined || count === 0 ? null : Math.min(count - 1, Math.max(0, target));
}
