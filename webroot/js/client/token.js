/** The token of a client: asked for at each connection, and renewed before it expires. */

import { EXPIRED } from "./failure.js";

/** A token is renewed after this part of its lifetime. */
const RENEW_AT = 0.8;

/** The longest delay of a timer. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

export class Token {
  #getToken;
  #node;
  #current = "";
  #expired = false;
  #timer = 0;

  /** Creates a token source. `getToken({expired, node})` returns a token or a promise of one; it may be undefined. */
  constructor(getToken) {
    this.#getToken = getToken;
  }

  /** Returns a promise of the token for the next connection, to this node, empty if there is none. */
  async next(node = this.#node) {
    this.#node = node;
    const expired = this.#expired;
    this.#expired = false;
    this.#current = (await this.#getToken?.({ expired, node })) ?? "";
    return this.#current;
  }

  /** Tells that the server refused the current token. Returns whether a new token may help. */
  refused({ code }) {
    this.#expired = code === EXPIRED;
    return this.#expired;
  }

  /**
   * Renews the token before it expires. `refresh(token)` sends the new one and returns a promise of the server's
   * reply. If `getToken` returns the same token again, nothing is sent and the server closes the connection when the
   * token expires.
   */
  scheduleRenewal({ expires = false, ttl = 0 }, refresh) {
    this.stop();
    if (expires) {
      const wait = Math.min(MAX_TIMER_MILLIS, ttl * 1000 * RENEW_AT);
      this.#timer = setTimeout(() => this.#renew(refresh), wait);
    }
  }

  /** Stops renewing. */
  stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  async #renew(refresh) {
    const [timer, before] = [this.#timer, this.#current];
    try {
      const token = await this.next();
      if (timer === this.#timer && token && token !== before) {
        this.scheduleRenewal(await refresh(token), refresh);
      }
    } catch {
      // The server closes the connection when the token expires, and the client reconnects.
    }
  }
}
