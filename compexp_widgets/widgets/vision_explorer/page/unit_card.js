/** The right side of VisionExplorer: one unit's formula, scores and pictures. */

import { decodeTiles } from "../../shared/page/pictures/card.js";
import { button, choice } from "../../shared/page/elements/controls.js";
import { element } from "../../shared/page/elements/element.js";
import { firingOf, firingWords, isRange, limitsWords, rangeName } from "../../shared/page/firing/firing.js";
import { formatActivation, formatCount, formatPercent, formatPlural } from "../../shared/page/elements/format.js";
import { FormulaAnswer } from "../../shared/page/formula/formula_answer.js";
import { Gallery } from "./gallery.js";
import { emptyWords, GALLERIES, RANGE_GALLERIES } from "./tile_notes.js";
import { overlayLegend } from "../../shared/page/pictures/overlay_legend.js";
import { Pictures } from "./pictures.js";
import { stateSilence } from "../../shared/page/evidence/state_words.js";
import { PICTURES } from "../../shared/page/explorer/subject_words.js";
import { tabList } from "../../shared/page/elements/tabs.js";

const OVERLAYS = [
  { value: "both", text: "both", title: "Neuron and formula" },
  { value: "neuron", text: "neuron", title: "Where the neuron fires; all else darkened" },
  { value: "formula", text: "formula", title: "Where the formula holds" },
  { value: "heat", text: "heat", title: "The activation as a heat map" },
  { value: "none", text: "none", title: "The plain picture" },
];

/** @typedef {import("./messages").VisionCard & {settings: import("../../shared/page/protocol/settings.js").Settings}} ShownVisionCard */

export class UnitCard {
  /**
   * @param {object} options
   * @param {import("./messages").VisionStudyMessage} options.study
   * @param {import("../../shared/page/protocol/channel.js").Channel<import("./messages").Requests>} options.channel
   * @param {number} options.tiles
   * @param {import("../../shared/page/elements/tooltip.js").Tooltip} options.tooltip
   * @param {(words: string) => void} options.announce
   * @param {import("../../shared/page/formula/formula_answer.js").AnswerListeners} options.listeners
   * @param {import("../../shared/page/explorer/unit_explorer.js").Fail} options.onFail
   */
  constructor({ study, channel, tiles, tooltip, announce, listeners, onFail }) {
    this.study = study;
    this.onFail = onFail;
    /** @type {ShownVisionCard | null} */
    this.message = null;
    /** What the overlay's legend was drawn for. */
    this.legendKey = "";
    /** @type {import("../../shared/page/pictures/tile_painting.js").Overlay} */
    this.shownOverlay = "both";
    this.store = new Pictures(channel, study.grid);
    this.answer = new FormulaAnswer({ study, subject: PICTURES, tooltip, listeners });
    this.rangeWords = element("span", { class: "compexp-strong" });
    this.range = element(
      "div",
      { class: "compexp-row compexp-range-shown", hidden: true },
      this.rangeWords,
      button("back to the largest activations", () => listeners.onChange({ cluster: [] })),
    );
    this.answer.title.append(this.range);
    this.gallery = new Gallery({ tooltip, announce, slots: tiles });
    const chooseGallery = (/** @type {any} */ gallery) => listeners.onChange({ gallery });
    this.tabs = tabList("which pictures", GALLERIES, chooseGallery, this.gallery.node);
    this.rangeTabs = tabList("which pictures", RANGE_GALLERIES, chooseGallery, this.gallery.node);
    this.overlay = choice("overlay", OVERLAYS, (value) => listeners.onChange({ overlay: value }));
    this.overlayLegend = element("div", { class: "compexp-overlay-words" });
    this.pictures = element(
      "div",
      { class: "compexp-pictures" },
      this.tabs.node,
      this.rangeTabs.node,
      element("div", { class: "compexp-overlay-row" }, this.overlay.node, this.overlayLegend),
      this.gallery.node,
    );
    this.node = element(
      "section",
      { class: "compexp-card", "aria-label": "unit" },
      this.answer.title,
      this.answer.node,
      this.answer.silence,
      this.pictures,
    );
  }

  destroy() {
    this.answer.destroy();
    this.gallery.destroy();
    this.store.destroy();
  }

  /**
   * Shows a card; resolves when its pictures are painted, never when another card has taken its place.
   *
   * @param {ShownVisionCard} message
   * @param {DataView[]} buffers
   * @returns {Promise<void>}
   */
  show(message, buffers) {
    const tiles = decodeTiles(message, buffers, this.study.grid);
    this.message = message;
    const { cluster, gallery } = message.settings;
    this.range.hidden = !isRange(cluster);
    if (isRange(cluster)) this.rangeWords.textContent = `${rangeName(cluster)}: activation ${limitsWords(message.threshold, message.upper_limit)}`;
    this.pictures.hidden = message.silent;
    this.answer.show(message, { numbers: numbersOf(message), silence: message.silent ? silenceOf(message) : null });
    if (message.silent) return Promise.resolve();
    this.tabs.node.hidden = isRange(cluster);
    this.rangeTabs.node.hidden = !isRange(cluster);
    this.currentTabs().set(gallery, message.gallery_counts);
    this.gallery.show(
      tiles,
      {
        study: this.study,
        picture: (/** @type {number} */ image) => this.store.get(image),
        overlay: this.shownOverlay,
        maxActivation: message.max_activation ?? 0,
        firing: firingOf(message, cluster),
      },
      emptyWords(gallery, cluster),
    );
    this.setOverlay(this.shownOverlay);
    const images = tiles.map(({ image }) => image);
    return new Promise((resolve) => {
      if (this.store.missing(images).length === 0) resolve();
      else void this.complete(images, resolve);
    });
  }

  /**
   * Fetches the pictures that a card lacks and paints them, if it is still shown.
   *
   * @param {number[]} images
   * @param {() => void} onPainted
   */
  async complete(images, onPainted) {
    const { message } = this;
    try {
      await this.store.fetch(images);
      if (this.store.closed || this.message !== message) return;
      this.gallery.paint();
      onPainted();
    } catch (error) {
      if (this.message !== message) return;
      this.gallery.giveUp();
      const again = () => void this.complete(images, onPainted);
      this.onFail(error, "Some pictures are missing.", { text: "try again", onPress: again });
    }
  }

  currentTabs() {
    return this.rangeTabs.node.hidden ? this.tabs : this.rangeTabs;
  }

  /**
   * What changes at once, before the kernel has answered.
   *
   * @param {import("../../shared/page/protocol/settings.js").Settings} settings
   */
  anticipate(settings) {
    this.answer.anticipate(settings);
    this.currentTabs().set(settings.gallery, this.message?.gallery_counts ?? {});
  }

  /**
   * What is shown of the card that it need not be asked for.
   *
   * @param {{overlay: import("../../shared/page/pictures/tile_painting.js").Overlay}} view
   */
  setView({ overlay }) {
    this.setOverlay(overlay);
  }

  /** @param {import("../../shared/page/pictures/tile_painting.js").Overlay} overlay */
  setOverlay(overlay) {
    this.shownOverlay = overlay;
    this.overlay.set(overlay);
    this.gallery.setOverlay(overlay);
    const fires = firingWords(this.message?.settings.cluster).yes;
    const key = `${overlay} ${overlay === "heat" ? this.message?.max_activation : fires} ${window.devicePixelRatio}`;
    if (key !== this.legendKey) {
      this.legendKey = key;
      this.overlayLegend.replaceChildren(overlayLegend(overlay, this.message?.max_activation ?? 0, fires));
    }
  }
}

/** @param {ShownVisionCard} message of a unit that does not fire */
function silenceOf(message) {
  const { unit, max_activation: largest, threshold, settings } = message;
  const told = stateSilence(message, "at every position of these pictures");
  if (told) return told;
  if (isRange(settings.cluster)) return `No activation of unit ${unit} lies in this range. Go back to the largest activations.`;
  const why =
    threshold !== null && largest !== null && largest > threshold
      ? `its activation exceeds its threshold, ${formatActivation(threshold)}, only between the positions of the annotation`
      : `its largest activation, ${formatActivation(largest)}, is not above its threshold, ${formatActivation(threshold)}`;
  return `Unit ${unit} never fires on these pictures: ${why}. There is nothing to explain. Choose another unit, or probe the network with other pictures.`;
}

/** @param {ShownVisionCard} message */
function numbersOf({ scores, threshold, upper_limit: limit, includes_threshold: included, state, active_images: images, settings }) {
  const strongest = `its strongest ${formatPercent(settings.quantile)} on the ${settings.threshold_on === "grid" ? "grid" : "map"}`;
  const counts = isRange(settings.cluster)
    ? `Activation ${limitsWords(threshold, limit)}`
    : state === "saturated"
      ? `Fires at ${formatActivation(threshold)}, its largest activation`
      : `Fires ${limitsWords(threshold, null, included)}, ${strongest}`;
  return (
    `${counts}: ` +
    `${formatPlural(scores.active, "position")} in ${formatPlural(images, "picture")}. ` +
    `The formula holds at ${formatCount(scores.holds)}; both at ${formatCount(scores.both)}.`
  );
}
