/**
 * The messages that one client publishes in one room: in order, each kept until it is in the log.
 *
 * Each message has an idempotency key, so the server recognizes it: a message whose reply was lost is sent again and
 * appears once. A key is known as long as its message is in the log. So a message that may have been published before
 * a loss is only sent again if the room was recovered without a gap: then it is either still in the log or was never
 * published. Otherwise it fails as `unsure` and its author decides.
 */

import { backoffMillis } from "./backoff.js";
import { BAD_REQUEST, Failure } from "./failure.js";

/** A message that the server cannot accept for this long is given up. */
const GIVE_UP_MILLIS = 30_000;

/** The close code for a message over the limit, RFC 6455 section 7.4.1. */
const TOO_LONG = 1009;

/** Returns a new idempotency key. `crypto.randomUUID` would need a page loaded over TLS. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Outbox {
  #send;
  #messages = [];
  /** The id of the connection that is in the room; empty if none is. */
  #connection = "";
  /** Whether the room is known to have a log. If it has none, the server refuses keys. */
  #hasLog = false;
  #usesKeys = true;
  #timer = 0;
  /** Keys by the offsets of messages that were acknowledged but not received yet. */
  #acknowledged = new Map();
  /** The position of the last acknowledged message. */
  #last = { epoch: "", offset: 0 };

  /** Creates an empty outbox. `send(request, done, failed)` sends a publish command. */
  constructor(send) {
    this.#send = send;
  }

  /** The number of messages that are not in the log yet. */
  get size() {
    return this.#messages.length;
  }

  /** Returns the ids of the connections by which the message with this key was sent; none if it was not sent yet. */
  sentBy(key) {
    return [...(this.#messages.find((one) => one.key === key)?.sentBy ?? [])];
  }

  /**
   * Adds a message. Returns a promise of its position, rejected with a `Failure`. `sentBy` are the ids of connections
   * that may have sent it before.
   */
  add(data, key, sentBy = []) {
    return new Promise((done, failed) => {
      this.#messages.push({ data, key, done, failed, sentBy: new Set(sentBy), attempts: 0, since: 0 });
      this.#sendNext();
    });
  }

  /**
   * Tells, before the missed messages are received, that the log goes on under this epoch: the offsets of messages that
   * were acknowledged under the former one stay theirs.
   */
  recovered(epoch) {
    this.#last = { ...this.#last, epoch };
  }

  /**
   * Tells that the client is in the room.
   *
   * @param connection id of the connection
   * @param complete whether no message is missing between those received before and those received from now on
   * @param hasLog whether the room is known to have a log
   */
  open(connection, { complete, hasLog }) {
    const [head] = this.#messages;
    if (!complete) {
      this.#acknowledged.clear();
    }
    if (head?.sentBy.size > 0 && !complete) {
      this.#fail(head, Failure.lost());
    }
    this.#connection = connection;
    this.#hasLog = hasLog;
    this.#sendNext();
  }

  /** Stops sending until the client is in the room again. `code` is the close code of the connection, or 0. */
  pause(code) {
    this.#connection = "";
    clearTimeout(this.#timer);
    const [head] = this.#messages;
    if (head?.sentBy.size > 0 && code === TOO_LONG) {
      this.#fail(head, new Failure(TOO_LONG, "the message is too long"));
    } else if (head) {
      head.sending = false;
    }
  }

  /** Fails all messages. */
  clear(failure) {
    this.#connection = "";
    clearTimeout(this.#timer);
    this.#messages.splice(0).forEach(({ failed }) => failed(failure));
  }

  /**
   * Tells that a message was received in the room. Returns its key if it was published here, else `undefined`. A
   * message that is received before the reply to its publish command is acknowledged by that. In a room without a log
   * messages have no offsets and cannot be told apart.
   */
  received({ info, position }) {
    const [head] = this.#messages;
    const { epoch, offset } = position;
    if (offset === 0) {
      return undefined;
    }
    if (epoch === this.#last.epoch && offset <= this.#last.offset) {
      const key = this.#acknowledged.get(offset);
      this.#acknowledged.delete(offset);
      return key;
    }
    // The head was sent after all earlier messages were acknowledged, so its offset is greater than theirs.
    if (!head?.sentBy.has(info?.client)) {
      return undefined;
    }
    this.#done(head, position);
    this.#acknowledged.delete(offset);
    return head.key;
  }

  #sendNext() {
    const [head] = this.#messages;
    if (!this.#connection || !head || head.sending) {
      return;
    }
    head.since ||= performance.now();
    this.#sendHead(head, this.#usesKeys);
  }

  #sendHead(head, withKey) {
    head.sending = true;
    head.sentBy.add(this.#connection);
    this.#send(
      withKey ? { data: head.data, idempotency_key: head.key } : { data: head.data },
      ({ epoch = "", offset = 0 }) => {
        this.#usesKeys = withKey;
        this.#done(head, { epoch, offset });
      },
      (failure) => this.#refused(head, failure, withKey),
    );
  }

  #refused(head, failure, withKey) {
    if (this.#messages[0] !== head || failure.unsure) {
      return; // Received meanwhile, or sent again when the client is back in the room.
    }
    head.sending = false;
    if (failure.code === BAD_REQUEST && withKey && !this.#hasLog) {
      this.#sendHead(head, false); // Perhaps the room has no log and the server refused the key.
    } else if (failure.temporary && performance.now() - head.since < GIVE_UP_MILLIS) {
      this.#timer = setTimeout(() => this.#sendNext(), backoffMillis(head.attempts++));
    } else {
      this.#fail(head, failure);
    }
  }

  #done(head, position) {
    if (this.#messages[0] === head) {
      this.#messages.shift();
      if (position.offset > 0) {
        this.#last = position;
        this.#acknowledged.set(position.offset, head.key);
      }
      head.done(position);
      this.#sendNext();
    }
  }

  #fail(head, failure) {
    this.#messages.shift();
    head.failed(failure);
    this.#sendNext();
  }
}
