/**
 * The three ways in which the page waits for the kernel: an answer that has its place (`AnswerPlace`), requests of which only
 * the latest counts (`LatestOnly`), and long work in one line with its progress and its buttons (`Job`).
 */

import { Cancelled, failureWords, FormulaError, KernelError } from "./channel.js";
import { button } from "../elements/controls.js";
import { element } from "../elements/element.js";
import { formatCount, formatDuration } from "../elements/format.js";
import { Notices } from "./notices.js";

/**
 * Runs one job at a time; of those that arrive meanwhile only the latest is kept.
 *
 * @template Request
 */
export class LatestOnly {
  /** @param {(request: Request) => Promise<void>} run must not reject */
  constructor(run) {
    this.run = run;
    this.busy = false;
    /** @type {{request: Request} | null} */
    this.waiting = null;
  }

  /** @param {Request} request */
  submit(request) {
    this.waiting = { request };
    if (!this.busy) void this.drain();
  }

  async drain() {
    this.busy = true;
    try {
      while (this.waiting) {
        const { request } = this.waiting;
        this.waiting = null;
        await this.run(request);
      }
    } finally {
      this.busy = false;
    }
  }
}

/**
 * The question whose answer a place on the page shows. What stands there belongs to the question before until the answer
 * comes; an answer to any but the last question is not shown; a failure is told until an answer comes.
 */
export class Question {
  /**
   * @param {(state: {asking: boolean, error: unknown}) => void} onState `error` is `null` when there is none; a question
   *   that failed or was cancelled leaves what stands there unanswered for
   */
  constructor(onState) {
    this.onState = onState;
    /** Of the last question. */
    this.turn = 0;
  }

  /**
   * @template Answer
   * @param {() => Promise<Answer>} ask
   * @returns {Promise<Answer | null>} `null` when it failed, or another question was asked meanwhile
   */
  async put(ask) {
    this.turn += 1;
    const { turn } = this;
    this.onState({ asking: true, error: null });
    try {
      const answer = await ask();
      if (turn !== this.turn) return null;
      this.onState({ asking: false, error: null });
      return answer;
    } catch (error) {
      if (turn === this.turn) this.onState({ asking: false, error });
      return null;
    }
  }

  /** Nobody waits for an answer any more: one that still comes is not shown. */
  drop() {
    this.turn += 1;
    this.onState({ asking: false, error: null });
  }
}

/** A place that shows the answer to one question: dimmed while another is asked, and where it is told that one failed. */
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

/**
 * How far a job is, in words. Pure.
 *
 * @param {Pick<import("../messages").Progress, "done" | "total" | "seconds_left"> & Partial<Pick<import("../messages").Progress, "stage">>} progress
 */
export function jobWords({ stage, done, total, seconds_left: left }) {
  const what = stage ? `${stage}: ` : "";
  return `${what}${formatCount(done)} of ${formatCount(total)}${leftWords(left)}`;
}

/** @param {number | null} seconds `null` where the time left is not known */
export function leftWords(seconds) {
  return seconds !== null && Number.isFinite(seconds) ? ` · ${formatDuration(seconds)} left` : "";
}

/**
 * How a message of a job came.
 *
 * @typedef {object} End
 * @property {boolean} finished whether it is the last one
 * @property {boolean} cancelled whether it is what there was when the job was cancelled
 */

/**
 * Long work in one line: a button that starts it, its progress, and a button that ends it.
 *
 * @template {{[Type in keyof Requests]: {fields: object, part: any, answer: any}}} Requests
 * @template {keyof Requests & string} Type
 */
export class Job {
  /**
   * @param {object} options
   * @param {import("./channel.js").Channel<Requests>} options.channel
   * @param {Type} options.type of the request, and the name of the kernel's job
   * @param {string} options.label for those who do not see the bar
   * @param {string} [options.start] words on a button that starts it; without one, it is started by `start` and its line is
   *   there while it runs
   * @param {() => Requests[Type]["fields"] | null} [options.ask] the request's fields, where the button starts it; `null` when
   *   there is nothing to do, after saying so
   * @param {(progress: any, finished: boolean) => string} [options.words] how far it is
   * @param {(message: Requests[Type]["part"] | Requests[Type]["answer"], end: End) => void} options.onMessage parts, and last the
   *   answer or what there was of it
   * @param {() => void} [options.onFail] it ended with an error, which is told in the line, or was cancelled before anything was
   *   found
   * @param {(failure: import("../messages").FormulaFailure) => void} [options.onFormulaError]
   */
  constructor({ channel, type, label, start, ask = () => null, words = jobWords, onMessage, onFail = () => {}, onFormulaError }) {
    this.channel = channel;
    this.type = type;
    this.ask = ask;
    this.wordsOf = words;
    this.onMessage = onMessage;
    this.onFail = onFail;
    this.onFormulaError = onFormulaError;
    this.running = false;
    /** Of the latest request: what earlier ones still tell is not heard. */
    this.turn = 0;
    this.button = start === undefined ? null : button(start, () => this.begin(), { class: "compexp-button compexp-main-button" });
    this.bar = element("progress", { class: "compexp-progress", max: 1, hidden: true, "aria-label": label });
    this.words = element("span", { class: "compexp-caption compexp-job-words", role: "status" });
    this.cancel = button("cancel", () => this.stop(), { hidden: true });
    const inPlace = this.button ? "" : " compexp-filling";
    this.node = element("div", { class: `compexp-row compexp-job${inPlace}`, hidden: !this.button }, this.button ?? "", this.bar, this.words, this.cancel);
  }

  /** Starts it as its button does. */
  begin() {
    const fields = this.ask();
    if (fields !== null) void this.start(fields);
  }

  /** @param {Requests[Type]["fields"]} fields of the request */
  async start(fields) {
    this.turn += 1;
    const { turn } = this;
    this.setRunning(true);
    this.bar.removeAttribute("value");
    this.words.textContent = "starting …";
    const hear = (/** @type {any} */ message, /** @type {End} */ end) => turn === this.turn && this.hear(message, end);
    try {
      const { message } = await this.channel.request(this.type, fields, { onPart: (part) => hear(part, { finished: false, cancelled: false }) });
      hear(message, { finished: true, cancelled: false });
    } catch (error) {
      if (turn !== this.turn) return;
      if (error instanceof Cancelled && error.found !== null) return this.hear(error.found, { finished: true, cancelled: true });
      this.setRunning(false);
      this.words.textContent = error instanceof Cancelled ? "stopped" : "";
      if (error instanceof FormulaError && this.onFormulaError) return this.onFormulaError(error.failure);
      if (!(error instanceof Cancelled)) {
        this.node.hidden = false;
        this.words.textContent = `Stopped by an error: ${failureWords(error)}`;
      }
      this.onFail();
    }
  }

  /**
   * @param {any} message
   * @param {End} end
   */
  hear(message, end) {
    const { done, total } = message;
    this.setRunning(!end.finished);
    if (total > 0) this.bar.value = done / total;
    this.words.textContent = total === undefined ? "" : this.wordsOf(message, end.finished);
    this.onMessage(message, end);
  }

  /** @param {string} words instead of progress */
  tell(words) {
    this.words.textContent = words;
  }

  /** The kernel ends it, and says so with a last message. */
  stop() {
    this.channel.send(/** @type {any} */ ("cancel"), { what: this.type });
  }

  /** What it is about is another now: it ends, and what it still tells is not heard. */
  forget() {
    if (this.running) this.stop();
    this.turn += 1;
    this.setRunning(false);
    this.words.textContent = "";
  }

  /** @param {boolean} running */
  setRunning(running) {
    this.running = running;
    this.bar.hidden = !running;
    this.cancel.hidden = !running;
    if (this.button) this.button.hidden = running;
    else this.node.hidden = !running;
  }
}
