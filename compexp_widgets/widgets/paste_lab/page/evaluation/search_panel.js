/** The search for the smallest edit that flips the prediction: constraints, progress, and the best so far. */

import { button, slider } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { formatPercent, formatPlural } from "../../../shared/page/elements/format.js";
import { FormulaEditor } from "../../../shared/page/formula/formula_editor.js";
import { Job } from "../../../shared/page/protocol/job.js";
import { editWords, progressWords } from "../paste_words.js";
import { thumbnail } from "../responses/idea_list.js";

/** Shares of the picture that the slider passes, in percent. */
const SHARES = { min: 2, max: 60 };

export class SearchPanel {
  /**
   * @param {object} options
   * @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} options.channel
   * @param {{name: string, category: string}[]} options.concepts
   * @param {string[]} options.categories
   * @param {string[]} options.classes
   * @param {() => {image: number, target: number, patches: import("../patches/patch_store.js").PatchInfo[]}} options.about what is searched with
   * @param {(patch: string) => import("../patches/patch_store.js").PatchInfo | undefined} options.patchOf
   * @param {(edit: import("../stage/edit_list.js").Edit) => void} options.onPlace
   * @param {(patches: string[]) => Promise<void>} options.onPatches gets patches that the page lacks
   */
  constructor({ channel, concepts, categories, classes, about, patchOf, onPlace, onPatches }) {
    this.classes = classes;
    this.about = about;
    this.patchOf = patchOf;
    this.onPlace = onPlace;
    this.onPatches = onPatches;
    this.largest = 25;
    this.share = slider("largest share of the picture that may be covered", SHARES, (percent) => this.setLargest(percent));
    this.shareWords = element("span", { class: "compexp-caption compexp-number" });
    this.keep = new FormulaEditor(
      { onDraft: () => this.keep.setProblem(null), onKeep: () => this.job.begin(), onAbandon: () => this.keep.close() },
      {
        label: "what must stay visible, as a formula",
        placeholder: "nothing in particular",
        keep: { text: "search", title: "Search (Enter)" },
        abandon: null,
        hint: "",
      },
    );
    this.keep.setConcepts(concepts, categories);
    this.keep.start("", false);
    this.keep.node.classList.add("compexp-small-editor");
    this.job = new Job({
      type: "search",
      start: "search the smallest edit",
      label: "progress",
      words: (part, finished) => progressWords(part, "placement", finished),
      channel,
      ask: () => this.ask(),
      onMessage: (found, { finished }) => this.hear(found, finished),
      onFormulaError: (failure) => this.keep.setProblem(failure),
    });
    this.with = element("div", { class: "compexp-caption" });
    this.best = element("div", { class: "compexp-best", "aria-live": "polite" });
    this.node = element(
      "div",
      { class: "compexp-tool" },
      element(
        "div",
        { class: "compexp-row compexp-tool-settings" },
        element("label", { class: "compexp-fade compexp-largest" }, element("span", { class: "compexp-caption" }, "covers at most"), this.share.node, this.shareWords),
        element("div", { class: "compexp-row compexp-keep" }, element("span", { class: "compexp-caption" }, "keep visible"), this.keep.node),
      ),
      this.with,
      this.job.node,
      this.best,
    );
    this.setLargest(this.largest);
    this.refresh();
  }

  /** @param {number} percent */
  setLargest(percent) {
    this.largest = percent;
    this.share.set(percent, `${percent} % of the picture`);
    this.shareWords.textContent = `${percent} %`;
  }

  /** Says what would be searched with. */
  refresh() {
    const { target, patches } = this.about();
    const wanted = target < 0 ? "any other class" : (this.classes[target] ?? `class ${target}`);
    this.with.textContent =
      patches.length > 0
        ? `Tries the ${formatPlural(patches.length, "patch").replace("patchs", "patches")} of the list above at many places and sizes, for ${wanted}.`
        : "Find patches first, in the list above: they are what is tried.";
  }

  /** @returns {import("../messages").SearchRequest | null} */
  ask() {
    const { image, target, patches } = this.about();
    this.refresh();
    if (patches.length === 0) {
      this.job.tell("There are no patches to try: find some in the list above.");
      return null;
    }
    this.best.replaceChildren();
    /** @type {import("../messages").Constraints} */
    const constraints = { largest_share: this.largest / 100, keep: this.keep.input.value.trim() };
    return { image, edits: [], target, constraints, patches: patches.map(({ id }) => id) };
  }

  /**
   * @param {import("../messages").Search} found
   * @param {boolean} finished
   */
  hear(found, finished) {
    const edit = found.best?.edit;
    if (edit?.edit === "paste" && this.patchOf(edit.patch) === undefined) void this.onPatches([edit.patch]).then(() => this.showBest(found, finished));
    this.showBest(found, finished);
  }

  /**
   * @param {import("../messages").Search} found
   * @param {boolean} finished
   */
  showBest({ best, succeeded, words }, finished) {
    if (!best) {
      this.best.replaceChildren(
        finished ? element("span", {}, `${words} Try other patches, or let the edit cover more.`) : "",
      );
      return;
    }
    const { edit, covered, predicted } = best;
    const name = this.classes[predicted] ?? "another class";
    this.best.replaceChildren(
      thumbnail(edit.edit === "paste" ? this.patchOf(edit.patch) : undefined, edit),
      element(
        "div",
        { class: "compexp-idea-words" },
        element("span", { class: "compexp-strong compexp-break" }, `${finished ? "best" : "best so far"}: ${editWords(edit, this.patchOf)} → ${name}`),
        element("span", { class: "compexp-caption" }, `covers ${formatPercent(covered)} of the picture; the smallest of ${formatPlural(succeeded, "placement")} that flipped it`),
      ),
      button("place", () => this.onPlace(edit), { "aria-label": "place the best edit", title: "Put it on the picture, in place of all other edits" }),
    );
  }

  /** The picture or the wanted class is another. */
  forget() {
    this.job.forget();
    this.best.replaceChildren();
    this.refresh();
  }
}
