/**
 * Receives the messages of a room as an event stream. It uses `fetch`, since `EventSource` cannot send a key, and
 * reconnects after each loss to where it was, at another node if its own does not answer.
 *
 * Events: `state` (`{state, retryAt?, code?, reason?, refusal?, duringConnect?}` as of a `Client`: `connecting`,
 * `live`, `waiting`, `closed`), `resumed` (it is live after it waited), `messages` (a list of texts that came together),
 * `refused` (`{status, message}`: it does not reconnect).
 */

import { ReconnectTimer } from "../client/backoff.js";
import { NO_CLOSE_FRAME, SHUTDOWN, isPermanent } from "../client/connection.js";

/** The server sends at least a comment every 15 s. */
const SILENT_MILLIS = 40_000;

export class EventStream extends EventTarget {
  #path;
  #nodes;
  #headers = {};
  #reconnect;
  /** Ends the present request; `null` if there is none. */
  #abort = null;
  #isWaiting = false;
  #hasWaited = false;
  /** Why the present request ended, `{code, reason?, refusal?}`. */
  #end = null;
  #lastId = "";

  /** Creates a stream at these `Nodes`, which is not open yet. */
  constructor(path, nodes) {
    super();
    this.#path = path;
    this.#nodes = nodes;
    this.#reconnect = new ReconnectTimer(nodes);
  }

  /** The node in use, or the one that is tried next. */
  get node() {
    return this.#nodes.current;
  }

  /** Opens the stream from the beginning. `headers` are sent with each request. */
  open(headers) {
    this.#headers = headers;
    this.#lastId = "";
    this.#connect();
  }

  async #connect() {
    const abort = new AbortController();
    this.#abort = abort;
    this.#isWaiting = false;
    this.#end = { code: NO_CLOSE_FRAME };
    this.#dispatch("state", { state: "connecting" });
    let isLive = false;
    try {
      const response = await this.#request(abort);
      if (response.status === 401 || response.status === 403) {
        this.#refused(response.status, (await response.json()).detail);
        return;
      }
      if (response.ok) {
        isLive = true;
        this.#live();
        await this.#read(response.body.getReader(), abort);
      } else {
        this.#end.refusal = (await response.json()).detail;
      }
    } catch {
      // The connection was lost or aborted, and is made again.
    }
    if (this.#abort === abort) {
      this.#retryLater(!isLive);
    }
  }

  /** Reconnects without waiting any longer. No-op unless waiting. */
  retryNow() {
    if (this.#isWaiting) {
      this.#reconnect.stop();
      this.#reconnect.reset();
      this.#connect();
    }
  }

  /** Closes the stream until it is opened again. */
  close() {
    this.#reconnect.stop();
    this.#isWaiting = false;
    this.#abort?.abort();
    this.#abort = null;
    this.#dispatch("state", { state: "closed" });
  }

  /** Returns a promise of the response, as soon as its head is there. */
  async #request(abort) {
    const headers = this.#lastId ? { ...this.#headers, "Last-Event-ID": this.#lastId } : this.#headers;
    const { patienceMillis } = this.#reconnect;
    const timer = patienceMillis && setTimeout(() => abort.abort(), patienceMillis);
    const url = new URL(this.#path, this.node.url).href;
    const { fetch } = this.node;
    return fetch(url, { headers, cache: "no-store", signal: abort.signal }).finally(() => clearTimeout(timer));
  }

  #live() {
    this.#reconnect.connected();
    this.#dispatch("state", { state: "live" });
    if (this.#hasWaited) {
      this.#hasWaited = false;
      this.#dispatch("resumed", {});
    }
  }

  #refused(status, message) {
    this.close();
    this.#dispatch("refused", { status, message });
  }

  /** A node that stops is left; one that did not answer, too. */
  #retryLater(duringConnect) {
    this.#reconnect.stop();
    const { code } = this.#end;
    const isBroken = code === NO_CLOSE_FRAME && !duringConnect;
    const elsewhere = duringConnect || code === SHUTDOWN;
    const wait = this.#reconnect.schedule(() => this.#connect(), { isBroken, elsewhere });
    this.#isWaiting = this.#hasWaited = true;
    this.#dispatch("state", { state: "waiting", retryAt: performance.now() + wait, duringConnect, ...this.#end });
  }

  async #read(reader, abort) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const silence = setTimeout(() => this.#silent(abort), SILENT_MILLIS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) {
        return;
      }
      const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = events.pop();
      this.#received(events.map(parsedEvent));
    }
  }

  #silent(abort) {
    this.#end = { code: NO_CLOSE_FRAME, reason: "no ping" };
    abort.abort();
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
    } else if (code) {
      this.#end = { code, reason };
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
