/**
 * A study in the page: the table of units and the settings on the left, the card of one unit on the right.
 *
 * One `card` request is on its way at any time; changes that come meanwhile are merged into the next.
 */

import { AnswerPlace, LatestOnly } from "../protocol/job.js";
import { Cancelled, FormulaError, orFormulaError } from "../protocol/channel.js";
import { certificateMark } from "../evidence/state_words.js";
import { element } from "../elements/element.js";
import { formatScore } from "../elements/format.js";
import { provenCount } from "../evidence/proof_words.js";
import { changeTraits, readTraits, sameSettings } from "../protocol/settings.js";
import { UnitList } from "../table/unit_list.js";
import { unitTitle } from "./subject_words.js";
import { Waiting } from "../protocol/waiting.js";

/** How long a card has to stand before it is read out, so that a moving slider is not. */
const REST_BEFORE_READING = 700;

/** @typedef {{settings: import("../protocol/settings.js").Settings, requestedAt: number}} CardJob */

/** @typedef {import("../messages").CardMessage & {settings: import("../protocol/settings.js").Settings}} ShownCard with the settings that it was asked for */

/**
 * What every explorer asks.
 *
 * @typedef {object} ExplorerRequests
 * @property {{fields: import("../messages").Hello, part: never, answer: import("../messages").StudyMessage}} hello
 * @property {{fields: {settings: import("../messages").CardSettings}, part: import("../messages").CardMessage, answer: import("../messages").CardMessage | import("../messages").Proof}} card
 * @property {{fields: {settings: import("../messages").CardSettings}, part: never, answer: import("../messages").EvidenceMessage}} evidence
 * @property {{fields: {settings: import("../messages").CardSettings}, part: never, answer: import("../messages").Done}} explain_all
 * @property {{fields: import("../messages").Cancel, part: never, answer: import("../messages").Done}} cancel
 */

/** @typedef {(error: unknown, wayOn: string, action?: {text: string, onPress: () => void}) => void} Fail shows what went wrong */

/**
 * The right side: what is shown of one unit.
 *
 * @typedef {object} Card
 * @property {HTMLElement} node
 * @property {HTMLElement} [below] what stands below everything, in the whole width
 * @property {import("../formula/formula_answer.js").FormulaAnswer} answer
 * @property {(message: any, buffers: DataView[]) => Promise<void>} show a `ShownCard` of this explorer; resolves when all is painted
 * @property {(settings: import("../protocol/settings.js").Settings) => void} anticipate what changes before the kernel has answered
 * @property {(view: any) => void} setView the values of the view's traits
 * @property {() => void} destroy
 */

/**
 * What one kind of explorer has that others have not.
 *
 * @typedef {object} Parts
 * @property {import("../protocol/settings.js").TraitNames} traits
 * @property {object} fields what goes along with every request for a card
 * @property {((settings: import("../protocol/settings.js").Settings, of: number, onPart: (message: import("../firing/range_list.js").RangeMessage) => void) => Promise<import("../protocol/channel.js").Reply<import("../firing/range_list.js").RangeMessage>>) | null} ranges
 *   asks for the ranges of activation; `null` where there are none
 * @property {((settings: import("../protocol/settings.js").Settings) => Promise<import("../protocol/channel.js").Reply<import("../messages").Proof>>) | null} prove
 *   asks for a proof; `null` where one is searched for anyway
 * @property {import("../table/unit_list.js").UnitColumns} columns
 * @property {(options: {onChange: (changes: Partial<import("../protocol/settings.js").Settings>) => void}) => {node: HTMLElement, set: (settings: any) => void, setPace: (seconds: number, more?: number) => void}} settings
 * @property {(options: {announce: (words: string) => void, listeners: import("../formula/formula_answer.js").AnswerListeners, onFail: Fail}) => Card} card
 */

/**
 * Where a page stands.
 *
 * @template {{hello: {fields: object, part: any, answer: any}} & {[Type in keyof Requests]: {fields: object, part: any, answer: any}}} Requests
 * @typedef {object} Context
 * @property {any} model
 * @property {import("../protocol/channel.js").Channel<Requests>} channel
 * @property {Requests["hello"]["answer"]} study the kernel's answer to hello
 * @property {HTMLElement} root
 * @property {import("../elements/tooltip.js").Tooltip} tooltip
 * @property {import("../protocol/notices.js").Notices} notices
 */

export class UnitExplorer {
  /**
   * @param {Context<ExplorerRequests>} context
   * @param {Parts} parts
   */
  constructor({ model, channel, study, root, tooltip, notices }, parts) {
    this.parts = parts;
    this.model = model;
    this.channel = channel;
    this.study = study;
    this.root = root;
    this.notices = notices;
    this.destroyed = false;
    /** @type {string | null} a formula that is being typed */
    this.draft = null;
    /** @type {import("../protocol/settings.js").Settings | null} of the card shown */
    this.shownSettings = null;
    this.shownId = -1;
    this.requestedAt = 0;
    /** How long the kernel took for the card's first answer. */
    this.secondsOfFirst = NaN;
    this.changeQueued = false;
    this.followedUnit = model.get("unit");
    this.cards = new LatestOnly((/** @type {CardJob} */ job) => this.askCard(job));

    const change = (/** @type {Partial<import("../protocol/settings.js").Settings & {overlay: string}>} */ changes) => changeTraits(model, changes, parts.traits);
    this.waiting = new Waiting((message, wayOn) => this.place.tellSilence(message, wayOn));
    this.live = element("div", { class: "compexp-live", "aria-live": "polite" });
    this.list = new UnitList({
      study,
      columns: parts.columns,
      searchTraits: parts.traits.search,
      onSelect: (unit) => change({ unit }),
      onExplainAll: () => this.explainAll(),
      onCancel: () => this.channel.send("cancel", { what: "table" }),
    });
    this.settings = parts.settings({ onChange: change });
    this.card = parts.card({
      announce: (words) => (this.live.textContent = words),
      listeners: {
        onChange: change,
        onStep: (by) => this.step(by),
        onDraft: (text) => this.setDraft(text),
        onRanges: parts.ranges && (async (settings, of, hear) => hear((await /** @type {NonNullable<Parts["ranges"]>} */ (parts.ranges)(settings, of, hear)).message)),
        onEvidence: async (settings) => (await this.channel.request("evidence", { settings })).message,
        onProve: parts.prove && (async (settings) => (await /** @type {NonNullable<Parts["prove"]>} */ (parts.prove)(settings)).message),
        onCancel: (what) => this.channel.send("cancel", { what }),
      },
      onFail: (error, wayOn, action) => this.fail(error, wayOn, action),
    });
    this.place = new AnswerPlace(this.card.node, this.card.answer.title.nextSibling);
    this.proven = element("span", { class: "compexp-caption compexp-proven", tabindex: 0, hidden: true });
    this.provenWords = "";
    tooltip.explain(this.proven, () => element("div", {}, this.provenWords));
    this.node = element(
      "div",
      { class: "compexp-body" },
      element(
        "header",
        { class: "compexp-header" },
        element("h1", {}, study.title),
        element("span", { class: "compexp-caption" }, study.subtitle),
        certificateMark(study.certificate),
        this.proven,
      ),
      element("div", { class: "compexp-left" }, this.list.node, this.settings.node),
      this.card.node,
      this.card.below ?? "",
      this.waiting.line,
      this.waiting.words,
      this.live,
    );
    /** @type {[string, () => void][]} */
    this.listeners = [
      ...parts.traits.card.map((name) => /** @type {[string, () => void]} */ ([`change:${name}`, () => this.changed()])),
      ...parts.traits.view.map((name) => /** @type {[string, () => void]} */ ([`change:${name}`, () => this.viewChanged()])),
    ];
    for (const [event, listener] of this.listeners) model.on(event, listener);
    this.countProven();
    this.viewChanged();
    this.changed();
  }

  destroy() {
    this.destroyed = true;
    clearTimeout(this.announceTimer);
    for (const [event, listener] of this.listeners) this.model.off(event, listener);
    this.list.destroy();
    this.card.destroy();
  }

  /** @param {import("../messages").Rows} message that answers no request */
  hear(message) {
    if (message.type !== "rows") return;
    this.list.take(message);
    this.updateNeighbours();
    this.countProven();
  }

  countProven() {
    const words = provenCount(this.list.freshRows(), this.study.units.length);
    this.proven.hidden = words === null;
    this.proven.textContent = words?.text ?? "";
    this.provenWords = words?.explanation ?? "";
  }

  viewChanged() {
    this.card.setView(readTraits(this.model, this.parts.traits.view));
  }

  /** Some traits changed, here or in the kernel: the controls follow at once, a card is asked for once all are set. */
  changed() {
    this.requestedAt = performance.now();
    if (this.changeQueued) return;
    this.changeQueued = true;
    queueMicrotask(() => {
      this.changeQueued = false;
      if (!this.destroyed) this.follow(this.readSettings());
    });
  }

  readSettings() {
    return readTraits(this.model, this.parts.traits.card);
  }

  /** @param {import("../protocol/settings.js").Settings} traits */
  follow(traits) {
    if (traits.unit !== this.followedUnit) {
      // What is being typed was meant for the unit before.
      this.followedUnit = traits.unit;
      this.draft = null;
      this.card.answer.setEditing(false);
    }
    this.settings.set(traits);
    this.list.setSettings(traits);
    if (this.list.table.selected !== traits.unit) this.list.select(traits.unit);
    this.updateNeighbours();
    this.card.anticipate(traits);
    this.ask(this.requestedAt);
  }

  /** @param {number} requestedAt */
  ask(requestedAt) {
    const settings = this.readSettings();
    if (this.draft !== null) {
      settings.formula_text = this.draft;
      settings.switched_off = [];
    }
    this.cards.submit({ settings, requestedAt });
  }

  /** @param {string | null} text a formula that is being typed; `null` when typing has ended */
  setDraft(text) {
    this.draft = text;
    if (text !== "") this.ask(performance.now());
  }

  /** @param {CardJob} job */
  async askCard({ settings, requestedAt }) {
    if (this.destroyed || sameSettings(settings, this.shownSettings, this.parts.traits.card)) return;
    const done = this.waiting.begin();
    try {
      const reply = await this.place.ask(
        () => orFormulaError(this.channel.first("card", { settings, ...this.parts.fields }, (more, buffers) => this.complete(more, buffers, settings))),
        this.insteadWords(settings),
        { text: "try again", onPress: () => this.ask(performance.now()) },
      );
      if (this.destroyed) return;
      if (reply === null) return this.keepCard();
      this.notices.clear();
      if (reply instanceof FormulaError) {
        this.shownSettings = null;
        this.card.answer.showProblem(reply.failure);
      } else {
        const message = /** @type {import("../messages").CardMessage} */ (reply.message);
        const { buffers } = reply;
        const repliedAt = performance.now();
        void this.showCard(message, buffers, settings).then(() => this.painted(message, requestedAt, repliedAt));
      }
    } finally {
      done();
    }
  }

  /**
   * What stands there when a card does not come.
   *
   * @param {import("../protocol/settings.js").Settings} settings
   */
  insteadWords({ unit }) {
    const shown = this.card.answer.message;
    if (!shown) return `${unitTitle(unit, this.study.unit_names)} is not shown.`;
    if (shown.unit === unit) return "The card stays as it was.";
    return `${unitTitle(unit, this.study.unit_names)} is not shown; what stands here is ${unitTitle(shown.unit, this.study.unit_names)}.`;
  }

  /** A card did not come: what changed before the answer is as it was. */
  keepCard() {
    this.shownSettings = null;
    const shown = this.card.answer.message;
    if (shown) this.card.anticipate(shown.settings);
  }

  /**
   * The rest of an answer: the search for the card's formula has ended.
   *
   * @param {import("../messages").CardMessage | import("../messages").Proof | Cancelled} message a card when the formula has changed
   * @param {DataView[]} buffers
   * @param {import("../protocol/settings.js").Settings} settings as they were asked for
   */
  complete(message, buffers, settings) {
    if (this.destroyed || settings !== this.card.answer.message?.settings) return;
    if (message instanceof Cancelled) {
      // The search has ended without a proof: what it found by then stands there.
      const shown = this.card.answer.message;
      this.card.answer.showProof({ ...shown, proof: { ...shown.proof, state: "done" } });
      return this.settled(shown);
    }
    if (message.type === "card") void this.showCard(message, buffers, settings).then(() => this.settled(message));
    else {
      this.card.answer.showProof(message);
      this.settled(message);
    }
    this.settings.setPace(this.secondsOfFirst, message.seconds ?? undefined);
  }

  /**
   * Shows a card; resolves when all of it is painted, never when another card has taken its place.
   *
   * @param {import("../messages").CardMessage} message
   * @param {DataView[]} buffers
   * @param {import("../protocol/settings.js").Settings} settings as they were asked for
   * @returns {Promise<void>}
   */
  showCard(message, buffers, settings) {
    if (message.id !== this.shownId) this.secondsOfFirst = message.seconds ?? NaN;
    this.shownId = message.id ?? -1;
    this.shownSettings = settings;
    const painted = this.card.show({ ...message, settings }, buffers);
    this.settings.setPace(message.seconds ?? NaN);
    this.readOutSoon(message);
    return painted;
  }

  /**
   * Tells whoever measures that a card is on the screen, pictures included.
   *
   * @param {import("../messages").CardMessage} message
   * @param {number} requestedAt when the settings changed
   * @param {number} repliedAt when the kernel's answer came
   */
  painted(message, requestedAt, repliedAt) {
    this.root.dataset.paintedId = String(message.id);
    const detail = { id: message.id, requested_at: requestedAt, replied_at: repliedAt, painted_at: performance.now() };
    this.root.dispatchEvent(new CustomEvent("compexp:painted", { bubbles: true, detail }));
    if (message.proof.state !== "searching") this.settled(message);
  }

  /**
   * Tells whoever waits for it that a card will not change any more.
   *
   * @param {{id: number | null}} message
   */
  settled({ id }) {
    if (id === this.shownId) this.root.dataset.settledId = String(id);
  }

  /** @param {import("../messages").CardMessage} message */
  readOutSoon(message) {
    clearTimeout(this.announceTimer);
    this.announceTimer = setTimeout(() => {
      const title = unitTitle(message.unit, this.study.unit_names);
      this.live.textContent = message.silent
        ? `${title} never fires`
        : `${title}: ${message.shown.text}, IoU ${formatScore(message.scores.iou)}`;
    }, REST_BEFORE_READING);
  }

  explainAll() {
    const settings = this.readSettings();
    this.list.startOver(settings);
    this.countProven();
    this.channel.send("explain_all", { settings });
  }

  /** @param {number} by */
  step(by) {
    const unit = this.list.table.neighbour(by);
    if (unit !== null) changeTraits(this.model, { unit }, this.parts.traits);
  }

  updateNeighbours() {
    this.card.answer.setNeighbours(this.list.table.neighbour(-1), this.list.table.neighbour(1));
  }

  /** What was being filled in the background has ended with an error. */
  interrupted() {
    this.list.interrupted();
  }

  /**
   * @param {unknown} error
   * @param {string} wayOn
   * @param {{text: string, onPress: () => void}} [action]
   */
  fail(error, wayOn, action) {
    if (this.destroyed) return;
    const again = () => {
      this.notices.clear();
      action?.onPress();
    };
    this.notices.show(error, wayOn, action && { text: action.text, onPress: again });
  }
}
