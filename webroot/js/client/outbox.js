/**
 * What one client says in one room: message by message in their order, each until it is in the log.
 *
 * Each message has an idempotency key, so the server knows it again: a message whose answer was lost
 * is sent again and appears once. A key is known as long as its message is in the log. So what may
 * have been published before a loss is sent again only where the room goes on without a gap, which
 * shows that the message is either in the log or was never published. Otherwise it is refused as
 * `unsure`, and whoever said it has to decide.
 */

import { backoffMillis } from "./backoff.js";
import { Failure } from "./failure.js";

/** A message that the server cannot take for so long is given up. */
const GIVE_UP_MILLIS = 30_000;

/** Close code of a message over the limit, RFC 6455 section 7.4.1. */
const TOO_LONG = 1009;

/** The server's number for a request that it does not understand, or for a key where there is no log. */
const BAD_REQUEST = 107;

export class Outbox {
  #send;
  #messages = [];
  #open = false;
  #keys = true;
  #timer = 0;
  /** Keys by the offsets of what was acknowledged and not heard yet, and the last such position. */
  #unheard = new Map();
  #last = { epoch: "", offset: 0 };

  /** `send(request, done, failed)` asks the server to publish. */
  constructor(send) {
    this.#send = send;
  }

  /** How many messages are not in the log yet. */
  get size() {
    return this.#messages.length;
  }

  /** Adds a message. Fulfilled with its position, or rejected with a `Failure`. */
  add(data, key) {
    return new Promise((done, failed) => {
      this.#messages.push({ data, key, done, failed, sentBy: new Set(), attempts: 0, since: 0 });
      this.#pump();
    });
  }

  /**
   * The client is in the room, by this connection.
   *
   * `whole`: nothing is missing between what was heard before and what is heard from now on.
   */
  open(connection, whole) {
    const [head] = this.#messages;
    if (!whole) {
      this.#unheard.clear();
    }
    if (head?.sentBy.size > 0 && !whole) {
      this.#fail(head, Failure.lost());
    }
    this.#open = connection;
    this.#pump();
  }

  /** The client is not in the room for a while. `code`: with what the connection was closed. */
  shut(code) {
    this.#open = false;
    clearTimeout(this.#timer);
    const [head] = this.#messages;
    if (head?.sentBy.size > 0 && code === TOO_LONG) {
      this.#fail(head, new Failure(TOO_LONG, "the message is too long"));
    } else if (head) {
      head.sending = false;
    }
  }

  /** Refuses all that waits. */
  clear(failure) {
    this.#open = false;
    clearTimeout(this.#timer);
    this.#messages.splice(0).forEach(({ failed }) => failed(failure));
  }

  /**
   * A message was heard in the room. Returns its key where it was said here, in this room, else
   * `undefined`. What is heard before its answer came is in the log, and needs no answer. Without a log
   * there are no offsets, by which messages are told apart.
   */
  heard({ info, position }) {
    const [head] = this.#messages;
    const { epoch, offset } = position;
    if (offset === 0) {
      return undefined;
    }
    if (epoch === this.#last.epoch && offset <= this.#last.offset) {
      const key = this.#unheard.get(offset);
      this.#unheard.delete(offset);
      return key;
    }
    // It was sent when all before it were acknowledged, so it is behind all of those.
    if (!head?.sentBy.has(info?.client)) {
      return undefined;
    }
    this.#done(head, position);
    this.#unheard.delete(offset);
    return head.key;
  }

  #pump() {
    const [head] = this.#messages;
    if (!this.#open || !head || head.sending) {
      return;
    }
    head.sending = true;
    head.since ||= performance.now();
    head.sentBy.add(this.#open);
    const request = this.#keys ? { data: head.data, idempotency_key: head.key } : { data: head.data };
    this.#send(
      request,
      ({ epoch = "", offset = 0 }) => this.#done(head, { epoch, offset }),
      (failure) => this.#refused(head, failure),
    );
  }

  #refused(head, failure) {
    if (this.#messages[0] !== head || failure.unsure) {
      return; // Heard meanwhile, or sent again when the room is open again.
    }
    head.sending = false;
    if (failure.code === BAD_REQUEST && this.#keys && /idempotency/.test(failure.message)) {
      this.#keys = false;
      this.#pump();
    } else if (failure.temporary && performance.now() - head.since < GIVE_UP_MILLIS) {
      this.#timer = setTimeout(() => this.#pump(), backoffMillis(head.attempts++));
    } else {
      this.#fail(head, failure);
    }
  }

  #done(head, position) {
    if (this.#messages[0] === head) {
      this.#messages.shift();
      if (position.offset > 0) {
        this.#last = position;
        this.#unheard.set(position.offset, head.key);
      }
      head.done(position);
      this.#pump();
    }
  }

  #fail(head, failure) {
    this.#messages.shift();
    head.failed(failure);
    this.#pump();
  }
}
