/** One unit's answer: its formula as pills or as text, its scores, and what more there is to know about it. */

import { AnswerTabs } from "../elements/answer_tabs.js";
import { copyText } from "../elements/files.js";
import { button, outOfUse } from "../elements/controls.js";
import { element } from "../elements/element.js";
import { firingWords } from "../firing/firing.js";
import { formatScore } from "../elements/format.js";
import { FormulaEditor } from "./formula_editor.js";
import { categoryLegend, FormulaPills } from "./formula_pills.js";
import { ProofRequest } from "../protocol/proof_request.js";
import { proofOfLength, proofWords } from "../evidence/proof_words.js";
import { scoreRow } from "../table/score_bars.js";
import { searchKey } from "../protocol/settings.js";
import { shareWords, stateMeaning } from "../evidence/state_words.js";
import { testedScores } from "../evidence/tested_scores.js";
import { unitTitle } from "../explorer/subject_words.js";

/**
 * @typedef {object} AnswerListeners
 * @property {(changes: Partial<import("../protocol/settings.js").Settings & {overlay: string}>) => void} onChange sets traits
 * @property {(by: number) => void} onStep to another unit of the table
 * @property {(text: string | null) => void} onDraft a formula while it is typed; `null` when typing ends
 * @property {((settings: import("../protocol/settings.js").Settings, of: number, hear: (message: import("../firing/range_list.js").RangeMessage) => void) => Promise<void>) | null} onRanges
 *   asks for the ranges of activation; `null` where there are none
 * @property {(settings: import("../protocol/settings.js").Settings) => Promise<import("../messages").EvidenceMessage>} onEvidence asks what speaks for the formula
 * @property {((settings: import("../protocol/settings.js").Settings) => Promise<import("../messages").Proof>) | null} onProve asks for a proof; `null` where one is
 *   searched for anyway
 * @property {(what: "ranges" | "evidence" | "proof") => void} onCancel
 */

export class FormulaAnswer {
  /**
   * @param {object} options
   * @param {import("../messages").StudyMessage} options.study
   * @param {import("../explorer/subject_words.js").Subject} options.subject
   * @param {import("../elements/tooltip.js").Tooltip} options.tooltip
   * @param {AnswerListeners} options.listeners
   */
  constructor({ study, subject, tooltip, listeners }) {
    const { onChange, onStep, onDraft, onRanges, onEvidence, onProve, onCancel } = listeners;
    this.study = study;
    this.onChange = onChange;
    this.onDraft = onDraft;
    this.tooltip = tooltip;
    /** @type {import("../explorer/unit_explorer.js").ShownCard | null} */
    this.message = null;
    /** @type {string | null} a formula that is to be kept once the kernel has read it */
    this.keeping = null;
    /** @type {number[]} the trait's value, which may be newer than the card */
    this.switchedOff = [];
    /** @type {string | null} a formula that was made the trait's while a better one was still searched for */
    this.pinned = null;
    /** Whether the editor was opened to show what is wrong with a formula that came from the kernel's side. */
    this.openedForProblem = false;

    this.name = element("h2", { class: "compexp-break" }, "unit");
    this.state = element("span", { class: "compexp-proof compexp-state", hidden: true, tabindex: 0 });
    this.share = element("span", { class: "compexp-caption compexp-number compexp-active-share", hidden: true, tabindex: 0 });
    tooltip.explain(this.state, () => element("div", {}, stateMeaning(this.message?.state)));
    tooltip.explain(this.share, () => element("div", {}, `Active share: the neuron fires ${subject.at} ${shareWords(this.message?.active_share ?? 0)} of all ${subject.position}s.`));
    this.edit = button("edit", () => this.startEditing(), { title: "Edit the formula by hand" });
    this.copy = button("copy", () => this.copyFormula(), { title: "Copy the formula’s text" });
    this.before = button("‹", () => onStep(-1), { "aria-label": "previous unit in the table", title: "Previous unit in the table" });
    this.after = button("›", () => onStep(1), { "aria-label": "next unit in the table", title: "Next unit in the table" });
    this.pills = new FormulaPills({ tooltip, onToggle: (index) => this.toggle(index) });
    this.legend = element("div", { class: "compexp-formula-foot" });
    this.editor = new FormulaEditor({
      onDraft: (text) => {
        this.openedForProblem = false;
        onDraft(text);
      },
      onKeep: (text) => this.keep(text),
      onAbandon: () => this.abandon(),
    });
    // Operators are written around a concept’s name, which can be completed.
    const plain = study.concepts.filter((concept) => !("operator" in concept && concept.operator));
    this.editor.setConcepts(plain, study.categories);
    this.scores = scoreRow(["iou", "precision", "recall", "f1"], tooltip, subject);
    this.tested = testedScores(tooltip, subject);
    this.more = new AnswerTabs({
      categories: study.categories,
      subject,
      tooltip,
      onLength: (answer) => this.chooseLength(answer),
      onCluster: (cluster) => onChange({ cluster }),
      onRanges,
      onEvidence,
      onCancel,
      onTested: () => this.tested.set(this.more.known()),
    });
    this.prover = onProve && new ProofRequest({ onAsk: onProve, onCancel: () => onCancel("proof"), onKnown: () => this.message && this.showProof(this.message) });
    this.numbers = element("div", { class: "compexp-caption compexp-numbers" });
    this.silence = element("div", { class: "compexp-empty compexp-silence", hidden: true });
    this.words = element("div", { class: "compexp-answer-words" }, this.pills.node, this.editor.node, this.legend);
    this.title = element(
      "div",
      { class: "compexp-section-title compexp-card-title" },
      element("div", { class: "compexp-row" }, this.name, this.before, this.after, this.state, this.share),
      element("div", { class: "compexp-row" }, this.edit, this.copy),
    );
    this.node = element(
      "div",
      { class: "compexp-answer" },
      this.words,
      element("div", { class: "compexp-measures" }, this.scores.node, this.tested.node),
      this.numbers,
      this.more.node,
    );
  }

  destroy() {
    this.editor.stop();
    this.more.leave();
    this.prover?.leave();
  }

  /**
   * @param {import("../explorer/unit_explorer.js").ShownCard} message
   * @param {object} words
   * @param {string} words.numbers what is counted
   * @param {string | null} words.silence why there is no formula; `null` when there is one
   */
  show(message, { numbers, silence }) {
    this.message = message = this.withProof(message);
    const { formula, settings } = message;
    this.name.textContent = unitTitle(message.unit, this.study.unit_names);
    this.showState(message);
    this.silence.hidden = silence === null;
    this.node.hidden = silence !== null;
    this.silence.textContent = silence ?? "";
    if (silence !== null) return;
    const leaves = message.leaves;
    this.words.classList.toggle("compexp-two-lines", settings.max_length > 3 || formula.edited);
    this.pills.show(formula.tokens, { leaves, switchedOff: settings.switched_off, categories: this.study.categories });
    this.showFoot(message, leaves);
    this.scores.set(message.scores, firingWords(settings.cluster).clause);
    this.node.classList.remove("compexp-outdated");
    this.more.show(message);
    this.tested.set(this.more.known());
    this.numbers.textContent = numbers;
    this.editor.setProblem(null);
    if (this.openedForProblem) this.setEditing(false);
    if (this.keeping !== null && this.keeping === settings.formula_text) this.keep(this.keeping);
    this.unpin();
  }

  /**
   * The unit's state, unless it fires as asked, and the share of the positions at which it fires.
   *
   * @param {import("../explorer/unit_explorer.js").ShownCard} message
   */
  showState({ state, active_share: share }) {
    const meaning = stateMeaning(state);
    this.state.hidden = meaning === "";
    this.state.textContent = meaning ? state : "";
    this.share.hidden = !Number.isFinite(share) || share === 0;
    this.share.textContent = `active ${shareWords(share)}`;
  }

  /**
   * The search has ended, and the formula shown need not change.
   *
   * @param {Pick<import("../messages").Proof, "proof" | "searched" | "by_length">} message
   */
  showProof({ proof, searched, by_length }) {
    if (!this.message) return;
    this.message = this.withProof({ ...this.message, proof, searched, by_length });
    if (this.node.hidden) return;
    this.showFoot(this.message, this.message.leaves);
    this.more.show(this.message);
    this.unpin();
  }

  /**
   * The card with the proof that was asked for before, if there is one.
   *
   * @param {import("../explorer/unit_explorer.js").ShownCard} message
   */
  withProof(message) {
    const known = this.prover?.known.get(searchKey(message.settings));
    return known ? { ...message, proof: known.proof, searched: known.searched, by_length: known.by_length } : message;
  }

  /**
   * @param {import("../explorer/unit_explorer.js").ShownCard} message
   * @param {import("../messages").LeafScore[]} leaves
   */
  showFoot(message, leaves) {
    const { formula, searched, settings } = message;
    const parts = [categoryLegend(this.study.categories, leaves.map((leaf) => leaf.category))];
    if (settings.switched_off.length > 0) {
      const shown = message.shown.text ? `shown: ${message.shown.text}` : "every concept is switched off";
      parts.push(
        element("span", { class: "compexp-caption compexp-break" }, shown),
        button("all back on", () => this.onChange({ switched_off: [] })),
      );
    } else if (formula.edited && formula.text === searched.text && this.prover?.known.has(searchKey(settings))) {
      parts.push(
        this.proofBadge(message.proof, searched.iou),
        element("span", { class: "compexp-caption" }, "found by the proof’s search"),
        button("back to the beam’s", () => this.abandon(), { title: "Back to the formula that the beam search found" }),
      );
    } else if (formula.edited && !this.editor.open) {
      const ofLength = message.by_length.find((answer) => answer.text === formula.text);
      if (ofLength) parts.push(this.proofBadge(proofOfLength(ofLength, message.proof), ofLength.iou));
      const whose = ofLength ? `best of length ${ofLength.length}` : `edited by hand; the search found ${searched.text}, IoU ${formatScore(searched.iou)}`;
      parts.push(
        element("span", { class: "compexp-caption compexp-break" }, whose),
        button(ofLength ? "back to the best" : "back to it", () => this.abandon(), { title: "Back to the search’s answer" }),
      );
    } else if (!formula.edited && message.proof.state !== "searching" && searched.iou > message.scores.iou) {
      parts.push(
        element("span", { class: "compexp-caption compexp-break" }, `The proof’s search found a better one, IoU ${formatScore(searched.iou)}:`),
        button("show it", () => this.onChange({ formula_text: searched.text })),
      );
    } else if (!formula.edited) {
      const open = settings.metric === "iou" && message.proof.state !== "searching" && message.proof.bound === null;
      const badge = this.proofBadge(message.proof, searched.iou);
      parts.push(this.prover && open ? this.prover.offer(searchKey(settings), settings) : badge);
    }
    this.legend.replaceChildren(...parts.filter((part) => part !== null));
  }

  /**
   * @param {import("../evidence/proof_words.js").Proof} proof
   * @param {number} iou
   */
  proofBadge(proof, iou) {
    const words = proofWords(proof, iou);
    if (!words) return null;
    const quiet = proof.state === "searching" ? " compexp-proving" : "";
    const badge = element("span", { class: `compexp-proof${quiet}`, tabindex: 0, "aria-label": `${words.text}. ${words.explanation}` }, words.text);
    this.tooltip.explain(badge, () => element("div", {}, words.explanation));
    return badge;
  }

  /**
   * What changes at once, before the kernel has answered.
   *
   * @param {import("../protocol/settings.js").Settings} settings
   */
  anticipate(settings) {
    this.switchedOff = settings.switched_off;
    // The pills of another unit's formula stay as they are: its concepts have other numbers.
    if (settings.unit === this.message?.unit) this.pills.setSwitchedOff(settings.switched_off);
  }

  /**
   * @param {number | null} before
   * @param {number | null} after
   */
  setNeighbours(before, after) {
    outOfUse(this.before, before === null ? "This is the first unit of the table." : null, "Previous unit in the table");
    outOfUse(this.after, after === null ? "This is the last unit of the table." : null, "Next unit in the table");
  }

  /** @param {number} index */
  toggle(index) {
    const now = this.switchedOff;
    const next = now.includes(index) ? now.filter((other) => other !== index) : [...now, index].sort((a, b) => a - b);
    if (!this.message) return;
    const { formula, proof } = this.message;
    if (proof.state === "searching" && !formula.edited) {
      // Another formula may take the place of this one, where the same number means another concept.
      this.pinned = formula.text;
      this.onChange({ formula_text: formula.text, switched_off: next });
    } else this.onChange({ switched_off: next });
  }

  /** A formula that was kept because a better one might have come is the search's again, if none came. */
  unpin() {
    if (this.pinned === null || !this.message) return;
    const { proof, searched, settings } = this.message;
    if (proof.state === "searching") return;
    const same = this.pinned === settings.formula_text && this.pinned === searched.text;
    if (same) this.onChange({ formula_text: "", switched_off: settings.switched_off });
    if (same || this.pinned !== settings.formula_text) this.pinned = null;
  }

  startEditing() {
    if (this.editor.open || !this.message || this.node.hidden) return;
    this.setEditing(true);
    this.editor.start(this.message.formula.text);
  }

  /** @param {boolean} editing */
  setEditing(editing) {
    this.openedForProblem = false;
    this.pills.node.hidden = editing;
    outOfUse(this.edit, editing ? "The formula is being edited: Enter keeps it, Esc drops it." : null, "Edit the formula by hand");
    if (!editing) {
      this.editor.stop();
      this.keeping = null;
    }
  }

  /** @param {import("../messages").FormulaFailure} problem */
  showProblem(problem) {
    if (!this.editor.open) {
      this.setEditing(true);
      this.openedForProblem = true;
      this.editor.start(problem.text, false);
    }
    this.keeping = null;
    this.node.classList.add("compexp-outdated");
    this.editor.setProblem(problem);
  }

  /** @param {string} text */
  keep(text) {
    if (text === "") return this.abandon();
    if (this.message?.settings.formula_text !== text && this.message?.formula.text !== text) {
      this.keeping = text;
      this.onDraft(text);
      return;
    }
    const wasSearched = text === this.message.searched.text;
    this.closeEditor();
    this.onChange({ formula_text: wasSearched ? "" : text });
    this.onDraft(null);
  }

  abandon() {
    this.closeEditor();
    this.onChange({ formula_text: "" });
    this.onDraft(null);
  }

  closeEditor() {
    const hadFocus = this.editor.node.contains(document.activeElement);
    this.setEditing(false);
    if (hadFocus) this.edit.focus();
  }

  /** @param {{text: string}} answer */
  chooseLength({ text }) {
    this.setEditing(false);
    this.onDraft(null);
    this.onChange({ formula_text: text === this.message?.searched.text ? "" : text });
  }

  async copyFormula() {
    const text = this.message?.shown?.text || this.message?.formula.text;
    if (!text) return;
    const copied = await copyText(text);
    this.copy.textContent = copied ? "copied" : "not copied";
    clearTimeout(this.copyTimer);
    this.copyTimer = setTimeout(() => (this.copy.textContent = "copy"), 1600);
  }
}
