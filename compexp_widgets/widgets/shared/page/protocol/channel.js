/**
 * Talking with the kernel: numbered requests with replies, and messages nobody asked for.
 *
 * Every request has one last answer: what was asked for, an `error`, or `cancelled`.
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
  constructor() {
    super("It was stopped before it was done.");
    this.name = "Cancelled";
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

const LOST = "The kernel was restarted or is gone: run the cell again.";

// Every view of a widget hears every reply; numbers that start at a random place keep the views of two windows apart.
let lastId = Math.floor(Math.random() * 1_000_000) * 1000;

/**
 * Numbered requests over a widget's custom messages. One a view; `close` when the view goes.
 */
export class Channel {
  /**
   * @param {any} model the anywidget model
   * @param {object} listeners
   * @param {(message: any) => void} listeners.onPush messages that answer no request
   * @param {(error: KernelError) => void} listeners.onFailure errors that answer no pending request of this view
   * @param {() => void} [listeners.onAnswer] the kernel has answered a request
   */
  constructor(model, { onPush, onFailure, onAnswer = () => {} }) {
    this.model = model;
    this.onFailure = onFailure;
    /** Whether the kernel that knew this widget is gone: no answer will come. */
    this.lost = false;
    /** @type {Map<number, {resolve: (reply: any) => void, reject: (error: Error) => void, partly: boolean}>} */
    this.pending = new Map();
    /**
     * Who hears what follows the first reply: by type of request, for the latest request of that type.
     *
     * @type {Map<string, {id: number, hear: (message: any, buffers: DataView[]) => void}>}
     */
    this.followed = new Map();
    /** Ids that were sent without waiting for a reply; their errors still belong to this view. */
    this.sent = new Set();
    this.listen = (/** @type {any} */ message, /** @type {DataView[]} */ buffers = []) => {
      if (message === null || typeof message !== "object") return;
      this.lost = false;
      const waiting = this.pending.get(message.id);
      if (waiting) {
        this.pending.delete(message.id);
        if (message.type === "error") waiting.reject(new KernelError(String(message.message), String(message.detail ?? "")));
        else if (message.type === "cancelled" && !waiting.partly) waiting.reject(new Cancelled());
        else waiting.resolve({ message, buffers });
        if (message.type !== "error") onAnswer();
      } else if (message.type === "error") {
        if (message.id === undefined || message.id === null || this.sent.has(message.id) || this.follower(message.id)) {
          onFailure(new KernelError(String(message.message), String(message.detail ?? "")));
        }
      } else if (this.follower(message.id)) {
        this.follower(message.id)?.hear(message, buffers);
      } else if (message.id === undefined || message.id === null) {
        onPush(message);
      }
    };
    model.on("msg:custom", this.listen);
  }

  /**
   * Sends a message and does not wait; an error that answers it reaches `onFailure`.
   *
   * @param {string} type
   * @param {Record<string, any>} [fields]
   * @returns {number} its id
   */
  send(type, fields = {}) {
    lastId += 1;
    this.sent.add(lastId);
    if (!this.lost) this.model.send({ ...fields, type, id: lastId });
    return lastId;
  }

  /**
   * Sends a message and waits for the reply that carries its id.
   *
   * @param {string} type
   * @param {Record<string, any>} [fields]
   * @param {(message: any, buffers: DataView[]) => void} [hear] later messages with this id, until the next request of
   *   this type; errors among them reach `onFailure`. Who hears parts also hears that it was `cancelled`
   * @param {ArrayBuffer[]} [buffers] bytes that go along
   * @returns {Promise<{message: any, buffers: DataView[]}>} rejects with `KernelError` when the kernel reports one or is
   *   gone, and with `Cancelled`
   */
  request(type, fields = {}, hear, buffers) {
    return new Promise((resolve, reject) => {
      lastId += 1;
      const id = lastId;
      if (this.lost) return reject(new KernelError(LOST));
      if (hear) this.followed.set(type, { id, hear });
      this.pending.set(id, { resolve, reject, partly: hear !== undefined });
      try {
        this.model.send({ ...fields, type, id }, undefined, buffers);
      } catch (error) {
        this.pending.delete(id);
        reject(new KernelError("The kernel cannot be reached. Run the cell again.", String(error)));
      }
    });
  }

  /** @param {any} id */
  follower(id) {
    return [...this.followed.values()].find((follower) => follower.id === id);
  }

  /** The kernel that knew this widget is gone: what waits for an answer is told so, and so is what asks from now on. */
  lose() {
    if (this.lost) return;
    this.lost = true;
    for (const { reject } of this.pending.values()) reject(new KernelError(LOST));
    this.pending.clear();
    this.followed.clear();
    this.onFailure(new KernelError(LOST));
  }

  /** Stops listening; requests whose replies are still on their way are rejected. */
  close() {
    this.model.off("msg:custom", this.listen);
    for (const { reject } of this.pending.values()) reject(new KernelError("This view was closed."));
    this.pending.clear();
    this.followed.clear();
  }
}
