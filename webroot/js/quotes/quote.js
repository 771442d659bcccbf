/** The prices of one symbol. Does not touch the page. */

/** How many prices are kept. */
export const MAX_PRICES = 4096;

/** The name of a room is this and the symbol. */
export const PREFIX = "quotes:";

/** How long plots are, unless there are no prices as old as that. */
export const PLOT_SECONDS = 60;

/** A plot is at least this long, in milliseconds. */
const MIN_SPAN_MILLIS = 10_000;

function isPrice(value) {
  return typeof value === "number" && Number.isFinite(value);
}

export class Quote {
  /** The newest price; null before the first. */
  price = null;
  /** The price that changes are relative to. */
  open = null;
  /** The lowest and the highest price of the day, if the messages have them; else null. */
  low = null;
  high = null;
  /** 1 after a rise, −1 after a fall, 0 before the first change. */
  direction = 0;
  /** The number of updates received, of those that the server left out, and of messages that were no quotes. */
  received = 0;
  conflated = 0;
  invalid = 0;
  #times = new Float64Array(2 * MAX_PRICES);
  #prices = new Float64Array(2 * MAX_PRICES);
  #from = 0;
  #to = 0;

  constructor(room) {
    this.room = room;
    this.symbol = room.slice(PREFIX.length);
  }

  /** The change since the opening as a part of one; null before the first price. */
  get change() {
    return this.price === null || !this.open ? null : this.price / this.open - 1;
  }

  /** The number of prices that are kept. */
  get length() {
    return this.#to - this.#from;
  }

  /** The time of the newest price in milliseconds since 1970; undefined before the first. */
  get newest() {
    return this.length > 0 ? this.#times[this.#to - 1] : undefined;
  }

  /** The time of the oldest price that is kept; undefined before the first. */
  get oldest() {
    return this.length > 0 ? this.#times[this.#from] : undefined;
  }

  /**
   * Takes the data of a message, `{price, open?, low?, high?, time?}`. Counts and ignores anything else. Returns whether it was a
   * quote.
   *
   * @param time of the message, used if its data has none
   */
  update(data, time) {
    if (!isPrice(data?.price)) {
      this.invalid++;
      return false;
    }
    if (this.price !== null && data.price !== this.price) {
      this.direction = data.price > this.price ? 1 : -1;
    }
    this.price = data.price;
    this.open = isPrice(data.open) ? data.open : (this.open ?? data.price);
    this.low = isPrice(data.low) ? data.low : null;
    this.high = isPrice(data.high) ? data.high : null;
    this.received++;
    this.#add(isPrice(data.time) ? data.time : time, data.price);
    return true;
  }

  /** Takes earlier messages, `{data, time}`, oldest first: prices from before those that are kept. */
  prepend(messages) {
    const room = MAX_PRICES - this.length;
    const earlier = messages.filter(({ data }) => isPrice(data?.price)).slice(-room || messages.length);
    if (room === 0 || earlier.length === 0) {
      return;
    }
    const times = this.#times.slice(this.#from, this.#to);
    const prices = this.#prices.slice(this.#from, this.#to);
    this.#from = this.#to = 0;
    earlier.forEach(({ data, time }) => this.#add(isPrice(data.time) ? data.time : time, data.price));
    times.forEach((time, i) => this.#add(time, prices[i]));
  }

  /** Counts updates that the server left out. */
  skip(count) {
    this.conflated += count;
  }

  #add(time, price) {
    if (this.#to === this.#times.length) {
      this.#times.copyWithin(0, this.#to - MAX_PRICES + 1, this.#to);
      this.#prices.copyWithin(0, this.#to - MAX_PRICES + 1, this.#to);
      this.#from = 0;
      this.#to = MAX_PRICES - 1;
    }
    // Clocks of publishers may differ; a line never goes back.
    const last = this.length > 0 ? this.#times[this.#to - 1] : 0;
    this.#times[this.#to] = Math.max(time, last);
    this.#prices[this.#to] = price;
    this.#to++;
    this.#from = Math.max(this.#from, this.#to - MAX_PRICES);
  }

  /** Returns the index of the first price since a time. */
  #indexOf(time) {
    let low = this.#from;
    let high = this.#to;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle] < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Returns the times and prices since a time, and the last before it: views, valid until the next update. */
  since(time) {
    const first = Math.max(this.#from, this.#indexOf(time) - 1);
    return {
      times: this.#times.subarray(first, this.#to),
      prices: this.#prices.subarray(first, this.#to),
    };
  }

  /** Returns the price at a time, `{time, price}`: the last one until then, or else the first; null if there is none. */
  at(time) {
    const index = Math.max(this.#from, Math.min(this.#indexOf(time + 1), this.#to) - 1);
    return this.length > 0 ? { time: this.#times[index], price: this.#prices[index] } : null;
  }

  /** Returns where a plot until `clock` begins, so that it is full. */
  plotStart(clock) {
    return Math.max(clock - PLOT_SECONDS * 1000, Math.min(this.oldest ?? clock, clock - MIN_SPAN_MILLIS));
  }
}
