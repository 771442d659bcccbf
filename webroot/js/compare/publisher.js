/**
 * Publishes numbered messages into a room by POST. Messages that become due while two requests are under way wait for
 * the next one, so that requests do not queue up in the browser and delay the polls. A message counts as sent when it
 * is due.
 */

import { HttpError, requestJson, roomPath } from "../common/http.js";

/** The size of a message: a short line of chat, or a price. */
const MESSAGE_BYTES = 64;

const MAX_REQUESTS = 2;
const MAX_DUE = 200;
const CATCH_UP_MILLIS = 1000;

/** Returns the number in a message; NaN if there is none. */
export function numberIn(text) {
  return Number.parseInt(text, 10);
}

export class Publisher {
  /** The token of the user; empty if there is none. */
  token = "";
  #room;
  #actions;
  #due = [];
  #number = 0;
  #requests = 0;
  #timer = 0;
  #next = 0;

  /**
   * Creates a publisher, which does not publish yet.
   *
   * `actions` has `sent(number, now)`, called for each message when it is due, and `answered(error)`, called after each
   * request with an `HttpError` or `null`.
   */
  constructor(room, actions) {
    this.#room = room;
    this.#actions = actions;
  }

  /** Publishes the first message. Returns a promise of its position; `null` if the room has no log. */
  async publishFirst() {
    const { epoch, offset } = await this.#post(message(0));
    return epoch === undefined ? null : `${epoch}:${offset}`;
  }

  /** Publishes this many messages a second from now on. */
  start(perSecond) {
    this.stop();
    const gap = 1000 / perSecond;
    this.#next = performance.now();
    this.#timer = setInterval(() => this.#tick(gap), Math.min(gap, 20));
  }

  stop() {
    clearInterval(this.#timer);
    this.#due = [];
  }

  #tick(gap) {
    const now = performance.now();
    this.#next = Math.max(this.#next, now - CATCH_UP_MILLIS);
    for (; this.#next <= now; this.#next += gap) {
      if (this.#due.length < MAX_DUE) {
        this.#due.push(++this.#number);
        this.#actions.sent(this.#number, now);
      }
    }
    this.#send();
  }

  async #send() {
    if (this.#due.length === 0 || this.#requests === MAX_REQUESTS) {
      return;
    }
    const texts = this.#due.splice(0).map(message);
    this.#requests++;
    try {
      await (texts.length === 1 ? this.#post(texts[0]) : this.#postBatch(texts));
      this.#actions.answered(null);
    } catch (error) {
      this.#actions.answered(error);
    } finally {
      this.#requests--;
    }
  }

  #post(text) {
    return this.#request(`${roomPath(this.#room)}/messages`, "text/plain", text);
  }

  async #postBatch(texts) {
    const messages = texts.map((text) => ({ room: this.#room, text }));
    const { results = [] } = await this.#request("./messages", "application/json", JSON.stringify({ messages }));
    const refused = results.find(({ status }) => status >= 400);
    if (refused) {
      throw new HttpError(refused.status, refused.detail, refused.type);
    }
  }

  #request(path, type, body) {
    const headers = { "Content-Type": type, ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}) };
    return requestJson(path, { method: "POST", headers, body });
  }
}

function message(number) {
  return `${number} `.padEnd(MESSAGE_BYTES, ".");
}
