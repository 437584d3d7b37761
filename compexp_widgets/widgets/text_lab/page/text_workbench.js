/**
 * The workbench of sentence pairs: which labels, which pair, its edit, what the network says, and what to try next.
 *
 * One `response` request is on its way at any time; what is typed meanwhile is merged into the next.
 */

import { AnswerPlace, LatestOnly } from "../../shared/page/protocol/job.js";
import { certificateMark } from "../../shared/page/evidence/state_words.js";
import { ControlPanel } from "./evaluation/text_control_panel.js";
import { EditIdeas } from "./editor/edit_ideas.js";
import { EffectPanel } from "./evaluation/effect_panel.js";
import { same } from "../../shared/page/elements/edit_history.js";
import { element } from "../../shared/page/elements/element.js";
import { LabelChoice } from "./editor/label_choice.js";
import { LabelShift, UnitShift } from "./response.js";
import { labelsOf } from "../../shared/page/sentences/label_words.js";
import { PairEditor } from "./editor/pair_editor.js";
import { RecipePanel } from "./evaluation/text_recipe_panel.js";
import { readTraits } from "../../shared/page/protocol/settings.js";
import { SmallestPanel } from "./evaluation/smallest_panel.js";
import { tabList } from "../../shared/page/elements/tabs.js";
import { Waiting } from "../../shared/page/protocol/waiting.js";

const TRAITS = ["source", "target", "unit", "pair", "original", "edited"];

const TABS = [
  { value: "effect", text: "on all pairs", title: "What the edit does to the whole data set" },
  { value: "smallest", text: "smallest edit", title: "Search for the smallest edit that flips this pair while the true label stays" },
  { value: "controls", text: "does the formula cause it?", title: "The edit beside controls" },
  { value: "recipe", text: "recipe", title: "Keep the edit as a small file, or replay one" },
];

/** After how many milliseconds of rest suggestions are asked for and the answer is read out. */
const REST_BEFORE_IDEAS = 250;
const REST_BEFORE_READING = 700;

/** @typedef {{traits: import("./messages").PairRequest, requestedAt: number}} Job */

export class TextWorkbench {
  /** @param {import("../../shared/page/explorer/unit_explorer.js").Context<import("./messages").Requests>} context */
  constructor({ model, channel, study, root, notices }) {
    this.model = model;
    this.channel = channel;
    this.study = study;
    this.root = root;
    this.notices = notices;
    this.destroyed = false;
    this.changeQueued = false;
    this.requestedAt = 0;
    /** @type {import("./messages").PairRequest | null} what the page shows the answer to */
    this.shown = null;
    this.asked = "";
    this.responses = new LatestOnly((/** @type {Job} */ job) => this.respond(job));
    this.suggestions = new LatestOnly((/** @type {import("./messages").PairRequest} */ traits) => this.suggest(traits));
    const fail = (/** @type {unknown} */ error, /** @type {string} */ wayOn) => this.notices.show(error, wayOn);
    const announce = (/** @type {string} */ words) => (this.live.textContent = words);
    this.fail = fail;

    this.waiting = new Waiting((message, wayOn) => this.place.tellSilence(message, wayOn), "Shorter sentences answer sooner.");
    this.live = element("div", { class: "compexp-live", "aria-live": "polite" });
    this.labels = new LabelChoice(study, (changes) => this.change(changes));
    this.editor = new PairEditor(study.pairs, labelsOf(study), {
      onEdit: (edited) => this.change({ edited }),
      onStep: (by) => void this.step(by),
      onPair: (pair) => this.change({ pair }),
      onStart: () => {
        const { sentences } = this.editor;
        this.change({ pair: null, original: sentences, edited: sentences });
      },
    });
    this.shift = new LabelShift(study.labels);
    this.units = new UnitShift({ study, onUnit: (unit) => this.change({ unit: unit === this.traits().unit ? null : unit }) });
    this.ideas = new EditIdeas({
      study,
      onApply: (edit) => void this.apply(edit),
      onEverywhere: (idea) => this.everywhere([idea.edit], idea.words, idea.units),
    });
    this.effect = new EffectPanel({ study, channel, announce, onFail: fail });
    this.smallest = new SmallestPanel({
      study,
      channel,
      onAsk: () => this.traits(),
      onApply: (step) => this.editor.change(step),
      onEverywhere: (edits, words) => this.everywhere(edits, words, []),
      announce,
    });
    this.controls = new ControlPanel({ labels: study.labels, channel, announce });
    this.recipe = new RecipePanel({
      channel,
      onAsk: () => ({ ...this.traits(), edits: this.editor.edits }),
      onLoaded: (answer) => this.loaded(answer),
      announce,
      onFail: fail,
    });
    this.answer = element("div", { class: "compexp-text-answer" }, this.shift.node, this.units.node);
    this.place = new AnswerPlace(element("div", { class: "compexp-text-right" }, this.answer), this.answer);
    /** @type {Record<string, HTMLElement>} */
    this.panels = { effect: this.effect.node, smallest: this.smallest.node, controls: this.controls.node, recipe: this.recipe.node };
    const panel = element("div", { class: "compexp-tab-panel" }, ...Object.values(this.panels));
    this.tabs = tabList("more about the edit", TABS, (tab) => this.open(tab), panel);
    this.node = element(
      "div",
      { class: "compexp-body compexp-text-bench" },
      element("header", { class: "compexp-header" }, element("h1", {}, study.title), element("span", { class: "compexp-caption" }, study.subtitle), certificateMark(study.certificate)),
      this.labels.node,
      element("div", { class: "compexp-text-left" }, this.editor.node, this.ideas.node),
      this.place.node,
      element("div", { class: "compexp-text-more" }, this.tabs.node, panel),
      this.waiting.line,
      this.waiting.words,
      this.live,
    );
    this.open("effect");
    this.listeners = TRAITS.map((name) => /** @type {[string, () => void]} */ ([`change:${name}`, () => this.changed()]));
    for (const [event, listener] of this.listeners) model.on(event, listener);
    this.changed();
  }

  destroy() {
    this.destroyed = true;
    clearTimeout(this.ideasTimer);
    clearTimeout(this.readTimer);
    this.editor.destroy();
    for (const [event, listener] of this.listeners) this.model.off(event, listener);
  }

  /** @param {import("./messages").Event} message that answers no request */
  hear(message) {
    if (message.type !== "rows") return;
    this.labels.take(message);
    if (message.finished && this.shown) {
      // The formulas that were missing are there now.
      this.shown = null;
      this.responses.submit({ traits: this.traits(), requestedAt: performance.now() });
    }
  }

  /** @returns {import("./messages").PairRequest} */
  traits() {
    return readTraits(this.model, TRAITS);
  }

  /** @param {Partial<import("./messages").Traits>} changes */
  change(changes) {
    for (const [name, value] of Object.entries(changes)) this.model.set(name, value);
    this.model.save_changes();
  }

  /** Some traits changed, here or in the kernel: the controls follow at once, the network is asked once all are set. */
  changed() {
    this.requestedAt = performance.now();
    if (this.changeQueued) return;
    this.changeQueued = true;
    queueMicrotask(() => {
      this.changeQueued = false;
      if (!this.destroyed) this.follow();
    });
  }

  follow() {
    const traits = this.traits();
    const before = this.followed;
    this.followed = traits;
    this.labels.set(traits);
    this.editor.set(traits);
    if (before && /** @type {const} */ (["source", "target", "original"]).some((name) => !same(before[name], traits[name]))) this.smallest.forget();
    if (before && /** @type {const} */ (["source", "target"]).some((name) => before[name] !== traits[name])) this.controls.choose(null, this.indices(traits));
    this.tellRecipe(traits);
    this.responses.submit({ traits, requestedAt: this.requestedAt });
  }

  /** @param {import("./messages").PairRequest} traits */
  tellRecipe({ original, edited }) {
    const reason = same(original, edited) ? "Edit the pair first: there is nothing to keep yet" : null;
    this.recipe.setReason(reason);
  }

  /** @param {Job} job */
  async respond({ traits, requestedAt }) {
    if (this.destroyed || same(traits, this.shown)) return;
    const done = this.waiting.begin();
    try {
      const reply = await this.place.ask(() => this.channel.request("response", traits), "The pair was not shown to the network.");
      if (this.destroyed) return;
      // An answer has no name but the sentences in the fields: the one before is not of these.
      this.answer.hidden = reply === null;
      if (reply === null) {
        this.shown = null;
        this.editor.forget();
        return;
      }
      const { message } = reply;
      const repliedAt = performance.now();
      this.notices.clear();
      this.shown = traits;
      // What is on its way by now is the better answer.
      if (this.responses.waiting === null) this.tell(message, traits, { requestedAt, repliedAt });
    } finally {
      done();
    }
  }

  /**
   * @param {import("./messages").Response} response
   * @param {import("./messages").PairRequest} traits
   * @param {{requestedAt: number, repliedAt: number}} times
   */
  tell(response, traits, { requestedAt, repliedAt }) {
    const { source, target } = this.indices(traits);
    this.editor.tell(response, source);
    this.shift.tell(response, source, target);
    this.units.tell(response, { source, target, unit: traits.unit });
    clearTimeout(this.ideasTimer);
    this.ideasTimer = setTimeout(() => this.suggestions.submit(traits), REST_BEFORE_IDEAS);
    clearTimeout(this.readTimer);
    this.readTimer = setTimeout(() => (this.live.textContent = `${this.shift.answer.textContent}. ${this.shift.sentence.textContent}`), REST_BEFORE_READING);
    requestAnimationFrame(() => {
      if (this.destroyed) return;
      this.root.dataset.paintedId = String(response.id);
      const detail = { id: response.id, requested_at: requestedAt, replied_at: repliedAt, painted_at: performance.now() };
      this.root.dispatchEvent(new CustomEvent("compexp:painted", { detail, bubbles: true }));
    });
  }

  /** @param {import("./messages").PairRequest} traits */
  async suggest(traits) {
    if (this.destroyed || same(this.suggested, traits)) return;
    const { source, target, unit } = traits;
    const labels = JSON.stringify([source, target, unit]);
    if (labels !== this.asked) this.ideas.wait();
    this.asked = labels;
    const reply = await this.ideas.place.ask(() => this.channel.request("formula_edits", traits), "There are no suggestions.", {
      text: "try again",
      onPress: () => this.suggestions.submit(this.traits()),
    });
    if (this.destroyed || this.suggestions.waiting !== null) return;
    if (reply === null) {
      this.suggested = undefined;
      return this.ideas.clear();
    }
    const { message } = reply;
    this.suggested = traits;
    this.ideas.tell(message, { ...this.indices(traits), unit });
    this.root.dataset.ideasId = String(message.id);
  }

  /** @param {1 | -1} by */
  async step(by) {
    try {
      const { source, pair } = this.traits();
      const { message } = await this.channel.request("step", { source, pair, by });
      this.change({ pair: message.pair });
    } catch (error) {
      this.fail(error, "The pair stays as it was.");
    }
  }

  /** @param {Record<string, unknown>} edit as JSON, to be made in what stands in the fields */
  async apply(edit) {
    this.editor.settle();
    const { sentences } = this.editor;
    try {
      const { message } = await this.channel.request("apply", { edit, edited: sentences });
      // What was typed meanwhile is not overwritten.
      if (same(sentences, this.editor.sentences)) this.editor.apply(edit, message.edited);
    } catch (error) {
      this.fail(error, "The sentences stay as they were.");
    }
  }

  /**
   * What an edit does to all pairs; the controls are about the same one.
   *
   * @param {Record<string, unknown>[]} edits as JSON, to be made one after the other
   * @param {string} words
   * @param {number[]} units whose formulas suggest it
   */
  everywhere(edits, words, units) {
    const labels = this.indices(this.traits());
    this.ideas.choose(edits.length === 1 ? edits[0] : null);
    this.controls.choose({ edits, words, units }, labels);
    this.effect.start(edits, labels);
    this.open("effect");
  }

  /** @param {string} tab */
  open(tab) {
    this.tabs.set(tab, {});
    for (const [name, node] of Object.entries(this.panels)) node.hidden = name !== tab;
  }

  /** @param {import("./messages").Requests["load_recipe"]["answer"]} answer what a recipe holds */
  loaded({ source, target, original, edited, edits }) {
    this.change({ pair: null, source, target, original, edited: original });
    queueMicrotask(() => this.editor.change({ sentences: edited, edits }));
  }

  /** @param {import("./messages").PairRequest} traits */
  indices({ source, target, unit }) {
    const { labels } = this.study;
    return { source: labels.indexOf(source), target: labels.indexOf(target), unit };
  }
}
