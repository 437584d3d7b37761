/** A widget's page: asks the kernel for the study, then hands over to what shows it. */

import { element } from "../elements/element.js";
import { Notices } from "../protocol/notices.js";
import { Channel, KernelError } from "../protocol/channel.js";
import { Tooltip } from "../elements/tooltip.js";

/** After how many milliseconds without a first answer the page says so. */
const SILENCE = 8000;

/** States of a kernel, as Jupyter names them, after which it knows no widget of before. */
const GONE = ["restarting", "autorestarting", "terminating", "dead"];

/**
 * What a page shows of a study.
 *
 * @typedef {object} Shown
 * @property {HTMLElement} node
 * @property {(message: any) => void} hear a message that answers no request
 * @property {() => void} [interrupted] what was done in the background has ended with an error
 * @property {() => void} destroy
 */

/**
 * The anywidget entry of a widget. A model may have several views; each has its own page.
 *
 * @template {{hello: {fields: object, part: any, answer: any}} & {[Type in keyof Requests]: {fields: object, part: any, answer: any}}} Requests
 * @param {(context: import("./unit_explorer.js").Context<Requests>) => Shown} explore
 * @returns {{render: (context: {model: any, el: HTMLElement}) => () => void}} what it returns takes the view down
 */
export function explorerPage(explore) {
  return { render: (context) => render(context, explore) };
}

/**
 * @param {{model: any, el: HTMLElement}} context
 * @param {(context: import("./unit_explorer.js").Context<any>) => Shown} explore
 */
function render({ model, el }, explore) {
  const notices = new Notices();
  const root = element("div", { class: "compexp", "data-lm-suppress-shortcuts": "true" });
  const tooltip = new Tooltip(root);
  const loading = element("div", { class: "compexp-empty" }, "Loading the study …");
  root.append(notices.node, loading);
  // A notebook's one-key commands must not hear what is typed here.
  root.addEventListener("keydown", (/** @type {Event} */ event) => event.stopPropagation());
  el.append(root);

  /** @type {Shown | null} */
  let explorer = null;
  /** @type {any[]} messages that came before the study */
  const early = [];
  const channel = new Channel(model, {
    onEvent: (message) => (explorer ? explorer.hear(message) : early.push(message)),
    onFailure: (error) => {
      explorer?.interrupted?.();
      notices.show(error, channel.lost ? "What stands here was answered before." : "", undefined, channel.lost);
    },
    onAnswer: () => notices.withdraw(),
  });
  // The widget goes with its kernel: one that was restarted does not know it. Where no kernel is told of, a request fails.
  const { kernel } = model.widget_manager ?? {};
  const statusChanged = (/** @type {any} */ _kernel, /** @type {string} */ status) => GONE.includes(status) && channel.lose();
  kernel?.statusChanged?.connect(statusChanged);
  const silence = setTimeout(() => {
    notices.show(
      new KernelError("The kernel has not answered yet."),
      "Is it running? After reopening a notebook, run the cell again.",
    );
  }, SILENCE);
  let gone = false;

  const start = async () => {
    try {
      const { message: study } = await channel.request("hello", {});
      if (gone) return;
      // The kernel fills the table with the traits as they are at hello.
      study.defaults = { excluded_categories: model.get("excluded_categories"), ...study.defaults };
      explorer = explore({ model, channel, study, root, tooltip, notices });
      loading.replaceWith(explorer.node);
      early.forEach((message) => explorer?.hear(message));
      notices.clear();
    } catch (error) {
      if (gone) return;
      loading.remove();
      notices.show(error, "Run the cell again.");
    } finally {
      clearTimeout(silence);
    }
  };
  void start();

  return () => {
    gone = true;
    clearTimeout(silence);
    kernel?.statusChanged?.disconnect(statusChanged);
    channel.close();
    explorer?.destroy();
    root.remove();
  };
}
