/** A place that shows the answer to one question: dimmed while another is asked, and where it is told that one failed. */

import { Notices } from "./notices.js";
import { KernelError, Question } from "./channel.js";

export class AnswerPlace {
  /**
   * @param {HTMLElement} node whose children, but for the notice, belong to the answer
   * @param {Node | null} [before] the child that the notice stands before; at the end by default
   * @param {HTMLElement[]} [also] elsewhere on the page, whose children belong to the answer too
   */
  constructor(node, before = null, also = []) {
    this.node = node;
    this.nodes = [node, ...also];
    this.notices = new Notices();
    this.notices.node.classList.add("compexp-notice-here");
    /** @type {{wayOn: string, action?: {text: string, onPress: () => void}}} of the last question */
    this.failure = { wayOn: "" };
    this.question = new Question((state) => this.tell(state));
    node.insertBefore(this.notices.node, before);
  }

  /**
   * @template Answer
   * @param {() => Promise<Answer>} ask
   * @param {string} wayOn when it fails
   * @param {{text: string, onPress: () => void}} [action]
   * @returns {Promise<Answer | null>} `null` when it failed, which is told, or another was asked meanwhile
   */
  ask(ask, wayOn, action) {
    this.failure = { wayOn, action };
    return this.question.put(ask);
  }

  /** Nobody waits for an answer any more. */
  drop() {
    this.question.drop();
  }

  /**
   * The kernel is silent: told until the answer comes.
   *
   * @param {string} message
   * @param {string} wayOn
   */
  tellSilence(message, wayOn) {
    if (this.node.getAttribute("aria-busy") === "true") this.notices.show(new KernelError(message), wayOn);
  }

  /** @param {{asking: boolean, error: unknown}} state */
  tell({ asking, error }) {
    for (const node of this.nodes) {
      node.setAttribute("aria-busy", String(asking));
      node.classList.toggle("compexp-unanswered", asking || error !== null);
    }
    if (error !== null) this.notices.show(error, this.failure.wayOn, this.failure.action);
    else if (!asking) this.notices.clear();
  }
}
