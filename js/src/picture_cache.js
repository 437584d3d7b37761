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
 * A map of bounded size that forgets what was not used longest.
 *
 * @template Value
 */
export class RecentlyUsed {
  /**
   * @param {number} capacity
   * @param {(value: Value) => void} [release] called with each value that is forgotten
   */
  constructor(capacity, release = () => {}) {
    this.capacity = capacity;
    this.release = release;
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
    const replaced = this.entries.get(key);
    if (replaced !== undefined && replaced !== value) this.release(replaced);
    this.entries.delete(key);
    this.entries.set(key, value);
    for (const [oldest, forgotten] of this.entries) {
      if (this.entries.size <= this.capacity) break;
      this.entries.delete(oldest);
      this.release(forgotten);
    }
  }

  clear() {
    for (const value of this.entries.values()) this.release(value);
    this.entries.clear();
  }
}
