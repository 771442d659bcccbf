/** How busy the server is, where its metrics are served to pages. */

const TIME = /^process_cpu_time_ns_total(?:\{[^}]*\})? (\S+)/m;

export class Cpu {
  #last = null;
  #known = true;

  /**
   * The part of one core that the server has used since the last question; null where that is not known, as after the
   * first one.
   */
  async ask() {
    if (!this.#known) {
      return null;
    }
    try {
      const response = await fetch("./metrics", { cache: "no-store" });
      const found = response.ok ? TIME.exec(await response.text()) : null;
      this.#known = found !== null;
      return found ? this.#since({ at: performance.now(), used: Number(found[1]) / 1e6 }) : null;
    } catch {
      return null; // It is asked again.
    }
  }

  #since(now) {
    const last = this.#last;
    this.#last = now;
    return last && now.used >= last.used ? (now.used - last.used) / (now.at - last.at) : null;
  }
}
