/**
 * VisionExplorer in the page: traits and messages on one side, the table and the card on the other.
 *
 * One `card` request is on its way at any time; changes that come meanwhile are merged into the next. Pictures are asked
 * for once and kept.
 */

import { decodePictures, decodeTiles } from "./card.js";
import { element } from "./element.js";
import { formatScore } from "./format.js";
import { Notices } from "./notices.js";
import { RecentlyUsed } from "./picture_cache.js";
import { Channel, KernelError, LatestOnly } from "./protocol.js";
import { CARD_TRAITS, changeTraits, readTraits, sameSettings } from "./settings.js";
import { SettingsPanel } from "./settings_panel.js";
import { Tooltip } from "./tooltip.js";
import { UnitCard } from "./unit_card.js";
import { UnitList } from "./unit_list.js";

const TILES = 12;
/** How many pixels of pictures are kept: 300 pictures of 320 × 320, at four bytes a pixel 120 MB. */
const PIXELS_KEPT = 300 * 320 * 320;
/** After how many milliseconds waiting shows, is put in words, and is called silence. */
const SLOW = 300;
const LONG = 2000;
const SILENCE = 30_000;
const SILENT_HELLO = 8000;

/** @typedef {{settings: Record<string, any>, requestedAt: number}} CardJob */

class Explorer {
  /**
   * @param {any} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.destroyed = false;
    /** @type {string | null} a formula that is being typed */
    this.draft = null;
    /** @type {any} the settings of the card shown */
    this.shownSettings = null;
    this.currentId = -1;
    /** @type {RecentlyUsed<import("./picture_cache.js").Picture>} */
    this.pictures = new RecentlyUsed({
      capacity: PIXELS_KEPT,
      weigh: ({ width, height }) => width * height,
      release: ({ bitmap }) => bitmap.close(),
    });
    /** @type {Map<number, Promise<void>>} */
    this.wanted = new Map();

    this.notices = new Notices();
    this.body = element("div", { class: "compexp-body" });
    this.working = element("div", { class: "compexp-working", hidden: true });
    this.workingWords = element("div", { class: "compexp-working-words compexp-caption", role: "status" });
    this.live = element("div", { class: "compexp-live", "aria-live": "polite" });
    this.root = element(
      "div",
      { class: "compexp", "data-lm-suppress-shortcuts": "true" },
      this.working,
      this.body,
      this.workingWords,
      this.live,
    );
    // A notebook's one-key commands must not hear what is typed here.
    this.root.addEventListener("keydown", (/** @type {Event} */ event) => event.stopPropagation());
    this.tooltip = new Tooltip(this.root);
    el.append(this.root);

    this.channel = new Channel(model, {
      onPush: (message) => this.hear(message),
      onFailure: (error) => {
        this.list?.interrupted();
        this.fail(error);
      },
    });
    this.cards = new LatestOnly((/** @type {CardJob} */ job) => this.askCard(job));
    this.listeners = [
      ...CARD_TRAITS.map((name) => [`change:${name}`, () => this.changed()]),
      ["change:overlay", () => this.card?.setOverlay(model.get("overlay"))],
    ];
    void this.start();
  }

  destroy() {
    this.destroyed = true;
    for (const [event, listener] of this.listeners) this.model.off(event, listener);
    this.channel.close();
    this.list?.destroy();
    this.card?.destroy();
    this.pictures.clear();
    this.root.remove();
  }

  async start() {
    this.body.replaceChildren(element("div", { class: "compexp-empty" }, "Loading the study …"));
    const silence = setTimeout(() => {
      this.fail(new KernelError("The kernel has not answered yet."), "Is it running? After reopening a notebook, run the cell again.");
      this.body.before(this.notices.node);
    }, SILENT_HELLO);
    try {
      const { message } = await this.channel.request("hello");
      if (this.destroyed) return;
      this.notices.clear();
      this.furnish(message);
    } catch (error) {
      this.body.before(this.notices.node);
      this.body.replaceChildren();
      this.fail(error, "Run the cell again.");
    } finally {
      clearTimeout(silence);
    }
  }

  /** @param {any} study the kernel's answer to hello */
  furnish(study) {
    // The kernel fills the table with the traits as they are at hello.
    study.defaults = { excluded_categories: this.model.get("excluded_categories"), ...study.defaults };
    this.study = study;
    const change = (/** @type {Record<string, any>} */ changes) => changeTraits(this.model, changes);
    this.list = new UnitList({
      study,
      onSelect: (unit) => change({ unit }),
      onExplainAll: () => this.explainAll(),
      onCancel: () => this.channel.send("cancel"),
    });
    this.settings = new SettingsPanel({ categories: study.categories, defaults: study.defaults, onChange: change });
    this.card = new UnitCard({
      study,
      tiles: TILES,
      tooltip: this.tooltip,
      announce: (words) => (this.live.textContent = words),
      onChange: change,
      onStep: (by) => this.step(by),
      onDraft: (text) => this.setDraft(text),
    });
    this.body.replaceChildren(
      element(
        "header",
        { class: "compexp-header" },
        element("h1", { title: study.cell_note || null }, study.title),
        element("span", { class: "compexp-caption" }, study.subtitle),
      ),
      this.notices.node,
      element("div", { class: "compexp-left" }, this.list.node, this.settings.node),
      this.card.node,
    );
    for (const [event, listener] of this.listeners) this.model.on(event, listener);
    for (const message of this.heardEarly ?? []) this.hear(message);
    this.changed();
  }

  /** @param {any} message that answers no request */
  hear(message) {
    if (message.type !== "rows") return;
    if (this.list) this.list.take(message);
    else (this.heardEarly ??= []).push(message);
    this.updateNeighbours();
  }

  /** Some traits changed, here or in the kernel: the controls follow at once, a card is asked for once all are set. */
  changed() {
    const requestedAt = performance.now();
    if (this.changeQueued) {
      this.requestedAt = requestedAt;
      return;
    }
    this.changeQueued = true;
    this.requestedAt = requestedAt;
    queueMicrotask(() => {
      this.changeQueued = false;
      if (this.destroyed) return;
      const traits = readTraits(this.model);
      if (this.shownSettings && traits.unit !== this.shownSettings.unit && this.draft !== null) {
        this.draft = null;
        this.card.setEditing(false);
      }
      this.settings.set(traits);
      this.list.setSettings(traits);
      if (this.list.table.selected !== traits.unit) this.list.select(traits.unit);
      this.updateNeighbours();
      this.card.setSwitchedOff(traits.switched_off);
      this.card.anticipate(traits);
      this.ask(this.requestedAt ?? requestedAt);
    });
  }

  /** @param {number} requestedAt */
  ask(requestedAt) {
    const settings = readTraits(this.model);
    if (this.draft !== null) {
      settings.formula_text = this.draft;
      settings.switched_off = [];
    }
    this.cards.submit({ settings, requestedAt });
  }

  /** @param {string | null} text */
  setDraft(text) {
    this.draft = text;
    if (text !== "") this.ask(performance.now());
  }

  /** @param {CardJob} job */
  async askCard({ settings, requestedAt }) {
    if (this.destroyed || sameSettings(settings, this.shownSettings, CARD_TRAITS)) return;
    const done = this.showWaiting();
    try {
      const { message, buffers } = await this.channel.request("card", { settings, tiles: TILES });
      if (this.destroyed) return;
      this.notices.clear();
      if (message.type === "formula_error") {
        this.shownSettings = null;
        this.card.showProblem({ ...message, text: message.text ?? settings.formula_text });
      } else {
        this.showCard(message, buffers, settings, requestedAt);
      }
    } catch (error) {
      this.shownSettings = null;
      this.fail(error, "The card stays as it was.", { text: "try again", onPress: () => this.ask(performance.now()) });
    } finally {
      done();
    }
  }

  /**
   * @param {any} message
   * @param {DataView[]} buffers
   * @param {Record<string, any>} settings as they were asked for
   * @param {number} requestedAt
   */
  showCard(message, buffers, settings, requestedAt) {
    const repliedAt = performance.now();
    const tiles = decodeTiles(message, buffers, this.study.grid);
    this.currentId = message.id;
    this.shownSettings = settings;
    this.card.show(
      { ...message, settings },
      tiles,
      { overlay: this.model.get("overlay"), picture: (image) => this.pictures.get(image) },
    );
    this.settings.setPace(message.seconds);
    this.announceSoon(message);
    const missing = tiles.map(({ image }) => image).filter((image) => !this.pictures.has(image));
    if (missing.length === 0) {
      this.painted(message.id, requestedAt, repliedAt);
    } else {
      this.fetchPictures(missing).then(
        () => {
          if (this.destroyed || this.currentId !== message.id) return;
          this.card.gallery.paint();
          this.painted(message.id, requestedAt, repliedAt);
        },
        (error) => this.fail(error, "Some pictures are missing.", { text: "try again", onPress: () => this.refreshPictures(missing) }),
      );
    }
  }

  /** @param {number[]} images */
  refreshPictures(images) {
    this.notices.clear();
    this.fetchPictures(images.filter((image) => !this.pictures.has(image))).then(
      () => this.card.gallery.paint(),
      (error) => this.fail(error, "Some pictures are missing."),
    );
  }

  /**
   * Asks for pictures that are neither here nor on their way, and waits for all of these.
   *
   * @param {number[]} images
   */
  async fetchPictures(images) {
    const fresh = images.filter((image) => !this.wanted.has(image));
    if (fresh.length > 0) {
      const arriving = this.receivePictures(fresh).finally(() => fresh.forEach((image) => this.wanted.delete(image)));
      fresh.forEach((image) => this.wanted.set(image, arriving));
    }
    await Promise.all(images.map((image) => this.wanted.get(image)));
  }

  /** @param {number[]} images */
  async receivePictures(images) {
    const { message, buffers } = await this.channel.request("pictures", { images });
    if (this.destroyed) return;
    await Promise.all(
      decodePictures(message, buffers, this.study.grid).map(async ({ file, image, ...picture }) => {
        const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
        const bitmap = await createImageBitmap(new Blob([bytes.slice()], { type: "image/jpeg" }));
        if (this.destroyed) bitmap.close();
        else this.pictures.set(image, { ...picture, bitmap });
      }),
    );
  }

  /**
   * Tells whoever measures that a card is on the screen, pictures included.
   *
   * @param {number} id
   * @param {number} requestedAt when the settings changed
   * @param {number} repliedAt when the kernel's answer came
   */
  painted(id, requestedAt, repliedAt) {
    this.root.dataset.paintedId = String(id);
    const detail = { id, requested_at: requestedAt, replied_at: repliedAt, painted_at: performance.now() };
    this.root.dispatchEvent(new CustomEvent("compexp:painted", { bubbles: true, detail }));
  }

  /** @param {any} message */
  announceSoon(message) {
    clearTimeout(this.announceTimer);
    this.announceTimer = setTimeout(() => {
      this.live.textContent = message.silent
        ? `unit ${message.unit} never fires`
        : `unit ${message.unit}: ${message.shown?.text ?? message.formula.text}, IoU ${formatScore(message.scores.iou)}`;
    }, 700);
  }

  /** Shows that the kernel is at work, in three steps; returns what ends it. */
  showWaiting() {
    const began = performance.now();
    const slow = setTimeout(() => (this.working.hidden = false), SLOW);
    let clock = 0;
    const long = setTimeout(() => {
      const tell = () => {
        const seconds = Math.round((performance.now() - began) / 1000);
        this.workingWords.textContent = `Waiting for the kernel, ${seconds} s so far. A smaller beam or a shorter formula answers sooner.`;
      };
      tell();
      clock = window.setInterval(tell, 1000);
    }, LONG);
    const silent = setTimeout(() => {
      this.fail(new KernelError("The kernel has not answered for 30 s."), "It may be busy with another cell, or was restarted: then run the cell again.");
    }, SILENCE);
    return () => {
      [slow, long, silent].forEach(clearTimeout);
      clearInterval(clock);
      this.working.hidden = true;
      this.workingWords.textContent = "";
    };
  }

  explainAll() {
    const settings = readTraits(this.model);
    this.list.startOver(settings);
    this.channel.send("explain_all", { settings });
  }

  /** @param {number} by */
  step(by) {
    const unit = this.list.table.neighbour(by);
    if (unit !== null) changeTraits(this.model, { unit });
  }

  updateNeighbours() {
    if (!this.card || !this.list) return;
    this.card.setNeighbours(this.list.table.neighbour(-1), this.list.table.neighbour(1));
  }

  /**
   * @param {any} error
   * @param {string} [wayOn]
   * @param {{text: string, onPress: () => void}} [action]
   */
  fail(error, wayOn = "", action) {
    if (this.destroyed) return;
    if (!(error instanceof KernelError)) console.error(error);
    this.notices.show(error, wayOn, action);
  }
}

/**
 * The anywidget entry.
 *
 * @param {{model: any, el: HTMLElement}} context
 * @returns {() => void} takes the view down
 */
function render({ model, el }) {
  const explorer = new Explorer(model, el);
  return () => explorer.destroy();
}

export default { render };
