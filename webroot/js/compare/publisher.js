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

/** How long a message has to be accepted. */
const REQUEST_MILLIS = 10_000;

/** Returns the number in a message; NaN if there is none. */
export function numberIn(text) {
  return Number.parseInt(text, 10);
}

export class Publisher {
  /** The token of the user; empty if there is none. */
  token = "";
  #room;
  #nodes;
  #actions;
  #due = [];
  #number = 0;
  #requests = 0;
  #timer = 0;
  #next = 0;

  /**
   * Creates a publisher at the one of these `Nodes` that is in use. It does not publish yet.
   *
   * `actions` has `sent(number, now)`, called for each message when it is due, and `answered(error, numbers)`, called
   * after each request with an `HttpError` or `null`, and the messages that were in it.
   */
  constructor(room, nodes, actions) {
    this.#room = room;
    this.#nodes = nodes;
    this.#actions = actions;
  }

  /** Publishes the first message, and forgets those that are due. Returns a promise of its position; `null` if the room has no log. */
  async publishFirst(signal) {
    this.#due = [];
    const { epoch, offset } = await this.#post(message(0), signal);
    return epoch === undefined ? null : `${epoch}:${offset}`;
  }

  /** Publishes this many messages a second from now on. */
  start(perSecond) {
    this.stop();
    const gap = 1000 / perSecond;
    this.#next = performance.now();
    this.#timer = setInterval(() => this.#tick(gap), Math.min(gap, 20));
  }

  /** Stops. Messages that are due are sent after the next start. */
  stop() {
    clearInterval(this.#timer);
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
    const numbers = this.#due.splice(0);
    const texts = numbers.map(message);
    const signal = AbortSignal.timeout(REQUEST_MILLIS);
    this.#requests++;
    try {
      await (texts.length === 1 ? this.#post(texts[0], signal) : this.#postBatch(texts, signal));
      this.#actions.answered(null, numbers);
    } catch (error) {
      this.#actions.answered(error, numbers);
    } finally {
      this.#requests--;
    }
  }

  #post(text, signal) {
    return this.#request(`${roomPath(this.#room)}/messages`, "text/plain", text, signal);
  }

  async #postBatch(texts, signal) {
    const messages = texts.map((text) => ({ room: this.#room, text }));
    const body = JSON.stringify({ messages });
    const { results = [] } = await this.#request("./messages", "application/json", body, signal);
    const refused = results.find(({ status }) => status >= 400);
    if (refused) {
      throw new HttpError(refused.status, refused.detail, refused.type);
    }
  }

  #request(path, type, body, signal) {
    const headers = { "Content-Type": type, ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}) };
    return requestJson(path, { method: "POST", headers, body, signal, node: this.#nodes.current });
  }
}

function message(number) {
  return `${number} `.padEnd(MESSAGE_BYTES, ".");
}
