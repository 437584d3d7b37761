/** Pictures that the page has already: the least recently used go first. */

/**
 * @typedef {object} Picture
 * @property {number} width
 * @property {number} height
 * @property {ImageBitmap} bitmap
 * @property {Uint16Array} signatures one local signature id a grid position, row-major
 * @property {Record<string, number[]>} concepts local signature id → indices of the concepts that hold there
 */

/**
 * A map of bounded weight that forgets what was not used longest; what was set last always stays.
 *
 * @template Value
 */
export class RecentlyUsed {
  /**
   * @param {object} options
   * @param {number} options.capacity how much may be kept, in what `weigh` gives
   * @param {(value: Value) => number} [options.weigh]
   * @param {(value: Value) => void} [options.release] called with each value that is forgotten
   */
  constructor({ capacity, weigh = () => 1, release = () => {} }) {
    this.capacity = capacity;
    this.weigh = weigh;
    this.release = release;
    this.weight = 0;
    /** @type {Map<number, Value>} */
    this.entries = new Map();
  }

  /** @param {number} key */
  has(key) {
    return this.entries.has(key);
  }

  /** @param {number} key */
  get(key) {
    const value = this.entries.get(key);
    if (value !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, value);
    }
    return value;
  }

  /**
   * @param {number} key
   * @param {Value} value
   */
  set(key, value) {
    this.forget(key);
    this.entries.set(key, value);
    this.weight += this.weigh(value);
    for (const oldest of this.entries.keys()) {
      if (this.weight <= this.capacity || oldest === key) break;
      this.forget(oldest);
    }
  }

  /** @param {number} key */
  forget(key) {
    const value = this.entries.get(key);
    if (value === undefined) return;
    this.entries.delete(key);
    this.weight -= this.weigh(value);
    this.release(value);
  }

  clear() {
    for (const key of [...this.entries.keys()]) this.forget(key);
  }
}
