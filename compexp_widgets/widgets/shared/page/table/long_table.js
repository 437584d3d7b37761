/** A long table: sorted, filtered, moved through with the keyboard; only the rows in view exist as elements. */

import { button } from "../elements/controls.js";
import { element, uniqueId } from "../elements/element.js";
import { formatCount } from "../elements/format.js";
import { filterRows, moveSelection, sortRows, visibleSpan } from "./table_rows.js";

const ROW_HEIGHT = 32;

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {string} title
 * @property {string} explanation what the column says, for the header's title
 * @property {(row: any) => string | number | null | undefined} value what sorting compares; nothing sorts last
 * @property {"ascending" | "descending"} first the direction that the first click sorts in
 * @property {(row: any, filter: string) => (Node | string)[]} cell
 * @property {boolean} [number] aligned to the right
 */

/**
 * What a table says of itself.
 *
 * @typedef {object} TableWords
 * @property {string} rows what its rows are
 * @property {string} filter what the filter finds
 * @property {string} placeholder
 * @property {string} empty that the filter finds nothing
 */

export class LongTable {
  /**
   * @param {object} options
   * @param {Column[]} options.columns
   * @param {TableWords} options.words
   * @param {(entry: any) => number} options.keyOf what tells an entry from all others
   * @param {(entry: any) => string} options.searchable the text of an entry that the filter searches
   * @param {(key: number) => void} options.onChoose
   * @param {string} options.sortedBy key of a column
   * @param {(entry: any) => string} [options.rowClass]
   * @param {(entry: any) => boolean} [options.isFirst] which entries stand before all others, in the same order
   * @param {boolean} [options.follow] whether moving through the table chooses what it comes to; else Enter and Space do
   */
  constructor({ columns, words, keyOf, searchable, onChoose, sortedBy, rowClass = () => "", isFirst, follow = true }) {
    this.columns = columns;
    this.words = words;
    this.keyOf = keyOf;
    this.searchable = searchable;
    this.onChoose = onChoose;
    this.rowClass = rowClass;
    this.isFirst = isFirst;
    this.follow = follow;
    this.sortKey = sortedBy;
    this.direction = this.column(sortedBy).first;
    /** @type {any[]} */
    this.entries = [];
    /** @type {any[]} */
    this.shown = [];
    /** @type {number | null} */
    this.selected = null;
    this.idStem = uniqueId("row");

    this.filter = element("input", {
      type: "search",
      class: "compexp-filter",
      "aria-label": words.filter,
      placeholder: words.placeholder,
      on: { input: () => this.refilter(), keydown: (/** @type {KeyboardEvent} */ event) => this.pressedInFilter(event) },
    });
    this.count = element("span", { class: "compexp-caption compexp-number", role: "status" });
    this.headers = columns.map((column) =>
      element(
        "div",
        { role: "columnheader", class: column.number ? "compexp-number" : null },
        element("button", { type: "button", title: column.explanation, on: { click: () => this.sortBy(column.key) } }, column.title),
      ),
    );
    this.header = element("div", { role: "row", class: "compexp-table-row compexp-table-header", "aria-rowindex": 1 }, ...this.headers);
    this.spacer = element("div", { class: "compexp-table-rows", role: "presentation" });
    this.scroller = element("div", { class: "compexp-table-scroller", role: "rowgroup", tabindex: -1, on: { scroll: () => this.draw() } }, this.spacer);
    this.empty = element(
      "div",
      { class: "compexp-empty", hidden: true },
      element("span", {}, words.empty),
      button("clear the filter", () => this.clearFilter()),
    );
    this.grid = element(
      "div",
      {
        class: "compexp-table",
        role: "grid",
        tabindex: 0,
        "aria-label": words.rows,
        on: { keydown: (/** @type {KeyboardEvent} */ event) => this.pressed(event) },
      },
      this.header,
      this.scroller,
    );
    // The row under the pointer is computed: rows are drawn anew while the table fills, between press and release.
    this.spacer.addEventListener("click", (/** @type {MouseEvent} */ event) => {
      const place = Math.floor((event.clientY - this.spacer.getBoundingClientRect().top) / ROW_HEIGHT);
      if (this.shown[place]) this.choose(place);
      this.grid.focus({ preventScroll: true });
    });
    this.node = element(
      "div",
      { class: "compexp-units" },
      element("div", { class: "compexp-row compexp-filter-row" }, this.filter, this.count),
      this.grid,
      this.empty,
    );
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(this.scroller);
    this.markSorted();
  }

  destroy() {
    this.resizing.disconnect();
  }

  /** @param {string} key */
  column(key) {
    return /** @type {Column} */ (this.columns.find((column) => column.key === key));
  }

  /** @param {any[]} entries */
  setEntries(entries) {
    this.entries = entries;
    this.arrange();
  }

  /**
   * @param {number} key
   * @param {boolean} [reveal] whether to scroll it into view
   */
  setSelected(key, reveal = true) {
    this.selected = key;
    if (reveal) this.reveal();
    this.draw();
  }

  /** What stands some places after the selected entry, if anything does. */
  neighbour(/** @type {number} */ by) {
    const place = this.place();
    const entry = place < 0 ? this.shown[by > 0 ? 0 : -1] : this.shown[place + by];
    return entry ? this.keyOf(entry) : null;
  }

  place() {
    return this.shown.findIndex((entry) => this.keyOf(entry) === this.selected);
  }

  refilter() {
    this.arrange();
    this.scroller.scrollTop = 0;
    this.reveal();
  }

  clearFilter() {
    this.filter.value = "";
    this.refilter();
    this.filter.focus();
  }

  /** @param {string} key */
  sortBy(key) {
    const column = this.column(key);
    if (this.sortKey !== key) this.direction = column.first;
    else this.direction = this.direction === "ascending" ? "descending" : "ascending";
    this.sortKey = key;
    this.markSorted();
    this.arrange();
    this.scroller.scrollTop = 0;
  }

  markSorted() {
    this.columns.forEach((column, place) => {
      this.headers[place].setAttribute("aria-sort", column.key === this.sortKey ? this.direction : "none");
    });
  }

  arrange() {
    const column = this.column(this.sortKey);
    const filtered = filterRows(this.entries, this.filter.value, this.searchable);
    const sorted = sortRows(filtered, (entry) => column.value(entry), this.direction);
    const { isFirst } = this;
    this.shown = isFirst ? [...sorted.filter(isFirst), ...sorted.filter((entry) => !isFirst(entry))] : sorted;
    const all = formatCount(this.entries.length);
    this.count.textContent = this.filter.value.trim() ? `${formatCount(this.shown.length)} of ${all}` : `${all} ${this.words.rows}`;
    this.empty.hidden = this.shown.length > 0 || this.entries.length === 0;
    this.grid.hidden = !this.empty.hidden;
    this.grid.setAttribute("aria-rowcount", String(this.shown.length + 1));
    this.draw();
  }

  reveal() {
    const place = this.place();
    if (place < 0) return;
    const top = place * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop - clientHeight || top > scrollTop + 2 * clientHeight) {
      // From far away it comes to the middle, with its neighbours on both sides.
      this.scroller.scrollTop = Math.round((top - clientHeight / 2) / ROW_HEIGHT) * ROW_HEIGHT;
    } else if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + clientHeight) {
      // To a whole row, so that the first row in view is not cut.
      this.scroller.scrollTop = Math.ceil((top + ROW_HEIGHT - clientHeight) / ROW_HEIGHT) * ROW_HEIGHT;
    }
  }

  /** @param {number} place */
  choose(place) {
    const key = this.keyOf(this.shown[place]);
    this.setSelected(key);
    this.onChoose(key);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.target !== this.grid || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.follow && (event.key === "Enter" || event.key === " ") && this.place() >= 0) {
      event.preventDefault();
      this.choose(this.place());
      return;
    }
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_HEIGHT) - 1);
    const target = moveSelection(event.key, this.place(), this.shown.length, page);
    if (target === null) return;
    event.preventDefault();
    this.moveTo(target);
  }

  /** @param {number} place */
  moveTo(place) {
    if (this.follow) this.choose(place);
    else this.setSelected(this.keyOf(this.shown[place]));
  }

  /** @param {KeyboardEvent} event */
  pressedInFilter(event) {
    if (event.key === "Escape" && this.filter.value) {
      event.preventDefault();
      this.clearFilter();
    } else if (event.key === "ArrowDown" && this.shown.length > 0) {
      event.preventDefault();
      this.grid.focus();
      if (this.place() < 0) this.moveTo(0);
    }
  }

  draw() {
    this.spacer.style.height = `${this.shown.length * ROW_HEIGHT}px`;
    const { first, end } = visibleSpan(this.scroller.scrollTop, this.scroller.clientHeight, ROW_HEIGHT, this.shown.length);
    this.spacer.replaceChildren(...this.shown.slice(first, end).map((entry, offset) => this.drawRow(entry, first + offset)));
    const place = this.place();
    if (place >= first && place < end) this.grid.setAttribute("aria-activedescendant", `${this.idStem}-${this.selected}`);
    else this.grid.removeAttribute("aria-activedescendant");
  }

  /**
   * @param {any} entry
   * @param {number} place
   */
  drawRow(entry, place) {
    const row = element(
      "div",
      {
        role: "row",
        id: `${this.idStem}-${this.keyOf(entry)}`,
        class: `compexp-table-row ${this.rowClass(entry)}`,
        "aria-rowindex": place + 2,
        "aria-selected": String(this.keyOf(entry) === this.selected),
      },
      ...this.columns.map((column) =>
        element("div", { role: "gridcell", class: column.number ? "compexp-number" : null }, ...column.cell(entry, this.filter.value)),
      ),
    );
    row.style.top = `${place * ROW_HEIGHT}px`;
    return row;
  }
}
