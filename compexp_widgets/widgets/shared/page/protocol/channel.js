/**
 * Talking with the kernel: numbered requests with their answers, and messages nobody asked for.
 *
 * Every request has one last message, which is `finished`: what was asked for, an `error`, or `cancelled`. What comes before it
 * are parts of the answer.
 */

/** A failure that the kernel reported, or its silence. */
export class KernelError extends Error {
  /**
   * @param {string} message
   * @param {string} [detail]
   */
  constructor(message, detail = "") {
    super(message);
    this.name = "KernelError";
    this.detail = detail;
  }
}

/** Nobody waits for the answer any more, or another question took the place of this one. */
export class Cancelled extends KernelError {
  /** @param {any} found what there was by then, a part of the answer; `null` when there was nothing */
  constructor(found = null) {
    super("It was stopped before it was done.");
    this.name = "Cancelled";
    this.found = found;
  }
}

/** A formula that was typed cannot be read. */
export class FormulaError extends KernelError {
  /** @param {import("../messages").FormulaFailure} failure */
  constructor(failure) {
    super(failure.message);
    this.name = "FormulaError";
    this.failure = failure;
  }
}

/**
 * What went wrong, in a sentence.
 *
 * @param {unknown} error
 */
export function failureWords(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The answer, or why the formula that was asked about cannot be read.
 *
 * @template Answer
 * @param {Promise<Answer>} answer
 * @returns {Promise<Answer | FormulaError>}
 */
export async function orFormulaError(answer) {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof FormulaError) return error;
    throw error;
  }
}

const LOST = "The kernel was restarted or is gone: run the cell again.";

// Every view of a widget hears every reply; numbers that start at a random place keep the views of two windows apart.
let lastId = Math.floor(Math.random() * 1_000_000) * 1000;

/**
 * @template Message
 * @typedef {{message: Message, buffers: DataView[]}} Reply
 */

/**
 * @typedef {object} Pending
 * @property {(message: any, buffers: DataView[]) => void} hear parts
 * @property {(reply: Reply<any>) => void} resolve
 * @property {(error: Error) => void} reject
 */

/**
 * Numbered requests over a widget's custom messages. One a view; `close` when the view goes. `messages.d.ts` of each widget has
 * its `Requests`: by type of request what is asked, what may come before the answer, and the answer.
 *
 * @template {{[Type in keyof Requests]: {fields: object, part: any, answer: any}}} Requests
 */
export class Channel {
  /**
   * @param {any} model the anywidget model
   * @param {object} listeners
   * @param {(message: any) => void} listeners.onEvent messages that answer no request
   * @param {(error: KernelError) => void} listeners.onFailure errors that answer no pending request of this view
   * @param {() => void} [listeners.onAnswer] the kernel has answered a request
   */
  constructor(model, { onEvent, onFailure, onAnswer = () => {} }) {
    this.model = model;
    this.onFailure = onFailure;
    /** Whether the kernel that knew this widget is gone: no answer will come. */
    this.lost = false;
    this.closed = false;
    /** @type {Map<number, Pending>} */
    this.pending = new Map();
    this.listen = (/** @type {any} */ message, /** @type {DataView[]} */ buffers = []) => {
      if (message === null || typeof message !== "object") return;
      this.lost = false;
      const nobodys = message.id === undefined || message.id === null;
      const asked = nobodys ? undefined : this.pending.get(message.id);
      if (asked) {
        if (message.type !== "error") onAnswer();
        if (message.finished === false) return asked.hear(message, buffers);
        this.pending.delete(message.id);
        const error = errorOf(message);
        if (error) asked.reject(error);
        else asked.resolve({ message, buffers });
      } else if (nobodys && message.type === "error") onFailure(/** @type {KernelError} */ (errorOf(message)));
      else if (nobodys) onEvent(message);
    };
    model.on("msg:custom", this.listen);
  }

  /**
   * Sends a message whose answer tells nothing; an error reaches `onFailure`.
   *
   * @template {keyof Requests & string} Type
   * @param {Type} type
   * @param {Requests[Type]["fields"]} fields
   */
  send(type, fields) {
    if (!this.lost) this.request(type, fields).catch((error) => this.tell(error));
  }

  /**
   * Sends a message and waits for its answer.
   *
   * @template {keyof Requests & string} Type
   * @param {Type} type
   * @param {Requests[Type]["fields"]} fields
   * @param {object} [also]
   * @param {(part: Requests[Type]["part"], buffers: DataView[]) => void} [also.onPart] what comes before the answer
   * @param {ArrayBuffer[]} [also.buffers] bytes that go along
   * @returns {Promise<Reply<Requests[Type]["answer"]>>} rejects with `KernelError` when the kernel reports one or is gone, with
   *   `FormulaError`, and with `Cancelled`
   */
  request(type, fields, { onPart = () => {}, buffers } = {}) {
    return new Promise((resolve, reject) => {
      lastId += 1;
      const id = lastId;
      if (this.lost) return reject(new KernelError(LOST));
      this.pending.set(id, { hear: onPart, resolve, reject });
      try {
        this.model.send({ ...fields, type, id }, undefined, buffers);
      } catch (error) {
        this.pending.delete(id);
        reject(new KernelError("The kernel cannot be reached. Run the cell again.", String(error)));
      }
    });
  }

  /**
   * Sends a message and waits for the first of the messages that answer it.
   *
   * @template {keyof Requests & string} Type
   * @param {Type} type
   * @param {Requests[Type]["fields"]} fields
   * @param {(more: Requests[Type]["part"] | Requests[Type]["answer"] | Cancelled, buffers: DataView[]) => void} onMore what
   *   follows; an error reaches `onFailure`
   * @returns {Promise<Reply<Requests[Type]["part"] | Requests[Type]["answer"]>>}
   */
  first(type, fields, onMore) {
    return new Promise((resolve, reject) => {
      let first = true;
      const take = (/** @type {any} */ message, /** @type {DataView[]} */ buffers) => {
        if (first) resolve({ message, buffers });
        else onMore(message, buffers);
        first = false;
      };
      this.request(type, fields, { onPart: take }).then(
        ({ message, buffers }) => take(message, buffers),
        (error) => {
          if (first) reject(error);
          else if (error instanceof Cancelled) onMore(error, []);
          else this.tell(error);
        },
      );
    });
  }

  /** The kernel that knew this widget is gone: what waits for an answer is told so, and so is what asks from now on. */
  lose() {
    if (this.lost) return;
    this.lost = true;
    this.abandon(LOST);
    this.onFailure(new KernelError(LOST));
  }

  /** Stops listening; requests whose replies are still on their way are rejected. */
  close() {
    this.model.off("msg:custom", this.listen);
    this.closed = true;
    this.abandon("This view was closed.");
  }

  /** @param {KernelError} error that answers what nobody waits for; that the kernel or the view is gone is told once */
  tell(error) {
    if (!this.closed && !this.lost && !(error instanceof Cancelled)) this.onFailure(error);
  }

  /** @param {string} words why no answer will come */
  abandon(words) {
    const { pending } = this;
    this.pending = new Map();
    for (const { reject } of pending.values()) reject(new KernelError(words));
  }
}

/**
 * @param {import("../messages").Failure | import("../messages").FormulaFailure | import("../messages").Cancelled | import("../messages").Done} message
 * @returns {KernelError | null}
 */
function errorOf(message) {
  if (message.type === "formula_error") return new FormulaError(message);
  if (message.type === "cancelled") return new Cancelled(message.found);
  return message.type === "error" ? new KernelError(message.message, message.detail) : null;
}
