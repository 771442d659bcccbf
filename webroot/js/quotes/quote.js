/** One symbol as a page knows it: its newest price, the ones before, and what was left out. Knows nothing of the page. */

/** Prices that are kept of a symbol. */
const KEPT = 4096;

/** What stands before a symbol in the name of its room. */
export const PREFIX = "quotes:";

/** The symbol of a room. */
export function symbolOf(room) {
  return room.slice(PREFIX.length);
}

function isPrice(value) {
  return typeof value === "number" && Number.isFinite(value);
}

export class Quote {
  /** The newest price; null before the first. */
  price = null;
  /** What the change is counted from. */
  open = null;
  /** 1 after a rise, −1 after a fall, 0 before. */
  direction = 0;
  /** Updates that were heard, and those that the server left out. */
  heard = 0;
  conflated = 0;
  /** Messages that were no quotes. */
  strange = 0;
  #times = new Float64Array(2 * KEPT);
  #prices = new Float64Array(2 * KEPT);
  #from = 0;
  #to = 0;

  constructor(room) {
    this.room = room;
    this.symbol = symbolOf(room);
  }

  /** Part of one since the opening; null before the first price. */
  get change() {
    return this.price === null || !this.open ? null : this.price / this.open - 1;
  }

  /** How many prices are kept. */
  get length() {
    return this.#to - this.#from;
  }

  /** When the newest price was made, in milliseconds since 1970; only where there is one. */
  get newest() {
    return this.#times[this.#to - 1];
  }

  /** What a message says: `{price, open?, time?}`. What else it may be is ignored. Returns whether it was a quote. */
  take(data, now) {
    if (!isPrice(data?.price)) {
      this.strange++;
      return false;
    }
    if (this.price !== null && data.price !== this.price) {
      this.direction = data.price > this.price ? 1 : -1;
    }
    this.price = data.price;
    this.open = isPrice(data.open) ? data.open : (this.open ?? data.price);
    this.heard++;
    this.#keep(isPrice(data.time) ? data.time : now);
    return true;
  }

  /** So many updates were left out for this page. */
  gap(count) {
    this.conflated += count;
  }

  #keep(time) {
    if (this.#to === this.#times.length) {
      this.#times.copyWithin(0, this.#to - KEPT + 1, this.#to);
      this.#prices.copyWithin(0, this.#to - KEPT + 1, this.#to);
      this.#from = 0;
      this.#to = KEPT - 1;
    }
    // Clocks of two publishers may differ; a line never goes back.
    const last = this.length > 0 ? this.#times[this.#to - 1] : 0;
    this.#times[this.#to] = Math.max(time, last);
    this.#prices[this.#to] = this.price;
    this.#to++;
    this.#from = Math.max(this.#from, this.#to - KEPT);
  }

  /** Times and prices since a moment, with the last one before it, as they are kept: to be read at once. */
  since(moment) {
    let low = this.#from;
    let high = this.#to;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle] < moment) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const first = Math.max(this.#from, low - 1);
    return {
      times: this.#times.subarray(first, this.#to),
      prices: this.#prices.subarray(first, this.#to),
    };
  }
}
