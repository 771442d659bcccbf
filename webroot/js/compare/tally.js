/** What one lane has cost and how late it was, since the last reset. Knows nothing of the page. */

/** Delays that are looked back on. */
const KEPT = 1000;

export class Tally {
  requests = 0;
  /** Requests that brought nothing. */
  empty = 0;
  bytes = 0;
  messages = 0;
  #delays = [];

  /** One more message, this many milliseconds after it was sent. */
  heard(millis) {
    this.#delays[this.messages++ % KEPT] = millis;
  }

  /** Mean of the newest thousand delays in milliseconds; null before the first. */
  mean() {
    const { length } = this.#delays;
    return length === 0 ? null : this.#delays.reduce((sum, one) => sum + one, 0) / length;
  }

  /** The delay that 99 of 100 of the newest thousand do not exceed; null before the first. */
  p99() {
    const { length } = this.#delays;
    if (length === 0) {
      return null;
    }
    const sorted = Float64Array.from(this.#delays).sort();
    return sorted[Math.ceil(length * 0.99) - 1];
  }

  /** Bytes that a message has cost, requests without one included; null before the first. */
  bytesEach() {
    return this.messages === 0 ? null : this.bytes / this.messages;
  }
}
