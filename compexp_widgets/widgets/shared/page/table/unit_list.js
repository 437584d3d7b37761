/** The left side of the explorer: all units in a table, how far they are explained, and the table as a file. */

import { saveFile, toCsv } from "../elements/files.js";
import { button, outOfUse } from "../elements/controls.js";
import { element } from "../elements/element.js";
import { formatCount } from "../elements/format.js";
import { leftWords } from "../protocol/job.js";
import { LongTable } from "./long_table.js";
import { sameSettings } from "../protocol/settings.js";

/** @typedef {{unit: number, name?: string, row: import("../messages").Row | null, stale: boolean}} Entry `row` is null for a unit not explained yet */

/**
 * What the table says of a unit.
 *
 * @typedef {object} UnitColumns
 * @property {import("./long_table.js").Column[]} columns
 * @property {string} tableClass
 * @property {(entry: any) => string} searchable the text that the filter searches
 * @property {string[]} csvHeader
 * @property {(entry: any) => (string | number | boolean | null)[]} csvRow of an `Entry` with its row
 */

const WORDS = {
  rows: "units",
  filter: "filter units by concept or number",
  placeholder: "filter: a concept, or a unit’s number",
  empty: "No unit’s formula has these words.",
};

export class UnitList {
  /**
   * @param {object} options
   * @param {import("../messages").StudyMessage} options.study
   * @param {UnitColumns} options.columns
   * @param {string[]} options.searchTraits the settings that rows depend on
   * @param {(unit: number) => void} options.onSelect
   * @param {() => void} options.onExplainAll
   * @param {() => void} options.onCancel
   */
  constructor({ study, columns, searchTraits, onSelect, onExplainAll, onCancel }) {
    this.columns = columns;
    this.searchTraits = searchTraits;
    this.units = study.units;
    /** Empty where units are channels. */
    this.names = study.unit_names;
    /** @type {Map<number, import("../messages").Row>} */
    this.rows = new Map(study.rows.map((row) => [row.unit, row]));
    /** Units whose row was made with other settings than the ones the table is being filled with. */
    this.stale = new Set();
    /** @type {Record<string, any>} the settings that the table is made with */
    this.madeWith = study.defaults;
    this.running = false;
    /** Which filling of the table the rows are of; of one before, rows may still be on their way. */
    this.number = 0;

    this.table = new LongTable({
      columns: columns.columns,
      words: WORDS,
      keyOf: ({ unit }) => unit,
      searchable: columns.searchable,
      rowClass: ({ stale }) => (stale ? "compexp-stale" : ""),
      onChoose: onSelect,
      sortedBy: "iou",
    });
    if (columns.tableClass) this.table.node.classList.add(columns.tableClass);
    this.label = element("span", { class: "compexp-caption", title: "What the table’s formulas were searched with" }, "");
    /** What the rows were made with, in words. */
    this.madeLabel = study.table_label;
    this.progress = element("progress", { class: "compexp-progress", max: 1, value: 0, "aria-label": "units explained" });
    this.progressWords = element("span", { class: "compexp-caption" });
    this.cancel = button("cancel", onCancel);
    this.filling = element("div", { class: "compexp-row compexp-filling", hidden: true }, this.progress, this.progressWords, this.cancel);
    this.explainAll = button("explain all units", onExplainAll);
    this.export = button("export CSV", () => this.save(), { title: "Save the rows shown as a file" });
    this.node = element(
      "section",
      { class: "compexp-list", "aria-label": "units" },
      this.table.node,
      this.filling,
      element("div", { class: "compexp-list-foot" }, this.label, element("div", { class: "compexp-row" }, this.explainAll, this.export)),
    );
    this.refresh();
  }

  destroy() {
    this.table.destroy();
  }

  /** @param {Omit<import("../messages").Rows, "type" | "id" | "cancelled">} message */
  take(message) {
    if (message.filling < this.number) return;
    this.number = message.filling;
    for (const row of message.rows) {
      this.rows.set(row.unit, row);
      this.stale.delete(row.unit);
    }
    if (message.label) this.madeLabel = message.label;
    this.running = !message.finished;
    this.filling.hidden = message.finished && message.done >= message.total;
    this.cancel.hidden = !this.running;
    this.progress.max = message.total;
    this.progress.value = message.done;
        const state = this.running ? "explained" : "explained, then stopped";
    this.progressWords.textContent = `${formatCount(message.done)} of ${formatCount(message.total)} ${state}${this.running ? leftWords(message.seconds_left) : ""}`;
    this.refresh();
  }

  /** Says that filling the table has ended, because of an error. */
  interrupted() {
    this.running = false;
    this.filling.hidden = true;
    this.refresh();
  }

  /** @param {import("../protocol/settings.js").Settings} settings what all units are now explained with */
  startOver(settings) {
    this.madeWith = settings;
    this.stale = new Set(this.rows.keys());
    this.number += 1;
    this.take({ rows: [], done: 0, total: this.units.length, seconds_left: null, filling: this.number, label: "", finished: false });
    this.setSettings(settings);
  }

  /** @param {import("../protocol/settings.js").Settings} settings what the card is explained with */
  setSettings(settings) {
    this.settings = settings;
    const same = sameSettings(settings, this.madeWith, this.searchTraits);
    const reason = this.running
      ? "The table is being filled; cancel that first."
      : same && this.rows.size === this.units.length && this.stale.size === 0
        ? "The table was made with these settings already."
        : null;
    outOfUse(this.explainAll, reason, "Explain every unit with the present settings");
  }

  /** @param {number} unit */
  select(unit) {
    this.table.setSelected(unit);
  }

  refresh() {
    this.label.textContent = this.madeLabel;
    this.table.setEntries(
      this.units.map((unit) => ({
        unit,
        name: this.names[unit] ?? "",
        row: this.rows.get(unit) ?? null,
        stale: this.stale.has(unit),
      })),
    );
    if (this.settings) this.setSettings(this.settings);
  }

  /** The rows that were made with the settings of the table. */
  freshRows() {
    return [...this.rows.values()].filter(({ unit }) => !this.stale.has(unit));
  }

  save() {
    const rows = this.table.shown.filter(({ row }) => row !== null).map((entry) => this.columns.csvRow(entry));
    saveFile("units.csv", "text/csv;charset=utf-8", toCsv(this.columns.csvHeader, rows));
  }
}
