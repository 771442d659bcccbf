/**
 * Receives the messages of a room as an event stream. It uses `fetch`, since `EventSource` cannot send a key, and
 * reconnects after each loss to where it was.
 *
 * Events: `state` (`{state, retryAt?}` as of a `Client`: `connecting`, `live`, `waiting`, `closed`), `messages` (a list
 * of texts that came together), `refused` (`{status, message}`: it does not reconnect).
 */

import { backoffMillis } from "../client/backoff.js";
import { isPermanent } from "../client/connection.js";

/** The server sends at least a comment every 15 s. */
const SILENT_MILLIS = 40_000;

/** A stream that lasted this long resets the delays before the next attempts. */
const STABLE_MILLIS = 5_000;

export class EventStream extends EventTarget {
  #path;
  #headers;
  #abort = null;
  #timer = 0;
  #attempt = 0;
  #lastId = "";

  /** Creates a stream, which is not open yet. `headers` are sent with each request. */
  constructor(path, headers) {
    super();
    this.#path = path;
    this.#headers = headers;
  }

  async open() {
    const abort = new AbortController();
    this.#abort = abort;
    this.#dispatch("state", { state: "connecting" });
    const started = performance.now();
    try {
      const headers = this.#lastId ? { ...this.#headers, "Last-Event-ID": this.#lastId } : this.#headers;
      const response = await fetch(this.#path, { headers, cache: "no-store", signal: abort.signal });
      if (response.status === 401 || response.status === 403) {
        this.#refused(response.status, (await response.json()).detail);
        return;
      }
      if (response.ok) {
        this.#dispatch("state", { state: "live" });
        await this.#read(response.body.getReader(), abort);
      }
    } catch {
      // The connection was lost or aborted, and is made again.
    }
    if (this.#abort === abort) {
      this.#attempt = performance.now() - started > STABLE_MILLIS ? 0 : this.#attempt + 1;
      this.#retryLater();
    }
  }

  /** Closes the stream for good. */
  close() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
  }

  #refused(status, message) {
    this.close();
    this.#dispatch("state", { state: "closed" });
    this.#dispatch("refused", { status, message });
  }

  #retryLater() {
    const wait = backoffMillis(this.#attempt);
    this.#timer = setTimeout(() => this.open(), wait);
    this.#dispatch("state", { state: "waiting", retryAt: performance.now() + wait });
  }

  async #read(reader, abort) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const silence = setTimeout(() => abort.abort(), SILENT_MILLIS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) {
        return;
      }
      const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = events.pop();
      this.#received(events.map(parsedEvent));
    }
  }

  #received(events) {
    const messages = [];
    for (const { name, id, data } of events) {
      this.#lastId = id || this.#lastId;
      if (name === "close") {
        this.#serverCloses(data);
      } else if (name === "" && data !== null) {
        messages.push(data);
      }
    }
    if (messages.length > 0 && this.#abort) {
      this.#dispatch("messages", messages);
    }
  }

  #serverCloses(data) {
    const { code, reason } = parsedJson(data) ?? {};
    if (isPermanent(code)) {
      this.#refused(code, reason);
    }
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Parses one event (WHATWG HTML, section 9.2), as far as the server uses the format. */
function parsedEvent(block) {
  const event = { name: "", id: "", data: null };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(": ");
    const field = line.slice(0, colon);
    const value = line.slice(colon + 2);
    if (field === "data") {
      event.data = event.data === null ? value : `${event.data}\n${value}`;
    } else if (field === "event") {
      event.name = value;
    } else if (field === "id") {
      event.id = value;
    }
  }
  return event;
}

function parsedJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
