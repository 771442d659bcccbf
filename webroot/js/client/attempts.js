/** The attempts of a client to connect: a series, with longer and longer waits until a connection holds. */

import { backoffMillis } from "./backoff.js";

/** A connection that held this long starts the next series from the beginning. */
const STABLE_MILLIS = 5_000;

export class Attempts {
  #random;
  #made = 0;
  #timer = 0;

  /** `random` as `Math.random`. */
  constructor(random) {
    this.#random = random;
  }

  /** Calls `attempt` after a wait. Returns the wait in milliseconds. */
  later(attempt) {
    const wait = backoffMillis(this.#made++, this.#random);
    this.#after(wait, attempt);
    return wait;
  }

  /** One was successful. */
  succeeded() {
    this.#after(STABLE_MILLIS, () => this.startOver());
  }

  /** The next wait is as short as the first one was. */
  startOver() {
    this.#made = 0;
  }

  /** What was to come later does not come. */
  stop() {
    clearTimeout(this.#timer);
  }

  #after(millis, task) {
    this.stop();
    this.#timer = setTimeout(task, millis);
  }
}
