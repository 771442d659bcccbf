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

/**
 * Decides at which of its nodes a client connects again, and when: with delays that grow until a connection is stable.
 */
export class ReconnectTimer {
  #nodes;
  #random;
  #attempts = 0;
  #timer = 0;

  /** Creates a timer; `nodes` are `Nodes`, `random` is a function like `Math.random`. */
  constructor(nodes, random = Math.random) {
    this.#nodes = nodes;
    this.#random = random;
  }

  /** How long a node has to answer, in milliseconds; a limit only where there are several. */
  get patienceMillis() {
    const patience = Math.min(MAX_PATIENCE_MILLIS, PATIENCE_MILLIS * 2 ** Math.max(0, this.#attempts - 1));
    return this.#nodes.isSeveral ? patience : undefined;
  }

  /**
   * Calls `connect` after a delay and returns that delay in milliseconds.
   *
   * @param isBroken whether the connection broke, so that its node may be gone: it is tried again, soon if there are
   *     others
   * @param elsewhere whether the node did not answer: the next one is tried, soon unless all have been
   */
  schedule(connect, { isBroken = false, elsewhere = false } = {}) {
    const soon = (isBroken && this.#nodes.isSeveral) || (elsewhere && this.#nodes.next());
    const wait = soon ? this.#random() * SOON_MILLIS : backoffMillis(this.#attempts++, this.#random);
    this.#after(wait, connect);
    return wait;
  }

  /** The node in use serves the client. Resets the delays once the connection is stable. */
  connected() {
    this.#nodes.connected();
    this.#after(STABLE_MILLIS, () => this.reset());
  }

  /** Starts again with the shortest delay. */
  reset() {
    this.#attempts = 0;
  }

  /** Cancels what is scheduled. */
  stop() {
    this.#nodes.stop();
    clearTimeout(this.#timer);
  }

  #after(millis, task) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(task, millis);
  }
}
