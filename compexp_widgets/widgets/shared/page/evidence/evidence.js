/** Whether a formula is real or luck: asked for when it is looked at, told in plain sentences. */

import { button } from "../elements/controls.js";
import { element } from "../elements/element.js";
import { evidenceNotes, verdict } from "./evidence_words.js";
import { formatScore } from "../elements/format.js";
import { failureWords } from "../protocol/channel.js";

/** How long a formula has to stand before it is tested, so that a moving slider asks for nothing. */
const REST = 400;

export class Evidence {
  /**
   * @param {object} options
   * @param {import("../explorer/subject_words.js").Subject} options.subject
   * @param {(settings: import("../protocol/settings.js").Settings) => Promise<import("../messages").EvidenceMessage>} options.onAsk
   * @param {() => void} options.onCancel
   * @param {(key: string, answer: import("../messages").EvidenceMessage) => void} options.onAnswer
   */
  constructor({ subject, onAsk, onCancel, onAnswer }) {
    this.subject = subject;
    this.workingWords = `Searching again in shuffled ${subject.examples} …`;
    this.onAsk = onAsk;
    this.onCancel = onCancel;
    this.onAnswer = onAnswer;
    /** The question that is shown: a unit and its settings. */
    this.key = "";
    /** @type {Map<string, import("../messages").EvidenceMessage>} answers by question */
    this.known = new Map();
    /** @type {"" | "asking" | "told" | "declined"} */
    this.state = "";
    this.working = element("span", { class: "compexp-caption", "aria-live": "off" });
    this.node = element("div", { class: "compexp-panel compexp-evidence", role: "status" });
  }

  /** @param {string} words why there is no question to ask */
  refuse(words) {
    this.leave();
    this.key = "";
    this.node.replaceChildren(element("span", { class: "compexp-caption" }, words));
  }

  /**
   * Tests a formula unless the answer is known or on its way.
   *
   * @param {string} key of the unit and its settings
   * @param {import("../protocol/settings.js").Settings} settings
   * @param {number} iou of the formula
   */
  offer(key, settings, iou) {
    if (key === this.key && this.state !== "") return;
    this.leave();
    this.key = key;
    const answer = this.known.get(key);
    if (answer) return this.tell(answer, iou);
    this.state = "asking";
    this.node.replaceChildren(
      element(
        "div",
        { class: "compexp-row" },
        this.working,
        button("cancel", () => this.decline(key, settings, iou, "Not tested.")),
      ),
    );
    this.timer = setTimeout(() => void this.ask(key, settings, iou), REST);
    this.working.textContent = this.workingWords;
    let seconds = 0;
    this.clock = setInterval(() => {
      seconds += 1;
      if (seconds > 1) this.working.textContent = `${this.workingWords} ${seconds} s so far`;
    }, 1000);
  }

  /** Nobody looks any more, or something else is asked: what is running ends. */
  leave() {
    clearTimeout(this.timer);
    clearInterval(this.clock);
    if (this.state === "asking") this.onCancel();
    this.state = "";
  }

  /**
   * @param {string} key
   * @param {import("../protocol/settings.js").Settings} settings
   * @param {number} iou
   * @param {string} words
   */
  decline(key, settings, iou, words) {
    this.leave();
    this.state = "declined";
    const again = () => {
      this.state = "";
      this.offer(key, settings, iou);
    };
    this.node.replaceChildren(
      element("div", { class: "compexp-row" }, element("span", { class: "compexp-caption" }, words), button("test it", again)),
    );
  }

  /**
   * @param {string} key
   * @param {import("../protocol/settings.js").Settings} settings
   * @param {number} iou
   */
  async ask(key, settings, iou) {
    try {
      const answer = await this.onAsk(settings);
      this.keep(key, answer);
      if (key === this.key && this.state === "asking") this.tell(answer, iou);
    } catch (error) {
      if (key !== this.key || this.state !== "asking") return;
      this.state = "";
      this.decline(key, settings, iou, `The formula was not tested. ${failureWords(error)}`);
    }
  }

  /**
   * @param {string} key
   * @param {import("../messages").EvidenceMessage} answer
   */
  keep(key, answer) {
    this.known.set(key, answer);
    this.onAnswer(key, answer);
  }

  /**
   * @param {import("../messages").EvidenceMessage} answer
   * @param {number} iou
   */
  tell(answer, iou) {
    clearInterval(this.clock);
    this.state = "told";
    this.node.replaceChildren(
      element("div", { class: "compexp-strong" }, verdict(answer)),
      ...evidenceNotes(answer, this.subject).map(({ label, number, sentence }) =>
        element(
          "div",
          { class: "compexp-evidence-note" },
          element("span", { class: "compexp-caption" }, label),
          element("span", { class: "compexp-figure" }, number),
          element("span", {}, sentence, label === "interval" && answer.interval ? intervalBar(answer.interval, iou) : null),
        ),
      ),
    );
  }
}

/**
 * Where the IoU lies between the ends of its interval.
 *
 * @param {[number, number]} interval
 * @param {number} iou
 */
function intervalBar([low, high], iou) {
  const end = Math.max(high, iou) * 1.1 || 1;
  const band = element("span", { class: "compexp-band" });
  band.style.left = `${(100 * low) / end}%`;
  band.style.width = `${(100 * (high - low)) / end}%`;
  const mark = element("span", { class: "compexp-band-mark" });
  mark.style.left = `${(100 * iou) / end}%`;
  return element(
    "span",
    { class: "compexp-band-line compexp-caption", role: "img", "aria-label": `the interval ${formatScore(low)} to ${formatScore(high)} and the IoU, ${formatScore(iou)}, on an axis` },
    "0",
    element("span", { class: "compexp-band-axis" }, band, mark),
    formatScore(end),
  );
}
