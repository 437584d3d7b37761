/** An edit of one's own, as a template: what to do, in which sentence, with which words. */

import { button, outOfUse } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";

/**
 * What can be done, and what that is as JSON.
 *
 * @type {Record<string, {words: string, edit: (text: string) => Record<string, unknown>}>}
 */
const KINDS = {
  prepend: { words: "put in front of the", edit: (tokens) => ({ edit: "prepend", tokens }) },
  append: { words: "put at the end of the", edit: (tokens) => ({ edit: "append", tokens }) },
  subject: { words: "put in place of the subject of the", edit: (tokens) => ({ edit: "replace", tokens, anchor: { kind: "subject", name: "" } }) },
  noun: { words: "put in front of the first noun of the", edit: (tokens) => ({ edit: "insert", tokens, anchor: { kind: "tag", name: "NN" } }) },
  delete: { words: "leave out of the", edit: (word) => ({ edit: "delete", anchor: { kind: "word", name: word }, every: true }) },
};

/**
 * The edit as the kernel reads it; `null` where the words are missing, or more than one is to be left out. Pure.
 *
 * @param {string} kind
 * @param {string} side
 * @param {string} text
 * @returns {{edit: Record<string, unknown>, words: string} | null}
 */
export function ownEditOf(kind, side, text) {
  const words = text.split(/\s+/u).filter(Boolean);
  if (words.length === 0 || (kind === "delete" && words.length > 1)) return null;
  // As text: the kernel knows best which tokens it has.
  const tidy = words.join(" ");
  return { edit: { ...KINDS[kind].edit(tidy), side }, words: `${KINDS[kind].words} ${side}: “${tidy}”` };
}

/**
 * @param {object} listeners
 * @param {(edit: Record<string, unknown>) => void} listeners.onApply
 * @param {(edit: Record<string, unknown>, words: string) => void} listeners.onEverywhere
 * @returns {HTMLElement}
 */
export function ownEdit({ onApply, onEverywhere }) {
  const kind = element(
    "select",
    { class: "compexp-select", "aria-label": "what to do" },
    ...Object.entries(KINDS).map(([value, { words }]) => element("option", { value }, words)),
  );
  const side = element("select", { class: "compexp-select", "aria-label": "in which sentence" }, ...["hypothesis", "premise"].map((value) => element("option", { value }, value)));
  const words = element("input", { type: "text", class: "compexp-small-input compexp-own-words", "aria-label": "words", placeholder: "your words", autocomplete: "off", spellcheck: "false" });
  const edit = () => ownEditOf(kind.value, side.value, words.value);
  const apply = button("apply", () => {
    const own = edit();
    if (own) onApply(own.edit);
  });
  const everywhere = button("on all pairs", () => {
    const own = edit();
    if (own) onEverywhere(own.edit, own.words);
  });
  const update = () => {
    const missing = kind.value === "delete" ? "Type the one word to leave out" : "Type the words to put in";
    outOfUse(apply, edit() ? null : missing, "Make this edit in the pair above");
    outOfUse(everywhere, edit() ? null : missing, "What does it do to the whole data set?");
  };
  words.addEventListener("input", update);
  kind.addEventListener("change", update);
  words.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter") apply.click();
  });
  update();
  return element("div", { class: "compexp-own-edit compexp-row", role: "group", "aria-label": "an edit of your own" }, kind, side, words, apply, everywhere);
}
