/**
 * Publishes numbered messages into a room by POST. What becomes due while two requests are under way goes out with
 * the next one, so that a slow network does not queue requests in the browser, which all lanes would have to wait
 * behind. A message counts as sent from the moment it is due.
 */

/** Bytes of a message: a short line of chat, or a price. */
export const MESSAGE_BYTES = 64;

const MOST_UNDER_WAY = 2;
const MOST_DUE = 200;
const CATCH_UP_MILLIS = 1000;

/** The number of a message; NaN for a text that is none of ours. */
export function numberOf(text) {
  return Number.parseInt(text, 10);
}

function message(number) {
  return `${number} `.padEnd(MESSAGE_BYTES, ".");
}

export class Sender {
  #room;
  #onSent;
  #onOutcome;
  #due = [];
  #number = 0;
  #underWay = 0;
  #timer = 0;
  #next = 0;

  /** `onSent(number, now)` is called for each message that is due; `onOutcome(problem)` after each request, with null where it went well. */
  constructor(room, onSent, onOutcome) {
    this.#room = room;
    this.#onSent = onSent;
    this.#onOutcome = onOutcome;
  }

  /** The first message, whose position is where lanes begin. Fails with a problem. */
  async first() {
    const answer = await this.#post(`./rooms/${encodeURIComponent(this.#room)}/messages`, "text/plain", message(0));
    return answer.epoch === undefined ? null : `${answer.epoch}:${answer.offset}`;
  }

  /** Sends so many messages a second from now on. */
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
      if (this.#due.length < MOST_DUE) {
        this.#due.push(++this.#number);
        this.#onSent(this.#number, now);
      }
    }
    this.#send();
  }

  async #send() {
    if (this.#due.length === 0 || this.#underWay === MOST_UNDER_WAY) {
      return;
    }
    const texts = this.#due.splice(0).map(message);
    this.#underWay++;
    try {
      if (texts.length === 1) {
        await this.#post(`./rooms/${encodeURIComponent(this.#room)}/messages`, "text/plain", texts[0]);
      } else {
        const messages = texts.map((text) => ({ room: this.#room, text }));
        const answer = await this.#post("./messages", "application/json", JSON.stringify({ messages }));
        const refused = answer.results.find(({ status }) => status >= 400);
        if (refused) {
          throw new Error(refused.detail);
        }
      }
      this.#onOutcome(null);
    } catch (problem) {
      this.#onOutcome(problem);
    } finally {
      this.#underWay--;
    }
  }

  async #post(path, type, body) {
    const response = await fetch(path, { method: "POST", headers: { "Content-Type": type }, body });
    const text = await response.text();
    // A room without a log answers nothing.
    const answer = text ? JSON.parse(text) : {};
    if (!response.ok) {
      throw new Error(answer.detail ?? answer.title);
    }
    return answer;
  }
}
