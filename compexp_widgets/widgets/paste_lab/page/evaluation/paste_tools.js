/** Below the picture: what takes longer, one tool at a time, each told when what it found is about something else. */

import { ControlPanel, TransferPanel } from "./control_panel.js";
import { element } from "../../../shared/page/elements/element.js";
import { RecipePanel } from "./recipe_panel.js";
import { SearchPanel } from "./search_panel.js";
import { SweepPanel } from "./sweep_panel.js";
import { tabList } from "../../../shared/page/elements/tabs.js";

const TABS = [
  { value: "search", text: "Suggest", title: "Search the smallest edit that flips the prediction" },
  { value: "sweep", text: "Sweep", title: "One patch at many places and sizes" },
  { value: "controls", text: "Controls", title: "Does the formula cause the flip?" },
  { value: "transfer", text: "Other networks", title: "Does the same picture fool other networks?" },
  { value: "recipe", text: "Recipe", title: "Keep the edit, share it, replay it" },
];

/**
 * What the tools ask about.
 *
 * @typedef {object} Subject
 * @property {number} image
 * @property {import("../stage/edit_list.js").Edit[]} edits
 * @property {number} target
 * @property {number} original
 * @property {number[]} units
 * @property {import("../messages").PastePatch | null} selected the paste that is selected, else the uppermost; `null` when there is none
 * @property {import("../patches/patch_store.js").PatchInfo[]} patches those of the list
 */

export class PasteTools {
  /**
   * @param {object} options
   * @param {import("../messages").Study} options.study
   * @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} options.channel
   * @param {import("../../../shared/page/elements/tooltip.js").Tooltip} options.tooltip
   * @param {() => Subject} options.about
   * @param {(patch: string) => import("../patches/patch_store.js").PatchInfo | undefined} options.patchOf
   * @param {(edit: import("../stage/edit_list.js").Edit) => void} options.onBest puts what a search found on the picture as it was
   * @param {(patches: string[]) => Promise<void>} options.onPatches gets patches that the page lacks
   * @param {(placement: import("../stage/placement.js").Placement, patch: string) => void} options.onPlace of a swept patch
   * @param {(text: string) => Promise<string>} options.onLoad
   * @param {import("../paste_workbench.js").PasteWorkbench["ask"]} options.onAsk
   */
  constructor({ study, channel, tooltip, about, patchOf, onBest, onPatches, onPlace, onLoad, onAsk }) {
    const { classes, concepts, categories } = study;
    this.search = new SearchPanel({ channel, concepts, categories, classes, about, patchOf, onPlace: onBest, onPatches });
    this.sweep = new SweepPanel({
      channel,
      classes,
      tooltip,
      about: () => {
        const { image, edits, target, original, selected } = about();
        const others = edits.filter((edit) => edit !== selected);
        return { image, target, original, others, edit: selected, patch: selected ? patchOf(selected.patch) : undefined };
      },
      onPlace,
    });
    this.controls = new ControlPanel({ channel, about });
    this.transfer = new TransferPanel({ networks: study.networks, about, onAsk: async (fields) => (await onAsk("transfer", fields)).message });
    this.recipe = new RecipePanel({ about, onAsk: (fields) => onAsk("recipe", fields), onLoad });
    /** @type {Record<string, {node: HTMLElement}>} */
    this.panels = { search: this.search, sweep: this.sweep, controls: this.controls, transfer: this.transfer, recipe: this.recipe };
    this.panel = element("div", { class: "compexp-tool-panel" }, ...Object.values(this.panels).map(({ node }) => node));
    this.tabs = tabList("tools", TABS, (value) => this.open(value), this.panel);
    this.node = element("section", { class: "compexp-tools", "aria-label": "tools" }, this.tabs.node, this.panel);
    this.open("search");
  }

  /** @param {string} name */
  open(name) {
    this.opened = name;
    for (const [value, { node }] of Object.entries(this.panels)) node.hidden = value !== name;
    this.tabs.set(name, {});
  }

  /** What would be searched with or swept is another. */
  refresh() {
    this.search.refresh();
    this.sweep.refresh();
  }

  /** The edits are others: what was found about the ones before goes. */
  editsChanged() {
    this.controls.forget();
    this.transfer.forget();
    this.recipe.forget();
    this.refresh();
  }

  /** The picture or the wanted class is another. */
  subjectChanged() {
    this.search.forget();
    this.sweep.forget();
    this.editsChanged();
  }

  /** Other units are watched: the controls silenced those before. */
  unitsChanged() {
    this.controls.forget();
  }
}
