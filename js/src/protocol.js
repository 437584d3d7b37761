/**
 * Talking with the kernel: numbered requests with replies, messages nobody asked for, and "the latest wins".
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
   */
  constructor(model, { onPush, onFailure }) {
    this.model = model;
    /** @type {Map<number, {resolve: (reply: any) => void, reject: (error: Error) => void}>} */
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
      const waiting = this.pending.get(message.id);
      if (waiting) {
        this.pending.delete(message.id);
        if (message.type === "error") waiting.reject(new KernelError(String(message.message), String(message.detail ?? "")));
        else waiting.resolve({ message, buffers });
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
    this.model.send({ ...fields, type, id: lastId });
    return lastId;
  }

  /**
   * Sends a message and waits for the reply that carries its id.
   *
   * @param {string} type
   * @param {Record<string, any>} [fields]
   * @param {(message: any, buffers: DataView[]) => void} [hear] later messages with this id, until the next request of
   *   this type; errors among them reach `onFailure`
   * @param {ArrayBuffer[]} [buffers] bytes that go along
   * @returns {Promise<{message: any, buffers: DataView[]}>} rejects with `KernelError` when the kernel reports one
   */
  request(type, fields = {}, hear, buffers) {
    return new Promise((resolve, reject) => {
      lastId += 1;
      const id = lastId;
      if (hear) this.followed.set(type, { id, hear });
      this.pending.set(id, { resolve, reject });
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

  /** Stops listening; requests whose replies are still on their way are rejected. */
  close() {
    this.model.off("msg:custom", this.listen);
    for (const { reject } of this.pending.values()) reject(new KernelError("This view was closed."));
    this.pending.clear();
    this.followed.clear();
  }
}

/**
 * Runs one job at a time; of those that arrive meanwhile only the latest is kept.
 *
 * @template Job
 */
export class LatestOnly {
  /** @param {(job: Job) => Promise<void>} run must not reject */
  constructor(run) {
    this.run = run;
    this.busy = false;
    /** @type {{job: Job} | null} */
    this.waiting = null;
  }

  /** @param {Job} job */
  submit(job) {
    this.waiting = { job };
    if (!this.busy) void this.drain();
  }

  async drain() {
    this.busy = true;
    try {
      while (this.waiting) {
        const { job } = this.waiting;
        this.waiting = null;
        await this.run(job);
      }
    } finally {
      this.busy = false;
    }
  }
}
