/** How often something happens: the mean of the last seconds. */

const SPAN_MILLIS = 2000;

export class Rate {
  #samples = [];

  /** Notes how often it has happened in all; returns how often a second. */
  at(now, count) {
    this.#samples.push({ now, count });
    while (this.#samples.length > 2 && now - this.#samples[1].now >= SPAN_MILLIS) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    return now > first.now ? ((count - first.count) * 1000) / (now - first.now) : 0;
  }
}
