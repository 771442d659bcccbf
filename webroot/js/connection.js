/**
 * One WebSocket that is made again whenever it is lost. Knows nothing of the page.
 *
 * Events: `state` (detail `{state, retryAt?, reason?}`), `text` (detail: the message), `unsure`
 * (detail `{tooLong}`: the connection broke before anything answered the text sent last. Senders
 * hear their own texts, so silence behind one means that it may not have arrived).
 *
 * States: `connecting`, `live`, `waiting` (until `retryAt`, a `performance.now()` time), `offline`
 * (the browser says there is no network), `closed` (the server asked not to come back, see `reason`).
 */

const BASE_MILLIS = 500;
const CAP_MILLIS = 20_000;
/** A connection that held this long starts the next series of attempts from the beginning. */
const STABLE_MILLIS = 5_000;
/** An attempt that was not answered by then is given up. */
const OPEN_MILLIS = 10_000;

/** Close code of a message over the limit, RFC 6455 section 7.4.1. */
const TOO_LONG = 1009;

/** Close codes in this range mean: do not come back. */
const FINAL_FROM = 3500;
const FINAL_TO = 4999;

/**
 * How long to wait before attempt number `attempt` (0 is the first after a loss): anything from
 * nothing to the cap, drawn evenly, so that clients of a restarted server do not come all at once.
 */
export function backoffMillis(attempt, random = Math.random) {
  return random() * Math.min(CAP_MILLIS, BASE_MILLIS * 2 ** Math.min(attempt, 16));
}

export class Connection extends EventTarget {
  #address;
  #socket = null;
  #attempt = 0;
  #timer = 0;
  #stableTimer = 0;
  #unanswered = false;
  #state = "closed";

  constructor(address) {
    super();
    this.#address = address;
    addEventListener("online", () => this.retryNow());
    addEventListener("offline", () => this.#state === "waiting" && this.#enter("offline"));
    document.addEventListener("visibilitychange", () => !document.hidden && this.#hurry());
  }

  get state() {
    return this.#state;
  }

  /** Starts; also after the server had asked not to come back. */
  connect() {
    this.#attempt = 0;
    this.#open();
  }

  /** Cuts the waiting short. Without effect while connected or connecting. */
  retryNow() {
    if (this.#socket === null && this.#state !== "closed") {
      this.#attempt = 0;
      this.#open();
    }
  }

  /** Sends a text. Returns false, and sends nothing, unless the connection is live. */
  send(text) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return false;
    }
    this.#socket.send(text);
    this.#unanswered = true;
    return true;
  }

  #open() {
    clearTimeout(this.#timer);
    this.#enter("connecting");
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    this.#timer = setTimeout(() => socket.close(), OPEN_MILLIS);
    socket.onopen = () => {
      clearTimeout(this.#timer);
      this.#stableTimer = setTimeout(() => (this.#attempt = 0), STABLE_MILLIS);
      this.#enter("live");
    };
    socket.onmessage = (event) => {
      this.#unanswered = false;
      this.#tell("text", event.data);
    };
    socket.onclose = (event) => this.#lost(event);
  }

  #lost({ code, reason }) {
    clearTimeout(this.#timer);
    clearTimeout(this.#stableTimer);
    this.#socket = null;
    if (this.#unanswered) {
      this.#unanswered = false;
      this.#tell("unsure", { tooLong: code === TOO_LONG });
    }
    if (code >= FINAL_FROM && code <= FINAL_TO) {
      this.#enter("closed", { reason: reason || String(code) });
      return;
    }
    const wait = backoffMillis(this.#attempt++);
    this.#timer = setTimeout(() => this.#open(), wait);
    // A browser may be wrong about having no network, so attempts go on when it says so.
    this.#enter(navigator.onLine ? "waiting" : "offline", { retryAt: performance.now() + wait });
  }

  /** A page in the background has slow timers: come back at once when it is looked at again. */
  #hurry() {
    if (this.#socket === null && this.#state !== "closed") {
      clearTimeout(this.#timer);
      this.#open();
    }
  }

  #enter(state, detail = {}) {
    this.#state = state;
    this.#tell("state", { state, ...detail });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
