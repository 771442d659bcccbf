/**
 * Hears a room as an event stream that is read with `fetch`, because it shows a key, which `EventSource` cannot. It
 * comes back after each loss to where it was.
 *
 * Events: `state` (`{state, retryAt?}` as `Client` tells it: `connecting`, `live`, `waiting`, `closed`), `heard` (a list
 * of the messages' texts, as many as came together), `refused` (`{status, message}`: it does not come back).
 */

import { backoffMillis } from "../client/backoff.js";
import { isFinal } from "../client/connection.js";

/** The server says something every 15 s at the least, if only a comment. */
const SILENT_MILLIS = 40_000;

/** A stream that held this long starts the next series of attempts from the beginning. */
const STABLE_MILLIS = 5_000;

export class Stream extends EventTarget {
  #path;
  #headers;
  #abort = null;
  #timer = 0;
  #attempt = 0;
  #lastId = "";

  /** A stream at a path, with these headers in each request. */
  constructor(path, headers) {
    super();
    this.#path = path;
    this.#headers = headers;
  }

  /** Begins. */
  async open() {
    const abort = new AbortController();
    this.#abort = abort;
    this.#tell("state", { state: "connecting" });
    const begun = performance.now();
    try {
      const headers = this.#lastId ? { ...this.#headers, "Last-Event-ID": this.#lastId } : this.#headers;
      const response = await fetch(this.#path, { headers, cache: "no-store", signal: abort.signal });
      if (response.status === 401 || response.status === 403) {
        this.#refuse(response.status, (await response.json()).detail);
        return;
      }
      if (response.ok) {
        this.#tell("state", { state: "live" });
        await this.#read(response.body.getReader(), abort);
      }
    } catch {
      // Lost or cut: it is made again.
    }
    if (this.#abort === abort) {
      this.#attempt = performance.now() - begun > STABLE_MILLIS ? 0 : this.#attempt + 1;
      this.#again();
    }
  }

  /** Ends for good. */
  close() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
  }

  #refuse(status, message) {
    this.close();
    this.#tell("state", { state: "closed" });
    this.#tell("refused", { status, message });
  }

  #again() {
    const wait = backoffMillis(this.#attempt);
    this.#timer = setTimeout(() => this.open(), wait);
    this.#tell("state", { state: "waiting", retryAt: performance.now() + wait });
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
      this.#take(events.map(parsed));
    }
  }

  #take(events) {
    const heard = [];
    for (const { name, id, data } of events) {
      this.#lastId = id || this.#lastId;
      if (name === "close" && isFinal(JSON.parse(data).code)) {
        this.#refuse(JSON.parse(data).code, JSON.parse(data).reason);
      } else if (name === "" && data !== null) {
        heard.push(data);
      }
    }
    if (heard.length > 0 && this.#abort) {
      this.#tell("heard", heard);
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** One event of the form (WHATWG HTML, section 9.2), as far as the server uses it. */
function parsed(block) {
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
