/**
 * The token by which a client shows who it is: asked for at each connection, and another one before its
 * time is over.
 */

import { EXPIRED } from "./failure.js";

/** A new token is shown when this part of the old one's time is over. */
const RENEW_AT = 0.8;

/** Timers cannot be set any further. */
const MOST_MILLIS = 2 ** 31 - 1;

export class Token {
  #give;
  #shown = "";
  #expired = false;
  #timer = 0;

  /** `give({expired})` gives a token, or a promise of one; nothing where there are no tokens. */
  constructor(give) {
    this.#give = give;
  }

  /** Fulfilled with what to show next; empty where there is none. */
  async next() {
    const expired = this.#expired;
    this.#expired = false;
    this.#shown = (await this.#give?.({ expired })) ?? "";
    return this.#shown;
  }

  /** The server did not let the client in by the last one. Returns whether another one may do. */
  refused({ code }) {
    this.#expired = code === EXPIRED;
    return this.#expired;
  }

  /**
   * Gets another one in good time, and shows it by `show(token)`, which gives the server's answer to it. A
   * giver that has no other one is left alone: the server ends the connection when the time is over.
   */
  renewInTime({ expires = false, ttl = 0 }, show) {
    this.rest();
    if (expires) {
      const wait = Math.min(MOST_MILLIS, ttl * 1000 * RENEW_AT);
      this.#timer = setTimeout(() => this.#renew(show), wait);
    }
  }

  /** Renews nothing any more. */
  rest() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  async #renew(show) {
    const [timer, before] = [this.#timer, this.#shown];
    try {
      const token = await this.next();
      if (timer === this.#timer && token && token !== before) {
        this.renewInTime(await show(token), show);
      }
    } catch {
      // The server closes the connection when the token's time is over, and it is made again.
    }
  }
}
