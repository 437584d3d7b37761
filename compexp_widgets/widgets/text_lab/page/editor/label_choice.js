/** From which label an edit should lead to which other, and whose formula it is made from. */

import { choice } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { unitLine, unitsThatSpeak } from "../text_words.js";

export class LabelChoice {
  /**
   * @param {import("../messages").Study} study
   * @param {(changes: Partial<import("../messages").Traits>) => void} onChange
   */
  constructor(study, onChange) {
    this.study = study;
    const { labels } = study;
    const options = labels.map((label) => ({ value: label, text: label }));
    this.settings = { source: labels[0], target: labels[labels.length - 1], unit: /** @type {number | null} */ (null) };
    /** @type {Map<number, import("../messages").UnitRow>} */
    this.rows = new Map(study.rows.map((row) => [row.unit, row]));
    this.drawn = "";
    // Both are never the same: who chooses one's label for the other swaps them.
    this.source = choice("from the label", options, (source) => onChange(source === this.settings.target ? { source, target: this.settings.source } : { source }));
    this.target = choice("to the label", options, (target) => onChange(target === this.settings.source ? { target, source: this.settings.target } : { target }));
    this.unit = element("select", {
      class: "compexp-select compexp-unit-select",
      "aria-label": "unit whose formula suggests edits",
      title: "The unit whose formula suggests edits; those that speak most for the second label against the first come first",
      on: { change: () => onChange({ unit: this.unit.value === "" ? null : Number(this.unit.value) }) },
    });
    this.progress = element("span", { class: "compexp-caption", role: "status" });
    this.node = element(
      "div",
      { class: "compexp-label-choice compexp-row" },
      element("span", {}, "from"),
      this.source.node,
      element("span", {}, "to"),
      this.target.node,
      element("label", { class: "compexp-unit-choice" }, element("span", {}, "through"), this.unit),
      this.progress,
    );
  }

  /** @param {{source: string, target: string, unit: number | null}} settings */
  set(settings) {
    this.settings = settings;
    this.source.set(settings.source);
    this.target.set(settings.target);
    this.draw();
  }

  /** @param {import("../messages").Rows} message */
  take({ rows, done, total, finished }) {
    for (const row of rows) this.rows.set(row.unit, row);
    this.progress.textContent = finished ? "" : `explaining units: ${done} of ${total}`;
    // A list that is open must not be drawn anew under the pointer.
    if (finished || document.activeElement !== this.unit) this.draw();
  }

  draw() {
    const { source, target, unit } = this.settings;
    const key = JSON.stringify([source, target, [...this.rows].map(([number, row]) => [number, row.formula])]);
    if (key !== this.drawn) {
      this.drawn = key;
      const order = unitsThatSpeak(this.study.units, this.study.class_weights, this.rows, this.study.labels.indexOf(source), this.study.labels.indexOf(target));
      this.unit.replaceChildren(
        element("option", { value: "" }, "all units"),
        ...order.map((number) => element("option", { value: number, title: this.rows.get(number)?.formula ?? "" }, `unit ${unitLine(number, this.rows.get(number))}`)),
      );
    }
    this.unit.value = unit === null ? "" : String(unit);
  }
}
