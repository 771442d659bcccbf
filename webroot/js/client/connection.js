/**
 * One WebSocket that speaks the Centrifuge protocol as JSON: it sends numbered commands, reads replies and pushes, and
 * answers pings. It is used once; its owner reconnects.
 */

import { Failure } from "./failure.js";

/** A connection that does not open within this time is given up. */
const OPEN_MILLIS = 10_000;
/** A connection is dead if a command gets no reply within this time. */
const REPLY_MILLIS = 10_000;
/** How late a ping may be. */
const PING_DELAY_MILLIS = 10_000;

/** The close code if there was no close frame: RFC 6455, section 7.1.5. */
export const NO_CLOSE_FRAME = 1006;

/** The close code of a node that stops. */
export const SHUTDOWN = 3001;

/** Returns whether a close code tells the client not to reconnect. */
export function isPermanent(code) {
  return (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);
}

export class Connection {
  #socket;
  #listener;
  #timers = new Set();
  #pingTimer = 0;
  #pending = new Map();
  #nextId = 1;
  #pingMillis = 0;
  #ended = false;

  /** The round trip of the last command in milliseconds; `null` before the first. */
  roundTripMillis = null;

  /**
   * Opens a connection.
   *
   * `listener` has `opened()`, `pushed(push)`, `invalid()` (a message was not understood and is ignored) and
   * `ended(code, reason)`, which is the last call. `openMillis` is how long the server has to answer.
   */
  constructor(address, WebSocket, listener, openMillis = OPEN_MILLIS) {
    this.#listener = listener;
    const socket = new WebSocket(address);
    this.#socket = socket;
    const openTimer = this.#after(openMillis, () => this.#end(NO_CLOSE_FRAME, "not open in time"));
    socket.onopen = () => {
      this.#cancel(openTimer);
      listener.opened();
    };
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = ({ code, reason }) => this.#end(code, reason);
    socket.onerror = () => {}; // A close event follows.
  }

  /** Expects a ping at this interval from now on; 0 for none. */
  expectPings(seconds) {
    this.#pingMillis = seconds * 1000;
    this.#restartPingTimer();
  }

  /**
   * Sends a command. Calls `done(result)` or `failed(failure)` as soon as the reply is read, before any push behind
   * it.
   */
  send(name, request, done, failed) {
    const id = this.#nextId++;
    const timer = this.#after(REPLY_MILLIS, () => this.#end(NO_CLOSE_FRAME, "no reply"));
    this.#pending.set(id, { name, done, failed, timer, since: performance.now() });
    this.#write({ [name]: request, id });
  }

  /** Closes the connection without telling the listener. */
  close() {
    if (!this.#ended) {
      this.#cleanUp();
    }
  }

  #write(object) {
    if (!this.#ended) {
      this.#socket.send(JSON.stringify(object));
    }
  }

  #received(data) {
    this.#restartPingTimer();
    for (const line of String(data).split("\n")) {
      if (line && !this.#ended) {
        this.#dispatch(parsed(line));
      }
    }
  }

  #dispatch(message) {
    if (message === null) {
      this.#listener.invalid();
      return;
    }
    const { id, push, error, ...results } = message;
    if (isObject(push)) {
      this.#listener.pushed(push);
    } else if (id) {
      this.#replied(id, error, results);
    } else if (Object.keys(message).length > 0) {
      this.#listener.invalid();
    } else if (this.#pingMillis) {
      this.#write({});
    }
  }

  #replied(id, error, results) {
    const command = this.#pending.get(id);
    if (!command) {
      return;
    }
    this.#pending.delete(id);
    this.#cancel(command.timer);
    this.roundTripMillis = performance.now() - command.since;
    if (error) {
      command.failed(Failure.of(error));
    } else {
      const result = results[command.name];
      command.done(isObject(result) ? result : {});
    }
  }

  #restartPingTimer() {
    this.#cancel(this.#pingTimer);
    if (this.#pingMillis) {
      const wait = this.#pingMillis + PING_DELAY_MILLIS;
      this.#pingTimer = this.#after(wait, () => this.#end(NO_CLOSE_FRAME, "no ping"));
    }
  }

  #end(code, reason) {
    if (!this.#ended) {
      this.#cleanUp();
      this.#listener.ended(code, reason);
    }
  }

  /** Does not wait for the close event: it can take minutes if the network is gone. */
  #cleanUp() {
    this.#ended = true;
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    pending.forEach(({ failed }) => failed(Failure.lost()));
  }

  #after(millis, task) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, millis);
    this.#timers.add(timer);
    return timer;
  }

  #cancel(timer) {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }
}

/** A message as an object; `null` if it is none. */
function parsed(line) {
  try {
    const message = JSON.parse(line);
    return isObject(message) ? message : null;
  } catch {
    return null;
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
