/**
 * PasteLab in the page: traits and messages on one side, the picture and what is known of it on the other.
 *
 * An edit shows at once; when it is let go, the traits are set and the network is asked: one `response` is on its way at any
 * time, and of those that come meanwhile only the latest is asked.
 */

import { AnswerPlace, LatestOnly } from "../../shared/page/protocol/job.js";
import { same } from "../../shared/page/elements/edit_history.js";
import { certificateMark } from "../../shared/page/evidence/state_words.js";
import { EditController } from "./stage/edit_controller.js";
import { isPaste, patchIds } from "./stage/edit_list.js";
import { element } from "../../shared/page/elements/element.js";
import { FormulaChanges } from "./responses/formula_changes.js";
import { IdeaList } from "./responses/idea_list.js";
import { unitOutlines } from "./responses/response.js";
import { overlayLegend } from "../../shared/page/pictures/overlay_legend.js";
import { PasteChoices } from "./pictures/paste_choices.js";
import { PasteTools } from "./evaluation/paste_tools.js";
import { PatchFinder } from "./patches/patch_finder.js";
import { PatchStore } from "./patches/patch_store.js";
import { PatchStrip } from "./patches/patch_strip.js";
import { PictureController } from "./pictures/picture_controller.js";
import { UPLOADED } from "./pictures/picture_library.js";
import { PredictionPanel } from "./responses/prediction_panel.js";
import { RegionController } from "./regions/region_controller.js";
import { UnitChanges, VIEW_OVERLAYS } from "./responses/unit_changes.js";
import { Waiting } from "../../shared/page/protocol/waiting.js";

/** How long the edits rest before ideas are asked for, in milliseconds. */
const REST_BEFORE_IDEAS = 600;

/** How many of a picture's concepts are named under it. */
const NAMED = 8;

const KEYS =
  "On the picture: arrows move a patch (Shift: by 10), + and − resize it, comma and full stop turn it (Shift: by 15°), F flips it, " +
  "Page Up and Page Down reorder, Delete removes it, Esc lets it go. Anywhere: Ctrl+Z undoes, Ctrl+Shift+Z does it again. " +
  "While dragging, Shift frees the ratio of a corner or turns in steps of 15°, Esc puts the patch back.";

export class PasteWorkbench {
  /** @param {import("../../shared/page/explorer/unit_explorer.js").Context<import("./messages").Requests>} context */
  constructor({ model, channel, study, root, tooltip, notices }) {
    this.model = model;
    this.channel = channel;
    this.study = study;
    this.root = root;
    this.notices = notices;
    this.destroyed = false;
    this.store = new PatchStore();
    /** @type {import("./messages").Response | null} the one that is shown */
    this.response = null;
    /** @type {Map<number, import("../../shared/page/pictures/card.js").Outlines>} where the watched units fire */
    this.outlines = new Map();
    /** @type {{outlines: import("../../shared/page/pictures/card.js").Outlines, grid: [number, number]} | null} while one is chosen */
    this.region = null;
    this.following = false;
    this.requestedAt = performance.now();
    this.responses = new LatestOnly((/** @type {number} */ requestedAt) => this.askResponse(requestedAt));
    this.ideasAsked = new LatestOnly(() => this.askIdeas());

    /** @type {import("../../shared/page/explorer/unit_explorer.js").Fail} */
    const onFail = (error, wayOn, action) => this.fail(error, wayOn, action);
    this.waiting = new Waiting((message, wayOn) => this.place.tellSilence(message, wayOn), "A smaller picture answers sooner.");
    this.live = element("div", { class: "compexp-live", "aria-live": "polite" });
    this.controller = new EditController({
      state: { image: model.get("image"), edits: model.get("edits") },
      store: this.store,
      announce: (words) => (this.live.textContent = words),
      onStep: (before) => this.stepped(before),
      onSelect: () => this.tools.refresh(),
    });
    this.choices = new PasteChoices({
      images: study.images,
      classes: study.classes,
      onImage: (image) => image !== this.controller.state.image && this.controller.commit({ image, edits: [] }, "another picture", { select: -1 }),
      onUpload: (file) => void this.pictures.upload(file),
      onTarget: (target) => this.setTrait("target", target),
    });
    this.pictures = new PictureController({
      channel,
      waiting: this.waiting,
      controller: this.controller,
      onPicture: (picture) => {
        this.choices.setPicture(picture);
        this.regions.form.setPresent(picture.concepts);
        this.pictureWords.textContent = pictureWords(picture);
        this.controller.show();
      },
      onFail,
    });
    this.prediction = new PredictionPanel(study.classes, tooltip);
    this.units = new UnitChanges({
      categories: study.categories,
      classes: study.classes,
      count: study.units,
      tooltip,
      onUnits: (units) => this.setTrait("units", units),
      onView: () => this.paintMasks(),
    });
    this.formulas = new FormulaChanges(study.categories);
    this.ideas = new IdeaList({ categories: study.categories, classes: study.classes, onPlace: (idea) => this.addIdea(idea) });
    this.regions = new RegionController({
      study,
      channel,
      picture: () => this.pictures.picture,
      onShow: (outlines, grid) => {
        this.region = outlines && { outlines, grid };
        this.paintMasks();
      },
      onEdit: (edit) => this.controller.add(edit),
      onFail,
    });
    this.strip = new PatchStrip({
      root,
      concepts: study.concepts,
      categories: study.categories,
      onSearch: (query) => this.finder.search(query),
      onPlace: (patch, at) => this.controller.addPatch(patch, at),
      onUpload: async (file) => {
        const patch = await this.finder.upload(file);
        if (patch) this.controller.addPatch(patch, null);
      },
      onRegion: (kind) => this.regions.form.start(kind),
      regionForm: this.regions.form.node,
    });
    this.finder = new PatchFinder({
      model,
      channel,
      store: this.store,
      strip: this.strip,
      about: () => ({ image: this.controller.state.image, unit: this.units.unit ?? -1 }),
      onShow: () => {
        if (this.destroyed) return;
        this.controller.show();
        this.tools.refresh();
      },
      onFail,
    });
    this.tools = new PasteTools({
      study,
      channel,
      tooltip,
      about: () => this.subject(),
      patchOf: this.controller.patchOf,
      onBest: (edit) => this.controller.commit({ edits: [edit] }, "the best edit placed", { select: 0 }),
      onPatches: (ids) => this.finder.fetch(ids),
      onPlace: (placement, patch) => this.controller.placePatch(placement, patch),
      onLoad: (text) => this.loadRecipe(text),
      onAsk: this.ask.bind(this),
    });
    this.answers = element("div", { class: "compexp-paste-middle" }, this.prediction.node, this.units.node);
    this.place = new AnswerPlace(this.answers, this.prediction.node, [this.formulas.node]);
    this.node = this.arrange();
    this.keys = (/** @type {KeyboardEvent} */ event) => this.controller.pressed(event);
    root.addEventListener("keydown", this.keys);
    /** @type {[string, () => void][]} */
    this.listeners = [
      ["change:image", () => this.follow()],
      ["change:edits", () => this.follow()],
      ["change:units", () => this.unitsChanged()],
      ["change:target", () => this.targetChanged()],
      ["change:query", () => this.finder.queryChanged()],
    ];
    for (const [event, listener] of this.listeners) model.on(event, listener);
    this.choices.setTarget(model.get("target"));
    this.finder.queryChanged();
    this.show();
  }

  arrange() {
    const { study } = this;
    this.pictureWords = element("div", { class: "compexp-caption compexp-break", role: "status" });
    this.legend = element("div", { class: "compexp-overlay-words" });
    return element(
      "div",
      { class: "compexp-paste-body" },
      element("header", { class: "compexp-header" }, element("h1", {}, study.title), certificateMark(study.certificate)),
      this.choices.node,
      element(
        "div",
        { class: "compexp-paste-left" },
        this.controller.stage.node,
        this.legend,
        this.controller.bar.node,
        this.controller.order.node,
        this.formulas.node,
        this.pictureWords,
        element("details", { class: "compexp-caption" }, element("summary", {}, "keys"), KEYS),
      ),
      this.answers,
      this.ideas.node,
      this.strip.node,
      this.tools.node,
      this.waiting.line,
      this.waiting.words,
      this.live,
    );
  }

  destroy() {
    this.destroyed = true;
    clearTimeout(this.ideaTimer);
    for (const [event, listener] of this.listeners) this.model.off(event, listener);
    this.root.removeEventListener("keydown", this.keys);
    this.controller.destroy();
    this.pictures.destroy();
    this.store.destroy();
  }

  /** @param {import("./messages").Event} message that answers no request */
  hear(message) {
    if (message.type !== "explained") return;
    this.units.setExplained(message);
    // Formulas that were not there when the picture was looked at, and ideas that follow from them.
    if (message.finished) this.show();
  }

  /** @returns {import("./evaluation/paste_tools.js").Subject} */
  subject() {
    const { image, edits } = this.controller.state;
    const units = this.response?.units.map(({ unit }) => unit) ?? [];
    const original = this.response?.original ?? -1;
    return { image, edits, target: this.model.get("target"), original, units, selected: this.controller.selectedPaste, patches: this.strip.patches };
  }

  // Traits

  /**
   * @param {string} name
   * @param {any} value
   */
  setTrait(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  /** @param {import("./stage/edit_controller.js").State} before */
  stepped(before) {
    const { image, edits } = this.controller.state;
    this.requestedAt = performance.now();
    this.model.set("image", image);
    this.model.set("edits", edits);
    this.model.save_changes();
    if (image !== before.image) {
      this.tools.subjectChanged();
      this.ideas.forget();
      // Where units fire was found out on the picture before.
      this.outlines = new Map();
      this.paintMasks();
    } else this.tools.editsChanged();
    this.show();
  }

  /** The kernel's side may set picture and edits one after the other: together they are one step. */
  follow() {
    if (this.following) return;
    this.following = true;
    queueMicrotask(() => {
      this.following = false;
      if (!this.destroyed) this.controller.take({ image: this.model.get("image"), edits: this.model.get("edits") });
    });
  }

  unitsChanged() {
    this.requestedAt = performance.now();
    this.tools.unitsChanged();
    this.responses.submit(this.requestedAt);
  }

  targetChanged() {
    this.requestedAt = performance.now();
    this.choices.setTarget(this.model.get("target"));
    this.tools.subjectChanged();
    this.ideas.forget();
    this.show();
  }

  /** Shows the state, and asks the kernel what follows from it. */
  show() {
    this.controller.show();
    void this.finder.fetch(patchIds(this.controller.state.edits));
    void this.pictures.show();
    this.responses.submit(this.requestedAt);
    clearTimeout(this.ideaTimer);
    this.ideaTimer = setTimeout(() => this.ideasAsked.submit(null), REST_BEFORE_IDEAS);
  }

  /** @param {import("./messages").FormulaEdit} idea */
  addIdea({ edit, unit, words }) {
    const units = this.model.get("units");
    if (units.length > 0 && Number.isInteger(unit) && !units.includes(unit)) this.setTrait("units", [...units, unit]);
    this.controller.add(edit, `${words}: placed`);
  }

  // What is painted over the picture

  /** Paints a region while one is chosen, else where the chosen unit fires. */
  paintMasks() {
    const { unit, view } = this.units;
    const overlay = this.region ? "formula" : VIEW_OVERLAYS[view];
    const outlines = this.region?.outlines ?? (unit === null || overlay === "none" ? undefined : this.outlines.get(unit));
    this.controller.stage.setMasks(outlines ?? null, this.region?.grid ?? this.response?.grid ?? [1, 1], overlay);
    const words = this.region ? { formula: "the region" } : { formula: `unit ${unit} fired before` };
    this.legend.replaceChildren(outlines ? overlayLegend(overlay, 0, `unit ${unit} fires now`, words) : "");
  }

  // What the kernel is asked

  /** @param {number} requestedAt */
  async askResponse(requestedAt) {
    if (this.destroyed) return;
    const { image, edits } = this.controller.state;
    const asked = { image, edits, target: this.model.get("target"), units: this.model.get("units") };
    const done = this.waiting.begin();
    try {
      const reply = await this.place.ask(() => this.channel.request("response", asked), "What stands here is the answer to the edits before.", {
        text: "try again",
        onPress: () => this.responses.submit(performance.now()),
      });
      if (this.destroyed || reply === null) return;
      const { message, buffers } = reply;
      const repliedAt = performance.now();
      this.notices.clear();
      this.showResponse(message, buffers, asked);
      this.painted(message, requestedAt, repliedAt);
    } finally {
      done();
    }
  }

  /**
   * @param {import("./messages").Response} message
   * @param {DataView[]} buffers
   * @param {{edits: import("./stage/edit_list.js").Edit[], target: number, units: number[]}} asked
   */
  showResponse(message, buffers, { edits, target, units }) {
    this.response = message;
    this.outlines = message.image === this.controller.state.image ? unitOutlines(message, buffers, message.grid) : new Map();
    const words = this.prediction.show(message, target, edits.length);
    this.units.setChosen(units.length > 0);
    this.units.show(message, message.wanted ?? target, edits.length > 0);
    this.formulas.show(message, edits.length > 0, this.study.units);
    this.tools.refresh();
    if (edits.length > 0) this.live.textContent = words;
  }

  /**
   * Tells whoever measures that an answer is on the screen.
   *
   * @param {import("./messages").Response} message
   * @param {number} requestedAt when the edits changed
   * @param {number} repliedAt when the kernel's answer came
   */
  painted({ id }, requestedAt, repliedAt) {
    this.root.dataset.paintedId = String(id);
    const detail = { id, requested_at: requestedAt, replied_at: repliedAt, painted_at: performance.now() };
    this.root.dispatchEvent(new CustomEvent("compexp:painted", { bubbles: true, detail }));
  }

  async askIdeas() {
    if (this.destroyed) return;
    const asked = { ...this.controller.state, target: this.model.get("target") };
    const reply = await this.ideas.place.ask(() => this.channel.request("formula_edits", asked), "There are no new ideas.", {
      text: "try again",
      onPress: () => this.ideasAsked.submit(null),
    });
    if (this.destroyed || !same({ ...this.controller.state, target: this.model.get("target") }, asked)) return;
    if (reply === null) this.ideas.clear();
    else {
      const { message, buffers } = reply;
      const patches = this.store.take(message.edits.flatMap(({ patch }) => patch ?? []), buffers);
      this.ideas.show(message.edits, this.controller.patchOf, message.note);
      this.finder.offer(patches);
    }
  }

  /**
   * @param {string} text
   * @returns {Promise<string>} what the replay said
   */
  async loadRecipe(text) {
    const { message, buffers } = await this.ask("load_recipe", { text });
    const { image, edits, target, patches, words } = message;
    this.store.take(patches, buffers);
    this.setTrait("target", target);
    if (image === UPLOADED) {
      this.pictures.library.forgetUploaded();
      this.pictures.beginUploaded(edits);
    } else this.controller.commit({ image, edits }, "recipe loaded", { select: -1 });
    return words;
  }

  /**
   * Asks for what takes a while.
   *
   * @template {keyof import("./messages").Requests} Type
   * @param {Type} type
   * @param {import("./messages").Requests[Type]["fields"]} fields
   */
  async ask(type, fields) {
    const done = this.waiting.begin();
    try {
      return await this.channel.request(type, fields);
    } finally {
      done();
    }
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

/** @param {import("./pictures/picture_library.js").StagePicture} picture */
function pictureWords({ name, width, height, concepts, note }) {
  const more = concepts.length > NAMED ? ` and ${concepts.length - NAMED} more` : "";
  const present = concepts.length > 0 ? `Annotated: ${concepts.slice(0, NAMED).join(", ")}${more}.` : "";
  return [`${name}, ${width} × ${height} pixels.`, note, present].filter(Boolean).join(" ");
}
