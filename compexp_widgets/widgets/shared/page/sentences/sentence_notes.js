/** What is said of a sentence that the network cannot read as it stands: words it does not know, or no words at all. */

import { element } from "../elements/element.js";

/** @typedef {{premise: boolean[], hypothesis: boolean[]} | null} Unknown which words the network does not know; `null` where it does not tell */

export const WHY_UNKNOWN = "The network has no vector for this word. It reads it as it reads every word that it does not know, so its answer says nothing of this one";

/**
 * The words of a sentence that the network does not know, each once, as they stand there first. Pure.
 *
 * @param {string[]} tokens
 * @param {boolean[] | null | undefined} unknown for each token
 */
export function unknownWords(tokens, unknown) {
  const strange = tokens.filter((_, place) => unknown?.[place]);
  return strange.filter((word, place) => strange.findIndex((other) => other.toLowerCase() === word.toLowerCase()) === place);
}

/**
 * What is said of a sentence without words; empty of any other. Pure.
 *
 * @param {string} side
 * @param {string[]} tokens
 */
export function emptyWords(side, tokens) {
  return tokens.length === 0 ? `The ${side} is empty: the network is shown no word there.` : "";
}

/**
 * Words marked as unknown, quietly, with the reason on hover.
 *
 * @param {string[]} words
 * @returns {Node[]}
 */
export function unknownMarks(words) {
  return words.flatMap((word, place) => [...(place > 0 ? [", "] : []), element("span", { class: "compexp-unknown compexp-break", title: WHY_UNKNOWN, tabindex: 0 }, word)]).map((node) => (typeof node === "string" ? document.createTextNode(node) : node));
}

/** The note under a sentence. */
export class SentenceNote {
  /** @param {string} side */
  constructor(side) {
    this.side = side;
    this.node = element("div", { class: "compexp-caption compexp-sentence-note", role: "status", hidden: true });
    this.told = "";
  }

  /** There is no answer to the sentence. */
  forget() {
    this.told = "";
    this.node.hidden = true;
    this.node.replaceChildren();
  }

  /**
   * @param {string[]} tokens
   * @param {Unknown} unknown
   */
  tell(tokens, unknown) {
    const side = /** @type {"premise" | "hypothesis"} */ (this.side);
    const empty = emptyWords(side, tokens);
    const words = unknownWords(tokens, unknown?.[side]);
    const told = JSON.stringify([empty, words]);
    if (told === this.told) return; // so that it is read out once
    this.told = told;
    this.node.hidden = empty === "" && words.length === 0;
    this.node.replaceChildren(...(empty ? [empty] : words.length > 0 ? ["not known to the network: ", ...unknownMarks(words)] : []));
  }
}
