/**
 * Four ways of hearing the same room. Each lane counts what it costs in its `tally`, and tells of `heard` (detail:
 * the text), `asked` and `answered` (a request begins and ends) and `open` (detail: whether the way is open). All
 * resume from their position, so none misses or repeats a message that the log still has.
 */

import { Tally } from "./tally.js";
import {
  STREAM_HEAD_BYTES,
  answerBytes,
  eventBytes,
  frameBytes,
  handshakeBytes,
  requestBytes,
} from "./wire-size.js";

const AGAIN_MILLIS = 1000;
const WAIT_SECONDS = 30;
const CURSOR = "stentor.cursor";

class Lane extends EventTarget {
  tally = new Tally();
  position = "";
  running = false;
  openingBytes = 0;
  #path;

  constructor(room) {
    super();
    this.room = room;
    this.#path = `./rooms/${encodeURIComponent(room)}`;
  }

  address(rest) {
    return new URL(this.#path + rest, location.href);
  }

  start(position) {
    this.position = position;
    this.running = true;
    this.begin();
  }

  stop() {
    this.running = false;
    this.end();
    this.closed();
  }

  /** Counts from nothing; a way that stays open is the one request that it was. */
  reset() {
    this.tally = new Tally();
    if (this.openingBytes > 0) {
      this.opened(this.openingBytes);
    }
  }

  /** A way is open, which took this many bytes. */
  opened(bytes) {
    this.openingBytes = bytes;
    this.tally.requests++;
    this.tally.bytes += bytes;
  }

  closed() {
    this.openingBytes = 0;
    this.tell("open", false);
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** A position, a line end, a text. */
  hear(text) {
    this.tell("heard", text);
  }
}

class Polling extends Lane {
  #asking = new AbortController();

  begin() {
    this.#asking = new AbortController();
  }

  end() {
    this.#asking.abort();
  }

  /** Asks once. False where no answer came. */
  async ask(query) {
    const { tally } = this;
    const address = this.address(`/messages?since=${this.position}&limit=1000${query}`);
    tally.requests++;
    tally.bytes += requestBytes(address.pathname + address.search);
    this.tell("asked");
    try {
      const { signal } = this.#asking;
      const response = await fetch(address, { signal, cache: "no-store" });
      const body = await response.text();
      tally.bytes += answerBytes(response, body);
      if (response.ok) {
        this.#take(JSON.parse(body), tally);
      }
      return response.ok;
    } catch {
      return false;
    } finally {
      this.tell("answered");
    }
  }

  #take({ epoch, offset, messages }, tally) {
    this.position = `${epoch}:${offset}`;
    tally.empty += messages.length === 0 ? 1 : 0;
    for (const { text } of messages) {
      this.hear(text ?? "");
    }
  }
}

/** Asks every so often, and is answered at once. */
export class ShortPolling extends Polling {
  #interval = 2000;
  #timer = 0;
  #busy = false;

  begin() {
    super.begin();
    this.every(this.#interval);
  }

  end() {
    super.end();
    clearInterval(this.#timer);
  }

  /** Milliseconds from one question to the next. */
  every(millis) {
    this.#interval = millis;
    clearInterval(this.#timer);
    if (this.running) {
      this.#timer = setInterval(() => this.#tick(), millis);
    }
  }

  async #tick() {
    if (!this.#busy) {
      this.#busy = true;
      await this.ask("");
      this.#busy = false;
    }
  }
}

/** Asks, and is answered when there is something. */
export class LongPolling extends Polling {
  begin() {
    super.begin();
    this.#goOn();
  }

  async #goOn() {
    while (this.running) {
      const answered = await this.ask(`&wait=${WAIT_SECONDS}`);
      if (!answered && this.running) {
        await new Promise((later) => setTimeout(later, AGAIN_MILLIS));
      }
    }
  }
}

/** Asks once; the answer does not end. The browser comes again by itself. */
export class Events extends Lane {
  #source = null;

  begin() {
    const address = this.address(`/events?since=${this.position}`);
    const source = new EventSource(address);
    this.#source = source;
    source.onopen = () => {
      this.opened(STREAM_HEAD_BYTES + requestBytes(address.pathname + address.search));
      this.tell("open", true);
    };
    source.onmessage = ({ data, lastEventId }) => {
      this.position = lastEventId || this.position;
      this.tally.bytes += eventBytes("", lastEventId, data);
      this.hear(data);
    };
    source.addEventListener("position", ({ data, lastEventId }) => {
      this.tally.bytes += eventBytes("position", lastEventId, data);
    });
    source.onerror = () => {
      this.closed();
      if (source.readyState === EventSource.CLOSED && this.running) {
        setTimeout(() => this.running && this.#source === source && this.begin(), AGAIN_MILLIS);
      }
    };
  }

  end() {
    this.#source?.close();
  }
}

/** Asks once, and then both may speak. */
export class Socket extends Lane {
  #socket = null;

  begin() {
    const address = this.address(`?since=${this.position}`);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address, CURSOR);
    this.#socket = socket;
    socket.onopen = () => {
      this.opened(handshakeBytes(address.pathname + address.search, CURSOR));
      this.tell("open", true);
    };
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = () => {
      this.closed();
      setTimeout(() => this.running && this.#socket === socket && this.begin(), AGAIN_MILLIS);
    };
  }

  end() {
    this.#socket?.close();
  }

  /** A control line is an object, everything else a position and a text. */
  #take(data) {
    this.tally.bytes += frameBytes(data);
    if (data.startsWith("{")) {
      this.position = JSON.parse(data).position;
      return;
    }
    const end = data.indexOf("\n");
    this.position = data.slice(0, end);
    this.hear(data.slice(end + 1));
  }
}
