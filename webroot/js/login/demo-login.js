/** The demo login of a server: a token for any name, where the server gives such. */

import { Failure } from "../client/failure.js";

const ADDRESS = "./demo/login";

const ANSWER_MILLIS = 10_000;

/** A token is shown again during this part of its time, so that not each reconnect asks for one. */
const FRESH_PART = 0.5;

export class DemoLogin {
  #offered = null;
  #name = "";
  #token = "";
  #freshUntil = 0;

  /** Whether the server has one: asked once, and again where that was not answered. */
  async isOffered() {
    if (this.#offered === null) {
      try {
        this.#offered = (await read()).offered === true;
      } catch (failure) {
        if (!(failure instanceof Failure) || failure.temporary) {
          throw failure;
        }
        this.#offered = false;
      }
    }
    return this.#offered;
  }

  /** A token for a name. Rejected with a `Failure` where there can be none. */
  async token(name, { expired = false } = {}) {
    const isFresh = name === this.#name && performance.now() < this.#freshUntil && !expired;
    if (!isFresh) {
      const { token, expiresInSeconds } = await this.#ask(name);
      this.#name = name;
      this.#token = token;
      this.#freshUntil = performance.now() + expiresInSeconds * 1000 * FRESH_PART;
    }
    return this.#token;
  }

  /** Gives a new token the next time. */
  forget() {
    this.#freshUntil = 0;
  }

  async #ask(name) {
    try {
      const headers = { "Content-Type": "application/json" };
      return await read({ method: "POST", headers, body: JSON.stringify({ name }) });
    } catch (failure) {
      this.#offered = null; // It may have been turned off.
      throw failure;
    }
  }
}

async function read(request) {
  const signal = AbortSignal.timeout(ANSWER_MILLIS);
  const answer = await fetch(ADDRESS, { cache: "no-store", signal, ...request });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const temporary = answer.status === 429 || answer.status >= 500;
    throw new Failure(answer.status, json.detail ?? answer.statusText, { temporary });
  }
  return json;
}
