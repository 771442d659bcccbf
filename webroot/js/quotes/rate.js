/** The rate of a counter, as the mean of the last seconds. */

const SPAN_MILLIS = 2000;

export class Rate {
  #samples = [];

  /** Takes the value of the counter at a time and returns its rate per second. */
  update(now, count) {
    this.#samples.push({ now, count });
    while (this.#samples.length > 2 && now - this.#samples[1].now >= SPAN_MILLIS) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    return now > first.now ? ((count - first.count) * 1000) / (now - first.now) : 0;
  }

  /** Starts anew: what was counted meanwhile is no part of the rate. */
  reset() {
    this.#samples = [];
  }
}
