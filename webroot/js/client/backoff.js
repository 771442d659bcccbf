/** How long to wait before a retry. */

const BASE_MILLIS = 500;
const MAX_MILLIS = 20_000;

/** How long to wait at most before the next of several nodes is tried. */
const SOON_MILLIS = 100;

/** How long one of several nodes has to answer, in the first round; twice as long in the next, up to a limit. */
const PATIENCE_MILLIS = 2_000;
const MAX_PATIENCE_MILLIS = 10_000;

/** A connection that lasted this long resets the delays. */
const STABLE_MILLIS = 5_000;

/**
 * Returns the delay before retry number `attempt` (0 is the first), in milliseconds: exponential backoff with full
 * jitter, so that the clients of a restarted server do not all reconnect at once.
 */
export function backoffMillis(attempt, random = Math.random) {
  return random() * Math.min(MAX_MILLIS, BASE_MILLIS * 2 ** Math.min(attempt, 16));
}

/** Schedules the reconnects of a client, with growing delays until a connection is stable. */
export class ReconnectTimer {
  #random;
  #attempts = 0;
  #timer = 0;

  /** Creates a timer; `random` is a function like `Math.random`. */
  constructor(random) {
    this.#random = random;
  }

  /** How long a node has to answer, in milliseconds. */
  get patienceMillis() {
    return Math.min(MAX_PATIENCE_MILLIS, PATIENCE_MILLIS * 2 ** Math.max(0, this.#attempts - 1));
  }

  /**
   * Calls `connect` after a delay and returns that delay in milliseconds. `soon`: another node is tried, so the delays
   * do not grow.
   */
  schedule(connect, { soon = false } = {}) {
    const wait = soon ? this.#random() * SOON_MILLIS : backoffMillis(this.#attempts++, this.#random);
    this.#after(wait, connect);
    return wait;
  }

  /** Resets the delays once the present connection is stable. */
  connected() {
    this.#after(STABLE_MILLIS, () => this.reset());
  }

  /** Starts again with the shortest delay. */
  reset() {
    this.#attempts = 0;
  }

  /** Cancels what is scheduled. */
  stop() {
    clearTimeout(this.#timer);
  }

  #after(millis, task) {
    this.stop();
    this.#timer = setTimeout(task, millis);
  }
}
