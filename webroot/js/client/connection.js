/**
 * One WebSocket that speaks the Centrifuge protocol as JSON: numbered commands out, replies and
 * pushes in, pings answered. It is used once; what comes after its end is up to its owner.
 */

import { Failure } from "./failure.js";

/** A connection that is not open by then is given up. */
const OPEN_MILLIS = 10_000;
/** A command that is not answered by then means that the connection is dead. */
const ANSWER_MILLIS = 10_000;
/** How much later than announced a ping may come. */
const PING_DELAY_MILLIS = 10_000;

/** What `ended` is told where there was no close frame. */
const NO_CLOSE_FRAME = 1006;

/** Whether a close code means: do not come back. */
export function isFinal(code) {
  return (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);
}

export class Wire {
  #socket;
  #listener;
  #timers = new Set();
  #silence = 0;
  #pending = new Map();
  #nextId = 1;
  #pingMillis = 0;
  #over = false;

  /** The time that the last answer took, in milliseconds; `null` before there was one. */
  roundTripMillis = null;

  /**
   * Opens the connection.
   *
   * `listener` has `opened()`, `pushed(push)` and `ended(code, reason)`; the last is called once, and
   * after it none.
   */
  constructor(address, WebSocket, listener) {
    this.#listener = listener;
    const socket = new WebSocket(address);
    this.#socket = socket;
    const giveUp = this.#after(OPEN_MILLIS, () => this.#end(NO_CLOSE_FRAME, "not open in time"));
    socket.onopen = () => {
      this.#cancel(giveUp);
      listener.opened();
    };
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = ({ code, reason }) => this.#end(code, reason);
    socket.onerror = () => {}; // It is followed by a close.
  }

  /** Expects a ping every so many seconds from now on; 0 for none. */
  expectPings(seconds) {
    this.#pingMillis = seconds * 1000;
    this.#heard();
  }

  /**
   * Sends a command. `done` is called with its result, or `failed` with a `Failure`: at once when the
   * answer is read, before anything that came behind it.
   */
  ask(name, request, done, failed) {
    const id = this.#nextId++;
    const timer = this.#after(ANSWER_MILLIS, () => this.#end(NO_CLOSE_FRAME, "no answer"));
    this.#pending.set(id, { name, done, failed, timer, since: performance.now() });
    this.#send({ [name]: request, id });
  }

  /** Ends the connection; the listener is told nothing. */
  close() {
    if (!this.#over) {
      this.#cleanUp();
    }
  }

  #send(object) {
    if (!this.#over) {
      this.#socket.send(JSON.stringify(object));
    }
  }

  #received(data) {
    this.#heard();
    for (const line of data.split("\n")) {
      if (line && !this.#over) {
        this.#take(line);
      }
    }
  }

  #take(line) {
    const { id, push, error, ...results } = JSON.parse(line);
    if (push) {
      this.#listener.pushed(push);
    } else if (id) {
      this.#answered(id, error, results);
    } else if (this.#pingMillis) {
      this.#send({});
    }
  }

  #answered(id, error, results) {
    const asked = this.#pending.get(id);
    if (!asked) {
      return;
    }
    this.#pending.delete(id);
    this.#cancel(asked.timer);
    this.roundTripMillis = performance.now() - asked.since;
    if (error) {
      asked.failed(Failure.of(error));
    } else {
      asked.done(results[asked.name] ?? {});
    }
  }

  /** A silent server is a dead one. */
  #heard() {
    this.#cancel(this.#silence);
    if (this.#pingMillis) {
      const most = this.#pingMillis + PING_DELAY_MILLIS;
      this.#silence = this.#after(most, () => this.#end(NO_CLOSE_FRAME, "no ping"));
    }
  }

  #end(code, reason) {
    if (!this.#over) {
      this.#cleanUp();
      this.#listener.ended(code, reason);
    }
  }

  /** The socket may take long to close where the network is gone, so nobody waits for that. */
  #cleanUp() {
    this.#over = true;
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
