/** Does the formula cause it? The edit beside edits that the formula does not speak of, and the network without units. */

import { shareBar } from "../../../shared/page/table/cells.js";
import { button, outOfUse } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { formatCount, formatPercent, formatPlural } from "../../../shared/page/elements/format.js";
import { Job } from "../../../shared/page/protocol/job.js";

export class ControlPanel {
  /**
   * @param {object} options
   * @param {string[]} options.labels the network's
   * @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} options.channel
   * @param {(words: string) => void} options.announce
   */
  constructor({ labels, channel, announce }) {
    this.names = labels;
    this.announce = announce;
    /** @type {{edits: Record<string, unknown>[], words: string, units: number[]} | null} */
    this.chosen = null;
    this.labels = { source: 0, target: labels.length - 1 };
    this.job = new Job({ channel, type: "controls", label: "controls run", onMessage: (message) => this.tell(message) });
    this.about = element("div", { class: "compexp-break" });
    this.run = button("run the controls", () => this.start(), { "data-does": "controls" });
    this.verdict = element("div", { class: "compexp-verdict", role: "status" });
    this.table = element("table", { class: "compexp-matrix compexp-controls", hidden: true });
    this.node = element(
      "div",
      { class: "compexp-control-panel" },
      element("div", {}, "If the formula is why the edit works, other words in the same place should not, and the edit should fail without the units whose formulas suggest it."),
      this.about,
      element("div", { class: "compexp-row" }, this.run),
      this.job.node,
      this.verdict,
      this.table,
    );
    this.choose(null, this.labels);
  }

  /**
   * @param {{edits: Record<string, unknown>[], words: string, units: number[]} | null} chosen
   * @param {{source: number, target: number}} labels
   */
  choose(chosen, labels) {
    this.chosen = chosen;
    this.labels = labels;
    this.job.forget();
    this.verdict.textContent = "";
    this.table.hidden = true;
    this.about.replaceChildren(chosen ? element("span", { class: "compexp-strong" }, chosen.words) : element("span", { class: "compexp-muted" }, "Choose “on all pairs” beside a suggestion first."));
    const reason = !chosen ? "There is no edit to control yet" : chosen.edits.length > 1 ? "Controls are run for one edit at a time" : null;
    outOfUse(this.run, reason, "Try the same edit with other words, on the other side, and with the units silenced");
  }

  start() {
    if (!this.chosen) return;
    const { edits, units } = this.chosen;
    const { source, target } = this.labels;
    void this.job.start({ edits, units, source: this.names[source], target: this.names[target] });
  }

  /** @param {import("../messages").Controls} message */
  tell({ rows, verdict }) {
    this.table.hidden = rows.length === 0;
    this.table.replaceChildren(
      element("thead", {}, element("tr", {}, ...["", "what is tried", "pairs", `flip to ${this.names[this.labels.target]}`].map((name) => element("th", { scope: "col" }, name)))),
      element(
        "tbody",
        {},
        ...rows.map((row) =>
          element(
            "tr",
            { class: row.what === "edit" ? "compexp-strong" : null },
            element("th", { scope: "row" }, row.kind),
            element("td", { class: "compexp-break" }, row.words),
            element("td", {}, formatCount(row.of)),
            element("td", { title: `${formatCount(row.count)} of ${formatPlural(row.of, "pair")}` }, element("span", { class: "compexp-accuracy-cell" }, shareBar(row.of > 0 ? row.count / row.of : 0), element("span", {}, row.of > 0 ? formatPercent(row.count / row.of) : "–"))),
          ),
        ),
      ),
    );
    if (verdict) {
      this.verdict.textContent = verdict;
      this.announce(verdict);
    }
  }
}
