/**
 * Four transports that receive the same room at the node in use. Each continues from its position after a loss, so none
 * misses or repeats a message that the log still has.
 *
 * Events: `message` (detail: the text), `request` and `response` (a request begins and ends), `open` (detail: whether
 * the connection is open), and of the WebSocket `connection` (`{state, retryAt?}` as of a `Client`).
 */

import { roomPath } from "../common/http.js";
import {
  STREAM_HEAD_BYTES,
  AnswerSize,
  eventBytes,
  frameBytes,
  handshakeBytes,
  requestBytes,
} from "./wire-size.js";

const RETRY_MILLIS = 1000;
const WAIT_SECONDS = 30;
const SUBPROTOCOL = "stentor.cursor";

/** How many delays are kept. */
const MAX_DELAYS = 1000;

/** What one transport has cost since the last reset, and how late its messages were. */
class Statistics {
  requests = 0;
  /** Requests that returned no message. */
  empty = 0;
  bytes = 0;
  messages = 0;
  /** Messages that were not understood and are ignored. */
  invalid = 0;
  #delays = [];

  /** Adds the delay of a message in milliseconds. */
  addDelay(millis) {
    this.#delays[this.messages++ % MAX_DELAYS] = millis;
  }

  /** Returns the mean of the last thousand delays in milliseconds; `null` before the first. */
  mean() {
    const { length } = this.#delays;
    return length === 0 ? null : this.#delays.reduce((sum, one) => sum + one, 0) / length;
  }

  /** Returns the 99th percentile of the last thousand delays in milliseconds; `null` before the first. */
  p99() {
    const { length } = this.#delays;
    if (length === 0) {
      return null;
    }
    const sorted = Float64Array.from(this.#delays).sort();
    return sorted[Math.ceil(length * 0.99) - 1];
  }

  /** Returns the bytes per message, empty answers included; `null` before the first message. */
  bytesPerMessage() {
    return this.messages === 0 ? null : this.bytes / this.messages;
  }
}

/** It continues from its `position`. A subclass has `connect()` and `disconnect()`. */
class Transport extends EventTarget {
  statistics = new Statistics();
  position = "";
  isRunning = false;
  /** The token of the user; empty if there is none. */
  token = "";
  #path;
  #nodes;
  #openingBytes = 0;

  constructor(room, nodes) {
    super();
    this.#path = roomPath(room);
    this.#nodes = nodes;
  }

  /** The node in use. */
  get node() {
    return this.#nodes.current;
  }

  start() {
    this.isRunning = true;
    this.connect();
  }

  stop() {
    this.isRunning = false;
    this.disconnect();
    this.closed();
  }

  /** Resets the statistics. A connection that stays open counts as one request again. */
  reset() {
    this.statistics = new Statistics();
    if (this.#openingBytes > 0) {
      this.#countOpening();
    }
  }

  url(rest) {
    return new URL(this.#path + rest, this.node.url);
  }

  /** The token as a parameter, since event streams and WebSockets of browsers have no header fields. */
  get tokenParameter() {
    return this.token ? `&token=${this.token}` : "";
  }

  /** A connection is open; opening it took this many bytes. */
  opened(bytes) {
    this.#openingBytes = bytes;
    this.#countOpening();
    this.dispatch("open", true);
  }

  closed() {
    this.#openingBytes = 0;
    this.dispatch("open", false);
  }

  dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #countOpening() {
    this.statistics.requests++;
    this.statistics.bytes += this.#openingBytes;
  }
}

class Polling extends Transport {
  #abort = new AbortController();
  #answers = new AnswerSize();

  connect() {
    this.#abort = new AbortController();
  }

  disconnect() {
    this.#abort.abort();
  }

  /** Aborted when the transport is stopped. */
  get signal() {
    return this.#abort.signal;
  }

  /** Sends one request. Returns a promise whether it was answered. */
  async poll(query) {
    const { statistics } = this;
    const url = this.url(`/messages?since=${this.position}&limit=1000${query}`);
    statistics.requests++;
    statistics.bytes += requestBytes(url.pathname + url.search);
    this.dispatch("request");
    try {
      const headers = this.token ? { Authorization: `Bearer ${this.token}` } : {};
      const response = await this.node.fetch(url.href, { signal: this.signal, cache: "no-store", headers });
      const body = await response.text();
      statistics.bytes += this.#answers.bytes(response, body);
      if (response.ok) {
        this.#received(JSON.parse(body), statistics);
      }
      return response.ok;
    } catch {
      return false;
    } finally {
      this.dispatch("response");
    }
  }

  #received({ epoch, offset, messages }, statistics) {
    this.position = `${epoch}:${offset}`;
    statistics.empty += messages.length === 0 ? 1 : 0;
    for (const { text } of messages) {
      this.dispatch("message", text ?? "");
    }
  }
}

/** Sends a request at an interval, which is answered at once. */
export class ShortPolling extends Polling {
  #interval = 2000;
  #timer = 0;
  #isBusy = false;

  connect() {
    super.connect();
    this.setInterval(this.#interval);
  }

  disconnect() {
    super.disconnect();
    clearInterval(this.#timer);
  }

  setInterval(millis) {
    this.#interval = millis;
    clearInterval(this.#timer);
    if (this.isRunning) {
      this.#timer = setInterval(() => this.#tick(), millis);
    }
  }

  async #tick() {
    if (!this.#isBusy) {
      this.#isBusy = true;
      await this.poll("");
      this.#isBusy = false;
    }
  }
}

/** Sends requests that are answered as soon as there is a message. */
export class LongPolling extends Polling {
  connect() {
    super.connect();
    this.#loop();
  }

  async #loop() {
    const { signal } = this;
    while (!signal.aborted) {
      const answered = await this.poll(`&wait=${WAIT_SECONDS}`);
      if (!answered && !signal.aborted) {
        await new Promise((later) => setTimeout(later, RETRY_MILLIS));
      }
    }
  }
}

/** Sends one request whose answer does not end. The browser reconnects by itself. */
export class ServerSentEvents extends Transport {
  #source = null;

  connect() {
    const url = this.url(`/events?since=${this.position}${this.tokenParameter}`);
    const source = new this.node.EventSource(url.href);
    this.#source = source;
    source.onopen = () => this.opened(STREAM_HEAD_BYTES + requestBytes(url.pathname + url.search));
    source.onmessage = ({ data, lastEventId }) => {
      this.position = lastEventId || this.position;
      this.statistics.bytes += eventBytes("", lastEventId, data);
      this.dispatch("message", data);
    };
    source.addEventListener("position", ({ data, lastEventId }) => {
      this.statistics.bytes += eventBytes("position", lastEventId, data);
    });
    source.onerror = () => {
      this.closed();
      if (source.readyState === EventSource.CLOSED && this.isRunning) {
        setTimeout(() => this.isRunning && this.#source === source && this.connect(), RETRY_MILLIS);
      }
    };
  }

  disconnect() {
    this.#source?.close();
  }
}

/** Sends one request; then both sides can send at any time. */
export class WebSocketTransport extends Transport {
  #socket = null;

  connect() {
    const url = this.url(`?since=${this.position}${this.tokenParameter}`);
    const socket = new this.node.WebSocket(url.href.replace("http", "ws"), SUBPROTOCOL);
    this.#socket = socket;
    this.dispatch("connection", { state: "connecting" });
    socket.onopen = () => {
      this.opened(handshakeBytes(url.pathname + url.search, SUBPROTOCOL));
      this.dispatch("connection", { state: "live" });
    };
    socket.onmessage = ({ data }) => this.#received(String(data));
    socket.onclose = () => {
      if (this.#socket === socket) {
        this.closed();
        this.dispatch("connection", { state: "waiting", retryAt: performance.now() + RETRY_MILLIS });
        setTimeout(() => this.isRunning && this.#socket === socket && this.connect(), RETRY_MILLIS);
      }
    };
  }

  disconnect() {
    this.#socket?.close();
  }

  /** A control line is an object with the position; a message is its position, a line feed and the text. */
  #received(data) {
    this.statistics.bytes += frameBytes(data);
    const end = data.indexOf("\n");
    if (data.startsWith("{")) {
      this.#controlLine(data);
    } else if (end > 0) {
      this.position = data.slice(0, end);
      this.dispatch("message", data.slice(end + 1));
    } else {
      this.statistics.invalid++;
    }
  }

  #controlLine(data) {
    try {
      const { position } = JSON.parse(data);
      this.position = typeof position === "string" ? position : this.position;
    } catch {
      this.statistics.invalid++;
    }
  }
}
