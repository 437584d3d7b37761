/**
 * A kernel that answers as a real one once did: a widget's messages, recorded by `record.py` and played again.
 *
 * A request that was never recorded is answered as the most similar one of its type, and listed in `unrecorded`.
 */

/**
 * @param {string} address of a recording
 * @param {{delay?: number, rename?: string}} options `delay` in milliseconds, before an answer and between its parts; `rename` is
 *   `old:new`, a word in all answers
 */
export async function openRecording(address, { delay = 25, rename = "" }) {
  const file = await fetch(address);
  let text = await new Response(file.body.pipeThrough(new DecompressionStream("gzip"))).text();
  const [old, name] = rename.split(/:(.*)/s);
  if (name) text = text.replaceAll(new RegExp(`\\b${old}\\b`, "g"), JSON.stringify(name).slice(1, -1));
  return new ReplayModel(JSON.parse(text), delay);
}

export class ReplayModel {
  constructor({ traits, exchanges, buffers }, delay) {
    this.traits = { ...traits };
    this.exchanges = exchanges;
    this.delay = delay;
    this.buffers = buffers.map((base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
    /** All that the page has sent. */
    this.log = [];
    this.unrecorded = [];
    this.listeners = [];
    /** By type of request: the number of the one that is being answered. */
    this.running = {};
    /** Who hears of the kernel's status, as in JupyterLab. */
    this.kernelTold = [];
    const statusChanged = {
      connect: (tell) => this.kernelTold.push(tell),
      disconnect: (tell) => (this.kernelTold = this.kernelTold.filter((other) => other !== tell)),
    };
    this.widget_manager = { kernel: { statusChanged } };
  }

  // What anywidget gives a page

  get(name) {
    return this.traits[name];
  }

  set(name, value) {
    this.change(name, value);
    // What the kernel set in turn, where it does that for this trait.
    const sets = this.exchanges.filter(({ request }) => request.type === "set" && name in request);
    const same = sets.find(({ request }) => JSON.stringify(request[name]) === JSON.stringify(value));
    if (same) setTimeout(() => Object.entries(same.traits).forEach((change) => this.change(...change)), this.delay);
    else if (sets.length > 0 && value !== null) this.unrecorded.push({ type: "set", [name]: value });
  }

  change(name, value) {
    if (JSON.stringify(this.traits[name]) === JSON.stringify(value)) return;
    this.traits[name] = value;
    for (const [event, listener] of [...this.listeners]) if (event === `change:${name}`) listener();
  }

  save_changes() {}

  on(event, listener) {
    this.listeners.push([event, listener]);
  }

  off(event, listener) {
    this.listeners = this.listeners.filter(([name, other]) => name !== event || other !== listener);
  }

  send(message) {
    this.log.push(message);
    setTimeout(() => void this.answer(structuredClone(message)), this.delay);
  }

  // What the kernel does

  emit(message, numbers = []) {
    // Views that start in the middle of a larger buffer, as Jupyter's do.
    const views = numbers.map((number) => {
      const bytes = this.buffers[number];
      const larger = new Uint8Array(bytes.byteLength + 3);
      larger.set(bytes, 3);
      return new DataView(larger.buffer, 3);
    });
    for (const [event, listener] of [...this.listeners]) if (event === "msg:custom") listener(structuredClone(message), views);
  }

  async answer({ id, ...request }) {
    if (request.type === "cancel") {
      delete this.running[request.what];
      return this.emit({ type: "done", id, finished: true });
    }
    this.running[request.type] = id;
    /** What there was when the job was cancelled. */
    let found = null;
    const messages = this.recorded(request);
    const answer = messages.find(({ message }) => message.finished)?.message;
    for (const { message, buffers } of messages) {
      const mine = message.id !== null;
      if (mine && this.running[request.type] !== id && found !== null) {
        const known = Object.entries(found).filter(([, value]) => value !== null);
        return this.emit({ type: "cancelled", id, finished: true, found: { ...answer, ...Object.fromEntries(known) } });
      }
      this.emit(mine ? { ...message, id } : message, buffers);
      if (!mine || message.finished) continue;
      found = message;
      await new Promise((resolve) => setTimeout(resolve, 4 * this.delay));
    }
  }

  /** The messages that answered a request, or the most similar one of its type. */
  recorded(request) {
    const known = this.exchanges.filter((one) => one.request.type === request.type);
    const wanted = written(request);
    const same = known.find((one) => (one.written ??= written(one.request)) === wanted);
    if (same) return same.messages;
    this.unrecorded.push(request);
    if (known.length === 0) return [{ message: { type: "error", id: 0, finished: true, message: `No ${request.type} was recorded.`, detail: "" }, buffers: [] }];
    const leaves = leavesOf(request);
    const alike = known.map((one) => [...leavesOf(one.request)].filter((leaf) => leaves.has(leaf)).length);
    return known[alike.indexOf(Math.max(...alike))].messages;
  }
}

/** As text, whatever the order of its fields. */
function written(request) {
  return JSON.stringify([...leavesOf(request)].sort());
}

/** The values in a request, each with where it stands. */
function leavesOf(value, path = "", found = new Set()) {
  if (value !== null && typeof value === "object") for (const [name, inner] of Object.entries(value)) leavesOf(inner, `${path}.${name}`, found);
  else found.add(`${path}=${value}`);
  return found;
}
