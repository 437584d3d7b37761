/** The part of a mock kernel that is anywidget's: traits, listeners, messages with buffers. Who extends it answers messages. */

export class MockTraits {
  constructor(traits, delay) {
    this.traits = { ...traits };
    this.delay = delay;
    this.log = [];
    this.listeners = [];
    /** Who hears of the kernel's status, as in JupyterLab. */
    this.kernelTold = [];
    const statusChanged = {
      connect: (tell) => this.kernelTold.push(tell),
      disconnect: (tell) => (this.kernelTold = this.kernelTold.filter((other) => other !== tell)),
    };
    this.widget_manager = { kernel: { statusChanged } };
  }

  get(name) {
    return this.traits[name];
  }

  set(name, value) {
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

  emit(message, buffers = []) {
    // Views that start in the middle of a larger buffer, as Jupyter's do.
    const views = buffers.map((bytes) => {
      const larger = new Uint8Array(bytes.byteLength + 3);
      larger.set(new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength), 3);
      return new DataView(larger.buffer, 3);
    });
    for (const [event, listener] of [...this.listeners]) if (event === "msg:custom") listener(message, views);
  }

  send(message, _callbacks, buffers) {
    this.log.push(message);
    setTimeout(() => void this.answer(structuredClone(message), buffers), this.delay);
  }
}
